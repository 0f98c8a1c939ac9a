"""Allowance: what may still be asked of an API that others ask as well.

In: the headers of every answer. Out: why nothing is asked now, and until when.
It does not: ask. It lives as long as a warm container and is not shared: two
containers spend two budgets. What Hetzner says is left is the project's, so the
floor holds for all of them together, and for the cluster.
Source: hcloud-go `client_handler_rate_limit.go` (`RateLimit-Limit`, `-Remaining`,
`-Reset` in Unix seconds); 3,600 an hour and project, refilled bit by bit. That
Hetzner sends `Retry-After` (RFC 9110, section 10.2.3) is not known; a proxy may.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from threading import Lock

from requests import Response

from parallax.settings import HETZNER_CALLS_PER_HOUR

FLOOR = 0.2
"""The share of the project's limit that is left to the cluster's own controllers."""
BURST = 6
"""A budget's sixth may go at once; the rest comes evenly, so no hour has more."""
BACK_OFF = (60.0, 900.0)
"""Seconds after a 429 that names no time, and at least where too little is left
again and again; twice as long after each, to a limit."""
HOUR = timedelta(hours=1)
LONGEST = 3600
"""Seconds that a `Retry-After` is obeyed at most: by then all is refilled."""
A_LOOK = 4
"""Calls that a look takes in a project of one page each."""


def now_utc() -> datetime:
    """Return the time of day."""
    return datetime.now(UTC)


class Allowance:
    """What is left of an hour's calls; used by one look at a time."""

    def __init__(
        self,
        an_hour: int = HETZNER_CALLS_PER_HOUR,
        clock: Callable[[], datetime] = now_utc,
    ) -> None:
        self.an_hour = an_hour
        self.calls = 0
        """All calls since the container started."""
        self.a_look = A_LOOK
        """The most calls that a look took; it grows with the project."""
        self.remaining: int | None = None
        """What Hetzner last said is left to the whole project."""
        self._clock = clock
        self._lock = Lock()
        self._burst = an_hour / BURST
        self._left = self._burst
        self._counted_at = clock()
        self._refusals = 0
        self._shortages = 0
        self._closed: tuple[str, datetime] | None = None

    def closed(self, calls: int) -> str | None:
        """Say why so many calls are not made now, and until when; None: make them."""
        now = self._clock()
        with self._lock:
            self._refill(now)
            if self._closed and now < self._closed[1]:
                return _told(*self._closed)
            missing = min(calls, self._burst) - self._left
            if missing <= 0:
                return None
            why = f"Parallax's own budget of {self.an_hour} calls an hour is used"
            return _told(why, now + missing / self._an_hour_refilled * HOUR)

    def looked(self, calls: int) -> None:
        """Learn how many calls a look took; the next one waits for as many."""
        self.a_look = max(self.a_look, calls)

    @property
    def refused(self) -> bool:
        """Whether the last answer was a 429."""
        return self._refusals > 0

    def note(self, response: Response, *_: object, **__: object) -> None:
        """Count an answer, and read what it says is left; a hook of `requests`."""
        now = self._clock()
        headers = response.headers
        limit = _number(headers.get("RateLimit-Limit"))
        remaining = _number(headers.get("RateLimit-Remaining"))
        reset = _instant(headers.get("RateLimit-Reset"))
        with self._lock:
            self.calls += 1
            self._refill(now)
            self._left -= 1
            self.remaining = remaining
            if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
                asked = _number(headers.get("Retry-After"))
                self._refused(now, limit, reset, asked or 0)
                return
            self._refusals = 0
            if limit and remaining is not None and remaining < FLOOR * limit:
                self._short(now, limit, remaining, reset)
            else:
                self._shortages, self._closed = 0, None

    @property
    def _an_hour_refilled(self) -> float:
        return self.an_hour - self._burst

    def _refill(self, now: datetime) -> None:
        gone = max(now - self._counted_at, timedelta())
        gained = gone / HOUR * self._an_hour_refilled
        self._left = min(self._burst, self._left + gained)
        self._counted_at = now

    def _short(
        self, now: datetime, limit: int, remaining: int, reset: datetime | None
    ) -> None:
        if self._closed is None or now >= self._closed[1]:
            self._shortages += 1  # once a look, and not with each of its answers
        # The cluster may use up what is refilled: then the floor does not come back.
        pause = _pause(self._shortages - 1)
        why = f"{remaining} of the project's {limit} calls an hour are left"
        why += ", and those are the cluster's"
        self._closed = why, _recovered(now, limit, remaining, reset, pause)

    def _refused(
        self, now: datetime, limit: int | None, reset: datetime | None, asked: int
    ) -> None:
        until = now + _pause(self._refusals)
        if limit and reset and reset > now:
            # Refused again, its time was too early: it is no longer enough.
            least = _pause(self._refusals) if self._refusals else timedelta()
            until = _recovered(now, limit, 0, reset, least)
        self._refusals += 1
        until = max(until, now + timedelta(seconds=min(asked, LONGEST)))
        self._closed = "the Hetzner API refused: too many calls", until


def _pause(before: int) -> timedelta:
    """Return how long is waited after so many waits in a row."""
    first, longest = BACK_OFF
    return timedelta(seconds=min(longest, first * 2 ** min(before, 10)))


def _recovered(
    now: datetime,
    limit: int,
    remaining: int,
    reset: datetime | None,
    least: timedelta,
) -> datetime:
    """Return when the floor is reached again: all is there at `reset`.

    The limit is refilled evenly; were it at once, at `reset`, this is one call
    too early, which says so by its own headers. `least` is waited in any case: a
    `reset` of another clock may be a moment ahead each time.
    """
    floor = now + (FLOOR * limit - remaining) / limit * HOUR
    until = min(floor, reset) if reset and reset > now else floor
    return max(until, now + least)


def _told(why: str, until: datetime) -> str:
    # Whole seconds, and never a moment too early.
    return f"{why}; it is read again at {until + timedelta(seconds=1):%H:%M:%S} UTC"


def _number(text: str | None) -> int | None:
    """Return a header's whole number; None where it is none."""
    return int(text) if text and text.isascii() and text.isdigit() else None


def _instant(text: str | None) -> datetime | None:
    number = _number(text)
    try:
        return datetime.fromtimestamp(number, UTC) if number else None
    except (OverflowError, ValueError, OSError):
        return None
