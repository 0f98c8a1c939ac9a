"""Stores: the incidents and their stream, and the groups, in memory.

In: incidents, groups, alerts. Out: the same, with the guarantees of the real table and
no better ones: compare-and-set, at least once, in order for each subject.
It does not: survive the test.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from parallax.incidents.index import Open
from parallax.incidents.items import ConflictError
from parallax.model.alert import Alert
from parallax.model.finding import Incident, State
from parallax.model.group import Groups

CONFLICTS = 7
"""Each such write of the groups meets another one first."""


@dataclass
class MemoryIncidents:
    """Incidents by subject; `stream` gets each new version."""

    stream: Callable[[Incident], None]
    by_subject: dict[str, Incident] = field(default_factory=dict[str, Incident])

    def get(self, subject: str) -> Incident | None:
        """Return the incident of a subject, or None."""
        return self.by_subject.get(subject)

    def put(self, incident: Incident) -> Incident:
        """Store an incident as the successor of the version that was read."""
        before = self.by_subject.get(incident.subject)
        if (before.version if before else 0) != incident.version:
            raise ConflictError(incident.subject)
        stored = replace(incident, version=incident.version + 1)
        self.by_subject[incident.subject] = stored
        self.stream(stored)
        return stored

    def unresolved(self) -> tuple[str, ...]:
        """Return the subjects of all incidents that have not ended."""
        return tuple(self.open())

    def open(self) -> Mapping[str, Open]:
        """Return the incidents that have not ended, by subject."""
        return {
            name: Open(subject=name, state=one.state, since=one.since)
            for name, one in self.by_subject.items()
            if one.state is not State.RESOLVED
        }


@dataclass
class MemoryGroups:
    """The groups, and every alert that was stored with them."""

    board: Groups = field(default_factory=Groups)
    alerts: list[Alert] = field(default_factory=list[Alert])
    _writes: int = 0

    def get(self) -> Groups:
        """Return the groups as last stored."""
        return self.board

    def last(self, group: str) -> Alert | None:
        """Return the last alert of a group."""
        return next((a for a in reversed(self.alerts) if a.group == group), None)

    def put(self, board: Groups, alerts: Sequence[Alert] = ()) -> Groups:
        """Store the groups and alerts, unless another change came first."""
        self._writes += 1
        if self._writes % CONFLICTS == 0:
            self.board = replace(self.board, version=self.board.version + 1)
        if board.version != self.board.version:
            raise ConflictError("groups/open")
        self.board = replace(board, version=board.version + 1)
        self.alerts += alerts
        return self.board

    def damage(self) -> None:
        """Lose all groups, as `DynamoGroups.get` does with an unreadable item."""
        version = self.board.version + 1
        self.board = Groups(version=version)


@dataclass
class Stream:
    """Records in order for each subject; `delay` decides what happens to one.

    `delay` returns the seconds after which a record is delivered, once for each time;
    none: it is lost.
    """

    delay: Callable[[Incident], Sequence[float]]
    deliver: Callable[[datetime, Incident], None]
    now: datetime = datetime(2026, 3, 1, tzinfo=UTC)
    _last: dict[str, datetime] = field(default_factory=dict[str, datetime])

    def __call__(self, incident: Incident) -> None:
        """Take a new version of an incident."""
        for number, seconds in enumerate(self.delay(incident)):
            at = self.now + timedelta(seconds=seconds)
            if number == 0:
                at = max(at, self._last.get(incident.subject, at))
                self._last[incident.subject] = at
            self.deliver(at, incident)
