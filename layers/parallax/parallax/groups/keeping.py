"""Keeping: the groups between their table, the incidents and the clock.

In: an incident's new version from the stream; the call of each minute; a person's
wish. Out: the groups and their alerts in the table.
It does not: send; the table's stream starts that.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from parallax.groups.alert import alert_of
from parallax.groups.due import Due
from parallax.groups.missed import ALL, Begin, EndedError, always, missed
from parallax.groups.table import MOST_ALERTS, DynamoGroups
from parallax.groups.take import forget, take, take_some
from parallax.groups.tick import tick
from parallax.incidents.items import ConflictError
from parallax.incidents.table import DynamoIncidents
from parallax.model.alert import Alert
from parallax.model.finding import ENDS, Finding, Incident
from parallax.model.group import Groups
from parallax.model.incident_state import State
from parallax.model.packed import UnreadableError
from parallax.model.target import Target
from parallax.story.rules import Rules
from parallax.story.state import in_window
from parallax.targets.windows import with_open_windows

ATTEMPTS = 8
"""The records of several shards may change the groups at the same time."""

log = logging.getLogger(__name__)

type Change = Callable[[Groups], tuple[Groups, Sequence[Due]]]


def log_unpublished(due: Due) -> None:
    """Log that an alert has no finding, so that nobody gets it."""
    log.error("alert has no finding", extra={"group": due.group.id})


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
    on_unpublished: Callable[[Due], None] = log_unpublished
    """Called with what is due and has no finding: the groups count it as mailed."""
    begin: Begin = always
    """Says whether to begin something that may have ended an earlier process."""
    _board: Groups | None = field(default=None, init=False)

    def take(self, incident: Incident, now: datetime) -> None:
        """Store the groups after a new version of an incident.

        Raises `ConflictError` after several attempts, and botocore's errors: the
        record is then delivered again.
        """
        self.change(lambda board: take(board, incident, now, self.rules))

    def take_all(self, incidents: Sequence[Incident], now: datetime) -> None:
        """Store the groups after several versions, with few writes. Raises as `take`.

        A dead balancer changes hundreds of incidents within seconds, and each write
        stores all groups.
        """
        rest = list(incidents)
        while rest:
            taken = 0

            def step(board: Groups) -> tuple[Groups, Sequence[Due]]:
                nonlocal taken
                board, due, taken = take_some(board, rest, now, self.rules)
                return board, due

            self.change(step)
            del rest[:taken]

    def tick(self, now: datetime) -> None:
        """Store the groups at an instant, after versions that the stream lost.

        One that cannot be taken stops no other, and no reminder. Raises as `take`, in
        an `ExceptionGroup` after the last.
        """
        errors = self._take_missed(now)
        open_now = (with_open_windows(t, now) for t in self.watched)
        resting = {t.name for t in open_now if in_window(t.maintenance, now)}
        self.change(lambda board: tick(board, resting, now, self.rules))
        if errors:
            raise ExceptionGroup("some incidents were not grouped", errors)

    def _take_missed(self, now: datetime) -> list[Exception]:
        """Take the incidents that the groups miss; return why some could not be."""
        found = {
            name: self.incidents.get(name)
            for name in missed(self._read(), self.incidents.open())
        }
        for name in (name for name, one in found.items() if one is None):
            self._forget(name, now)
        incidents = [one for one in found.values() if one]
        if not incidents or self._took_together(incidents, now):
            return []
        errors: list[Exception] = []
        for incident in incidents:
            try:
                self._take_alone(incident, now)
            except Exception as error:  # noqa: BLE001 - raised after all others
                errors.append(error)
        return errors

    def _took_together(self, incidents: Sequence[Incident], now: datetime) -> bool:
        try:
            with self.begin(ALL) as may_begin:
                if may_begin:
                    self.take_all(incidents, now)
        except Exception:
            log.exception("missed incidents were not grouped together")
            return False
        return may_begin

    def _take_alone(self, incident: Incident, now: datetime) -> None:
        with self.begin(f"{ALL}/{incident.subject}") as may_begin:
            if not may_begin:
                raise EndedError(f"{incident.subject}: the process ended at it")
            self.take(incident, now)

    def _forget(self, subject: str, now: datetime) -> None:
        """Store the groups without an incident that is not in the table any more."""
        self.change(lambda board: forget(board, subject, now))

    def change(self, step: Change) -> None:
        """Take a step by compare-and-set, again after each conflict."""
        for attempt in range(ATTEMPTS):
            before = self._read()
            after, due = step(before)
            if after == before:
                return
            alerts = list(self._alerts(due[:MOST_ALERTS], after))
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

    def _alerts(self, due: Iterable[Due], board: Groups) -> Iterable[Alert]:
        for one in due:
            finding = self._finding(one)
            if finding is None:
                self.on_unpublished(one)
            else:
                alert = alert_of(one, finding, board, self.watched, self.rules)
                yield replace(alert, failure=self._failure(one))

    def _finding(self, due: Due) -> Finding | None:
        """Return the finding of the member that stands for all, else of another."""
        incident = due.incident
        if incident and incident.finding and incident.subject == due.lead:
            return incident.finding
        names = [due.lead, *(m.target for m in due.group.members)]
        for name in names:
            found = self.incidents.get(name)
            if found and found.finding:
                return found.finding
        return self._last_finding(due)

    def _failure(self, due: Due) -> Finding | None:
        """Return the last finding of a failure that has ended; None: it has not."""
        last = self._last(due) if due.turn in ENDS else None
        return last and (last.failure or replace(last.finding, snapshot=None))

    def _last(self, due: Due) -> Alert | None:
        try:
            return self.groups.last(due.group.id)
        except UnreadableError:
            return None

    def _last_finding(self, due: Due) -> Finding | None:
        """Return the finding of the group's last alert, at the end if it ended.

        An incident whose end was lost for an hour has no finding any more, and one
        that somebody deleted is not there.
        """
        incident = due.incident
        last = self._last(due)
        if last is None:
            return incident.finding if incident else None
        if due.turn not in ENDS:
            return last.finding
        if incident is None:
            return replace(last.finding, state=State.RESOLVED, judged_at=due.at)
        return replace(
            last.finding,
            state=incident.state,
            judged_at=incident.changed_at,
            well_since=incident.quiet_since,
        )
