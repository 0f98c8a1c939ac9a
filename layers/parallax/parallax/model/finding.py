"""Finding: a judgement as it is published, and the incident it belongs to.

In: the results of `parallax.diagnose` and `parallax.story`. Out: the fields of the
queue's message and of the mail, and the incident. The judgement's own values are in
`parallax.model.judgement`.
It does not: read or decide anything.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from parallax.model.incident_state import State
from parallax.model.judgement import (
    Advice,
    Assessment,
    Class,
    Hop,
    HopSeen,
    Lead,
    NextStep,
    Symptom,
)
from parallax.model.place import Place
from parallax.model.probe import Phases
from parallax.model.snapshot import Snapshot
from parallax.model.target import Severity
from parallax.model.wire import wired

NOT_REACHED = Phases()


class NotificationReason(StrEnum):
    """Why a mail is sent."""

    FIRING = "firing"
    CAUSE_CHANGED = "cause_changed"
    TREND_CHANGED = "trend_changed"
    REMINDER = "reminder"
    RESOLVED = "resolved"
    GROWN = "grown"
    """Many more targets fail; only of a group."""
    MERGED = "merged"
    """Its last members are in another group now; only of a group."""


ENDS = frozenset({NotificationReason.RESOLVED, NotificationReason.MERGED})
"""The reasons of a group's last alert."""


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """The last evidence of a cause, and when: `seen_at` is exact to the minute."""

    cause: str
    evidence: tuple[str, ...]
    seen_at: datetime


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotRef:
    """Where a finding's snapshot is stored: gzipped JSON, by the hash of its bytes."""

    url: str
    """`s3://<bucket>/snapshots/<day>/<sha256>.json.gz`."""
    sha256: str
    """SHA-256 of the object's bytes, as 64 hexadecimal digits."""
    bytes: int


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What a user's request got: a response, or an error.

    `first_line` is the beginning of the page on one line, at most 160 characters.
    """

    at: datetime
    status_code: int | None = None
    reason: str | None = None
    server: str | None = None
    error: str | None = None
    first_line: str = ""
    phases: Phases = NOT_REACHED


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """Something that happened, for a timeline."""

    at: datetime
    text: str


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One judgement as it is published. `turn` is set if a mail is sent too.

    `target` is the incident's subject; `url` is None if that is not a target.
    `proof` is the incident's last proof; it is old if no assessment supports it now.
    `well_since` is since when the target is healthy again. The judged observations are
    in `snapshot`, or stored at `snapshot_ref`; `snapshot_problem` is a sentence that
    states why they are in neither. `request_id` is that of the run's first probe.
    """

    id: str
    incident: str
    target: str
    url: str | None = None
    state: State
    since: datetime
    judged_at: datetime
    symptom: Symptom
    class_: Class | None = None
    hop: Hop | None = None
    cause: str
    title: str
    reason: str | None = None
    settling: bool
    settling_reason: str | None = None
    turn: NotificationReason | None = None
    proof: Proof | None = None
    well_since: datetime | None = None
    assessments: tuple[Assessment, ...] = ()
    path: tuple[HopSeen, ...] = ()
    next_steps: tuple[NextStep, ...] = ()
    advice: tuple[Advice, ...] = ()
    lead: Lead | None = None
    snapshot: Snapshot | None = None
    snapshot_ref: SnapshotRef | None = None
    snapshot_problem: str | None = None
    request_id: str | None = None
    response: Response | None = None
    """What the first failing external request got."""
    timeline: tuple[Moment, ...] = ()
    no_change_before: str | None = None
    """A sentence that the cluster did not change before the failure."""
    next_mail_at: datetime | None = None
    """When a mail comes if nothing changes."""
    quiet_seconds: float | None = None
    """How long the target must be healthy before the incident ends."""
    place: Place | None = None
    """The object that the cause blames; None: a finding of an earlier release."""
    places: tuple[Place, ...] = ()
    """Every place on the target's path, as far as they are known."""
    severity: Severity = Severity.CRITICAL
    labels: tuple[tuple[str, str], ...] = ()
    """The target's labels; none for a finding about Parallax itself."""
    runbook: str | None = None


def without_snapshot(finding: Finding, place: str) -> Finding:
    """Return a finding whose snapshot is too large for a place, with the reason."""
    if finding.snapshot is None:
        return finding
    problem = f"The snapshot was not stored: it is too large for the {place}."
    return replace(finding, snapshot=None, snapshot_problem=problem)


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One failure of one target from begin to end, and what was published about it.

    `number` counts findings, so that each has its own id. `quiet_since` is since when
    the target is healthy again; None: it is not. `mailed_cause` is the last established
    cause in a mail (before that, the cause of the first mail); `changes` counts mails
    that revised a mailed cause or hop.
    """

    id: str
    subject: str
    """The target's name; for Parallax itself `<cluster>/agent` or `stack/probe`."""
    state: State
    since: datetime
    changed_at: datetime
    cause: str
    number: int = 0
    version: int = 0
    quiet_since: datetime | None = None
    mailed_at: datetime | None = None
    mailed_cause: str | None = None
    mailed_place: Place | None = None
    """The object that `mailed_cause` blames; None: an item of an earlier release."""
    mailed_hop: str | None = None
    mailed_answered: bool | None = None
    """Whether requests got a response at that hop, not a timeout; None: unknown."""
    changes: int = 0
    proof: Proof | None = None
    begun_by: str | None = None
    """The target whose judgement began it; several targets may share a subject."""
    finding: Finding | None = None
    found_in: int | None = None
    """The version that added `finding`; later versions only repeat it. None: an item
    of an earlier release, in which any version may have added it."""
