"""Keeping: the groups between their table, the incidents and the clock.

In: an incident's new version from the stream; the call of each minute; a person's
wish. Out: the groups and their alerts in the table.
It does not: send; the table's stream starts that.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from parallax.groups.alert import alert_of
from parallax.groups.due import Due
from parallax.groups.members import group_of
from parallax.groups.table import MOST_ALERTS, DynamoGroups
from parallax.groups.take import take
from parallax.groups.tick import tick
from parallax.incidents.items import ConflictError
from parallax.incidents.table import DynamoIncidents
from parallax.model.alert import Alert
from parallax.model.finding import Finding, Incident
from parallax.model.group import Groups
from parallax.model.incident_state import State
from parallax.model.target import Target
from parallax.settings import Settings
from parallax.story.rules import Rules
from parallax.story.state import in_window
from parallax.targets.windows import with_open_windows

ATTEMPTS = 8
"""The records of several shards may change the groups at the same time."""

type Change = Callable[[Groups], tuple[Groups, Sequence[Due]]]


@dataclass
class Keeping:
    """The groups during one invocation.

    `watched` are the targets of the file; empty if it cannot be read: then an alert
    does not state what is not affected.
    """

    groups: DynamoGroups
    incidents: DynamoIncidents
    rules: Rules
    watched: Sequence[Target] = ()
    _board: Groups | None = field(default=None, init=False)

    def take(self, incident: Incident, now: datetime) -> None:
        """Store the groups after a new version of an incident.

        Raises `ConflictError` after several attempts, and botocore's errors: the
        record is then delivered again.
        """
        self.change(lambda board: take(board, incident, now, self.rules), incident)

    def tick(self, now: datetime) -> None:
        """Store the groups at an instant, after versions that the stream lost.

        Raises as `take`.
        """
        board = self._read()
        opened = self.incidents.open()
        alarming = {
            name
            for name, one in opened.items()
            if one.state in {State.FIRING, State.RECOVERING}
        }
        lost = {name for name in alarming if group_of(board, name) is None}
        members = {m.target for g in board.groups for m in g.members}
        waiting = {m.target for m in board.pending}
        for name in sorted(lost | ((members | waiting) - set(opened))):
            if incident := self.incidents.get(name):
                self.take(incident, now)
        open_now = (with_open_windows(t, now) for t in self.watched)
        resting = {t.name for t in open_now if in_window(t.maintenance, now)}
        self.change(lambda board: tick(board, resting, now, self.rules))

    def change(self, step: Change, incident: Incident | None = None) -> None:
        """Take a step by compare-and-set, again after each conflict."""
        for attempt in range(ATTEMPTS):
            before = self._read()
            after, due = step(before)
            if after == before:
                return
            alerts = list(self._alerts(due[:MOST_ALERTS], after, incident))
            try:
                self._board = self.groups.put(after, alerts)
            except ConflictError:
                self._board = None
                if attempt == ATTEMPTS - 1:
                    raise
            else:
                return

    def _read(self) -> Groups:
        """Return the groups as this invocation knows them; a conflict reads again."""
        if self._board is None:
            self._board = self.groups.get()
        return self._board

    def _alerts(
        self,
        due: Iterable[Due],
        board: Groups,
        incident: Incident | None,
    ) -> Iterable[Alert]:
        for one in due:
            finding = self._finding(one, incident)
            if finding is not None:
                yield alert_of(one, finding, board, self.watched, self.rules)

    def _finding(self, due: Due, incident: Incident | None) -> Finding | None:
        """Return the finding of the member that stands for all, else of another."""
        if incident and incident.finding and incident.subject == due.lead:
            return incident.finding
        names = [due.lead, *(m.target for m in due.group.members)]
        for name in names:
            found = self.incidents.get(name)
            if found and found.finding:
                return found.finding
        return incident.finding if incident else None


def open_keeping(settings: Settings) -> Keeping:
    """Return the groups of a stack, with the targets of its file if it is readable."""
    from parallax import targets  # noqa: PLC0415 - yaml takes time

    watched: Sequence[Target] = ()
    with suppress(targets.TargetsError):
        watched = targets.load(targets.find())
    table = settings.need("incidents_table")
    incidents = DynamoIncidents(table)
    return Keeping(DynamoGroups(table), incidents, Rules.of(settings), watched)
