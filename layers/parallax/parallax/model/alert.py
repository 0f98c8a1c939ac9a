"""Alert: what is published about a group, once for each change that people learn.

In: a group and the finding of one of its members. Out: frozen values, which
`parallax.notify` renders for each kind of subscriber.
It does not: repeat the findings of the other members; the queue has those.
"""

from dataclasses import dataclass
from datetime import datetime

from parallax.model.finding import Finding, NotificationReason
from parallax.model.group import Acknowledged, Member
from parallax.model.place import Place
from parallax.model.target import Severity
from parallax.model.wire import wired

PREFIX = "group/"
"""Begins the key of a group's item, which holds its last alert."""


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Unaffected:
    """Watched targets that have no open incident, by the place that they share.

    `names` are at most five of them.
    """

    place: Place | None = None
    targets: int
    names: tuple[str, ...] = ()


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One change of a group that people learn.

    `finding` is that of the member that stands for all; its `turn` is the alert's.
    `members` have an alarm; `pending` fail at the same place and are not yet confirmed.
    `muted`: no mail is sent; systems that keep an open alert still learn its end.
    """

    id: str
    group: str
    number: int
    turn: NotificationReason
    at: datetime
    cause: str
    place: Place
    since: datetime
    members: tuple[Member, ...] = ()
    pending: tuple[Member, ...] = ()
    recovered: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    """Targets that were members and are in another group now."""
    was: int = 0
    """How many targets the last mail counted; 0: there was none."""
    watched: int | None = None
    """Enabled targets whose path includes the place; None: unknown."""
    unaffected: tuple[Unaffected, ...] = ()
    finding: Finding
    severity: Severity = Severity.CRITICAL
    """The highest of all members since the beginning; `labels` are those of all."""
    labels: tuple[tuple[str, str], ...] = ()
    acknowledged: Acknowledged | None = None
    muted: bool = False
    merged_into: str | None = None
    """The id of the group that has its last members now."""
    joined_from: str | None = None
    """The id of the group in which the first member was before."""
    next_mail_at: datetime | None = None
    """When a mail comes if nothing changes."""
    failure: Finding | None = None
    """At the end: the finding of the last alert before it, for who reads what it was.
    It is in the table only, not in the event."""

    @property
    def subject(self) -> str:
        """The key of its item, and its subject for the order of deliveries."""
        return f"{PREFIX}{self.group}"

    @property
    def target(self) -> str:
        """The same: the order of messages is kept for each group."""
        return self.subject

    @property
    def failing(self) -> tuple[Member, ...]:
        """Return the members and the pending ones: what users cannot reach."""
        return self.members + self.pending
