"""Agenda: the work that is due now, for all targets of a node.

In: the monotonic time, UTC, what the last work observed, what `ingest` answered. Out:
`Work`, or None. It does not: do it. What was given out is not due again, even if it
fails.

A target is either in alert, with a report each interval (`alert`), or healthy, with one
request at each of the node's turns (`turns`). The clock may jump: a turn that was
missed is made up once, and two turns are never closer than half their distance.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from math import inf
from types import MappingProxyType

from parallax_agent.pace.alert import Alert
from parallax_agent.pace.turns import Place, newest_turn, period
from parallax_agent.pace.work import Seen, Work

HEARTBEAT_SECONDS = 60.0
"""The longest time between two heartbeats."""
SHORTEST_SECONDS = 1.0
UNKNOWN_PHASE_SECONDS = 10.0
"""Until the next heartbeat, if `ingest` does not say when the targets are probed."""
ASKED_SECONDS = 10.0
"""Between two reports that `ingest` requests, unless it names another interval."""
EARLY_SECONDS = 2.0
"""A report that is due within these seconds goes with one that is due now."""
USUAL_INTERVAL = 15.0
NO_INTERVALS: Mapping[str, float] = MappingProxyType({})
SHORT_HEARTBEATS = 2
"""Intervals between two heartbeats at most, if the interval is below the usual one."""


@dataclass(slots=True)
class _Turns:
    """When a node sends one target its next request."""

    seen: Seen | None = None
    known: tuple[Place, int] | None = None
    number: int = 0
    sent_at: float = -inf

    def take_due(self, now: float, second: int, target: str) -> int | None:
        """Return the number of a turn that is due, and count it."""
        if self.seen is None or self.seen.length == 0:
            return None
        place, length = self.seen.place, self.seen.length
        if self.known != (place, length):
            # Turns count differently now. One that began earlier is not made up, else
            # all agents would send at once after a start or a new node.
            self.known = place, length
            self.number = newest_turn(second - 1, target, place, length)
        number = newest_turn(second, target, place, length)
        if number == self.number or now - self.sent_at < period(place, length) / 2:
            return None
        self.number, self.sent_at = number, now
        return number


class Agenda:
    """What each target needs next; used by one thread."""

    def __init__(self, targets: Collection[str], interval: float) -> None:
        """`interval` is the setting: seconds between reports of the node's own."""
        self._interval = interval
        self._longest = HEARTBEAT_SECONDS
        if interval < USUAL_INTERVAL:
            self._longest = min(HEARTBEAT_SECONDS, SHORT_HEARTBEATS * interval)
        self._alerts = {name: Alert() for name in targets}
        self._turns = {name: _Turns() for name in targets}
        self._requested = dict.fromkeys(targets, interval)
        self._read_at = self._every_at = -inf
        self._heartbeat_at = self._beat_at = -inf
        self._lacked = False

    @property
    def heartbeat_seconds(self) -> float:
        """The longest time between two heartbeats."""
        return self._longest

    def take_due(self, now: float, utc: float, *, legacy: bool = False) -> Work | None:
        """Return the work that is due, and count it as given out; None: none is.

        `legacy`: `ingest` accepts no heartbeats, so every target needs its reports.
        """
        work = self._due_legacy(now) if legacy else self._due(now, int(utc))
        return work if work != Work() else None

    def _due(self, now: float, second: int) -> Work:
        reports: dict[str, float] = {}
        turns: dict[str, int] = {}
        for name, alert in self._alerts.items():
            interval = alert.take_due(now, self._interval, self._requested[name])
            if interval is not None:
                reports[name] = interval
            elif not alert.active(now):
                number = self._turns[name].take_due(now, second, name)
                if number is not None:
                    turns[name] = number
        if reports:
            reports |= self._soon(now, reports)
        heartbeat = now >= self._heartbeat_at
        if heartbeat:
            # An answer to the push will bring this forward.
            self._heartbeat_at, self._beat_at = now + self._longest, now
        return Work(
            read=self._take_read(now),
            heartbeat=heartbeat,
            reports=reports,
            turns=turns,
        )

    def _soon(self, now: float, due: Collection[str]) -> dict[str, float]:
        """Return the reports that are due in a moment, so that they share a push."""
        soon = {
            name: alert.take_due(
                now, self._interval, self._requested[name], EARLY_SECONDS
            )
            for name, alert in self._alerts.items()
            if name not in due
        }
        return {name: seconds for name, seconds in soon.items() if seconds is not None}

    def _due_legacy(self, now: float) -> Work:
        interval = min(self._interval, *self._requested.values())
        self._heartbeat_at = now
        if now - self._every_at < interval:
            return Work()
        self._every_at = self._read_at = now
        return Work(read=True, reports=dict.fromkeys(self._alerts, interval))

    def _take_read(self, now: float) -> bool:
        due = now - self._read_at >= self._interval
        if due:
            self._read_at = now
        return due

    def note(self, now: float, seen: Mapping[str, Seen]) -> list[str]:
        """Record what the work showed; return the targets whose alert begins."""
        begins: list[str] = []
        for name, one in seen.items():
            self._turns[name].seen = one
            self._alerts[name].set_reporter(is_reporter=one.is_reporter)
            if one.reasons:
                if not self._alerts[name].active(now):
                    begins.append(name)
                self._alerts[name].add_reason(now)
        return begins

    def answered(  # noqa: PLR0913 - one argument for each field of an answer
        self,
        now: float,
        *,
        next_seconds: float | None,
        full: Iterable[str] = (),
        interval: float | None = None,
        intervals: Mapping[str, float] = NO_INTERVALS,
        lacking: bool = False,
    ) -> list[str]:
        """Record an answer of `ingest`; return the targets that it newly asks for.

        `interval` is for each target of `full` that `intervals` does not name.
        `lacking`: it lacks parts of the reading, so the next push goes at once, unless
        the last one was such a push too.
        """
        seconds = UNKNOWN_PHASE_SECONDS if next_seconds is None else next_seconds
        wait = min(max(seconds, SHORTEST_SECONDS), self._longest)
        at_once = lacking and not self._lacked
        self._lacked = lacking
        # The answers to reports must not put off the heartbeat again and again.
        latest = max(now, self._beat_at + self._longest)
        self._heartbeat_at = now if at_once else min(now + wait, latest)
        wanted = set(full)
        usual = ASKED_SECONDS if wanted else self._interval
        each = usual if interval is None else interval
        self._requested = {name: intervals.get(name, each) for name in self._alerts}
        return self._ask(now, wanted)

    def unanswered(self, now: float) -> None:
        """Record that a push failed: what `ingest` asked for is no longer known."""
        self._requested = dict.fromkeys(self._alerts, self._interval)
        self._ask(now, set())

    def _ask(self, now: float, full: set[str]) -> list[str]:
        return [
            name
            for name, alert in self._alerts.items()
            if alert.ask(now, asked=name in full)
        ]
