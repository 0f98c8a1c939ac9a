"""Alert: whether one target needs reports, and how many seconds apart.

In: reasons with their time: a request of `ingest`, an own probe that fails or recovers,
a change of the cluster. Out: whether a report is due. It does not: find the reasons.

A healthy target needs no reports. An alert ends `HOLD_SECONDS` after its last reason,
so a node that flaps between two states stays in alert. A reason that only this node
sees must not cost reports forever: after `FAST_SECONDS` of one alert, or
`FAST_PER_HOUR` of several, its reports are `SLOW_SECONDS` apart. What `ingest`
requests is not limited, but of a large cluster only some nodes obey (`reporters`); the
others report what they see themselves, each `OTHERS_SECONDS`.
"""

from collections import deque
from math import inf

HOLD_SECONDS = 120.0
"""How long an alert lasts after its last reason."""
FAST_SECONDS = 900.0
"""How long one alert without an ask of `ingest` reports at the usual interval."""
FAST_PER_HOUR = 1200.0
"""Seconds of such alerts in one hour."""
SLOW_SECONDS = 60.0
OTHERS_SECONDS = 600.0
"""Between two reports of another node than a reporter, while `ingest` requests some."""
HOUR = 3600.0


class Alert:
    """The mode of one target; all times are monotonic seconds."""

    def __init__(self) -> None:
        self._asked = False
        self._is_reporter = True
        self._last_ask = -inf
        self._last_own = -inf
        self._began = -inf
        self._reported = -inf
        self._fast: deque[tuple[float, float]] = deque()

    def ask(self, now: float, *, asked: bool) -> bool:
        """Record whether `ingest` requests reports; return whether it began to."""
        begins = asked and not self._asked
        if begins and self._is_reporter:
            self._reported = -inf
        if self._asked and not asked:
            self._began = now
        if (asked or self._asked) and self._is_reporter:
            self._last_ask = now
        self._asked = asked
        return begins

    def add_reason(self, now: float) -> None:
        """Record a reason of this node's own."""
        if not self.active(now) and (self._is_reporter or not self._asked):
            self._reported = -inf
        if now - self._last_own >= HOLD_SECONDS:
            self._began = now
        self._last_own = now

    def set_reporter(self, *, is_reporter: bool) -> None:
        """Set whether this node reports the target when `ingest` requests it."""
        if is_reporter and not self._is_reporter:
            self._reported = -inf
        self._is_reporter = is_reporter

    def active(self, now: float) -> bool:
        """Tell whether the target is in alert."""
        last = max(self._last_ask, self._last_own)
        return (self._asked and self._is_reporter) or now - last < HOLD_SECONDS

    def interval(self, now: float, own: float, requested: float) -> float:
        """Return the seconds between two reports.

        `own` is for the node's own reasons, `requested` while `ingest` requests
        reports: `SLOW_SECONDS` during a long incident.
        """
        if not self._asked:
            return self._own_interval(now, own)
        if not self._is_reporter:
            return max(own, OTHERS_SECONDS)
        asked = requested if requested >= SLOW_SECONDS else min(own, requested)
        if now - self._last_own >= HOLD_SECONDS:
            return asked
        return min(asked, self._own_interval(now, own))

    def _own_interval(self, now: float, own: float) -> float:
        """Return the seconds between two reports for this node's own reasons."""
        while self._fast and self._fast[0][0] <= now - HOUR:
            self._fast.popleft()
        used = sum(seconds for _, seconds in self._fast)
        slow = now - self._began >= FAST_SECONDS or used >= FAST_PER_HOUR
        return max(own, SLOW_SECONDS) if slow else own

    def take_due(
        self, now: float, own: float, requested: float, early: float = 0.0
    ) -> float | None:
        """Return the interval of a report that is due, and count it; None: none is.

        `early`: seconds by which a report may be early, to share another one's push.
        """
        if not self.active(now):
            return None
        interval = self.interval(now, own, requested)
        if now - self._reported < interval - early:
            return None
        self._reported = now
        if not self._asked and interval < SLOW_SECONDS:
            self._fast.append((now, interval))
        return interval
