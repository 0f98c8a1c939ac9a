"""Finding: a judgement as it is published, and the incident it belongs to.

In: what `parallax.diagnose` concluded. Out: the words of the queue's message
and of the e-mail, and the story they tell. The nouns of `parallax.model.judgement`
can be imported from here too: whoever reads findings reads those.
It does not: read anything or decide anything.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from parallax.model.judgement import (
    Advice,
    Assessment,
    Class,
    Hop,
    HopSeen,
    NextStep,
    Symptom,
)
from parallax.model.snapshot import Snapshot
from parallax.model.wire import wired


class State(StrEnum):
    """Where an incident stands."""

    PENDING = "pending"
    FIRING = "firing"
    RECOVERING = "recovering"
    RESOLVED = "resolved"


class NotificationReason(StrEnum):
    """Why a mail goes out."""

    FIRING = "firing"
    CAUSE_CHANGED = "cause_changed"
    TREND_CHANGED = "trend_changed"
    REMINDER = "reminder"
    RESOLVED = "resolved"


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What last showed a cause, and when: `seen_at` is right to the minute."""

    cause: str
    evidence: tuple[str, ...]
    seen_at: datetime


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One judgement as it is published. `turn` is set when it also goes by mail.

    `target` is the incident's subject; `url` is None where that is no target's.
    `proof` is the last of its incident: old, if the assessments don't show it now.
    `well_since` is when the end began, once it recovers.
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
    settling: bool
    settling_reason: str | None = None
    turn: NotificationReason | None = None
    proof: Proof | None = None
    well_since: datetime | None = None
    assessments: tuple[Assessment, ...] = ()
    path: tuple[HopSeen, ...] = ()
    next_steps: tuple[NextStep, ...] = ()
    advice: tuple[Advice, ...] = ()
    snapshot: Snapshot | None = None


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """The story of one failure of one target, and what was said about it.

    `number` counts findings, so that each gets an id of its own.
    `quiet_since` is when all was last seen to become well; None: it is not.
    `mailed_cause` is the last established cause that a mail named (the first mail's
    cause before that); `changes` counts mails that took a told cause or hop back.
    """

    id: str
    subject: str
    """The target's name; for silence `<cluster>/agent` or `stack/probe`."""
    state: State
    since: datetime
    changed_at: datetime
    cause: str
    number: int = 0
    version: int = 0
    quiet_since: datetime | None = None
    mailed_at: datetime | None = None
    mailed_cause: str | None = None
    mailed_hop: str | None = None
    mailed_answered: bool | None = None
    """Whether somebody answered at that hop, or all waited there; None: not known."""
    changes: int = 0
    proof: Proof | None = None
    begun_by: str | None = None
    """The target whose judgement began it; several share the subject of a silence."""
    finding: Finding | None = None
    found_in: int | None = None
    """The version that brought `finding`; later versions only repeat it. None: an item
    of an earlier release, in which any version may have brought it."""
