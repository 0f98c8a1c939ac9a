"""Group: incidents with the same cause at the same place, and what people asked for.

In: values that `parallax.groups` derives from incidents. Out: frozen values.
It does not: decide what is mailed; `parallax.groups` does.
"""

from dataclasses import dataclass
from datetime import datetime

from parallax.model.incident_state import State
from parallax.model.judgement import Constancy, Difference
from parallax.model.place import Place
from parallax.model.target import Severity
from parallax.model.wire import wired


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One target's incident, as a group knows it.

    `target` is the incident's subject; `url` is None if that is not a target.
    `cause` is the one that its last notification named.
    """

    target: str
    url: str | None = None
    incident: str
    state: State
    since: datetime
    status_code: int | None = None
    error_type: str | None = None
    unmet: str | None = None
    """What complete responses lack of the health rule; None: the status is wrong."""
    cause: str
    constancy: Constancy = Constancy.UNKNOWN
    difference: Difference = Difference.UNKNOWN
    """On which side it fails; unknown also for a member of an earlier release."""
    place: Place | None = None
    """The object that this cause blames."""
    places: tuple[Place, ...] = ()
    """Every place on the target's path."""
    severity: Severity = Severity.CRITICAL
    labels: tuple[tuple[str, str], ...] = ()


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """Who works on a group, and since when: reminders stop."""

    by: str
    at: datetime


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Mute:
    """No mails about one group or one target until an instant.

    `subject` is the id of a group or the name of a target.
    """

    subject: str
    until: datetime
    by: str
    at: datetime
    reason: str = ""


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Incidents with one cause at one place, from the first to the last.

    `number` counts its alerts. `mailed_count` is the number of targets in the last
    mail, `mailed_cause` its cause; `changes` counts mails that revised one of them.
    """

    id: str
    cause: str
    place: Place
    since: datetime
    members: tuple[Member, ...] = ()
    recovered: tuple[str, ...] = ()
    """Targets that were members and have recovered."""
    moved: tuple[str, ...] = ()
    """Targets that were members and are in another group now."""
    number: int = 0
    mailed_at: datetime | None = None
    mailed_count: int = 0
    mailed_cause: str | None = None
    mailed: tuple[str, ...] | None = None
    """Targets that the last mail listed, or that an acknowledgment covers; None: no
    mail yet, or one of an earlier release."""
    changes: int = 0
    severity: Severity = Severity.CRITICAL
    """The highest of all members since the beginning, and `labels` are those of all:
    who learned the beginning learns the end."""
    labels: tuple[tuple[str, str], ...] = ()
    acknowledged: Acknowledged | None = None
    held_back: bool = False
    """Whether a mail was due while the group was muted, or soon after the last one."""


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The newest version of an incident that was taken, so that none counts twice."""

    subject: str
    incident: str
    version: int
    since: datetime
    at: datetime
    before: str | None = None
    """The id of the subject's earlier incident."""


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """All open groups of a stack: one item, so that a move between two is atomic.

    `pending` are incidents that are not confirmed: they alarm nobody, but a mail about
    their place counts them. `opened` counts groups, so that each has its own id.
    """

    groups: tuple[Group, ...] = ()
    pending: tuple[Member, ...] = ()
    seen: tuple[Seen, ...] = ()
    mutes: tuple[Mute, ...] = ()
    opened: int = 0
    version: int = 0
