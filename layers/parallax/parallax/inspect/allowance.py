"""Allowance: how many calls Parallax may still make to the Hetzner API.

In: the headers of every response. Out: why no call is made now, and until when.
It does not: call the API. It lives as long as a warm container and is not shared: two
containers have two budgets. The remaining calls that Hetzner reports belong to the
project, so the floor holds for all containers together, and for the cluster.
Source: hcloud-go `client_handler_rate_limit.go` (`RateLimit-Limit`, `-Remaining`,
`-Reset` in Unix seconds); 3,600 calls per hour and project, refilled evenly. Hetzner
does not document `Retry-After` (RFC 9110, section 10.2.3); a proxy may send it.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from threading import Lock
from typing import TYPE_CHECKING

from parallax.settings import HETZNER_CALLS_PER_HOUR

if TYPE_CHECKING:
    from requests import Response

FLOOR = 0.2
"""The share of the project's limit that is left to the cluster's own controllers."""
BURST = 6
"""A sixth of the budget may be used at once; the rest is refilled evenly, so that no
hour has more calls than the budget."""
BACK_OFF = (60.0, 900.0)
"""Seconds to wait after a 429 that names no time, and after repeated shortages; the
wait doubles each time, up to the second value."""
HOUR = timedelta(hours=1)
MAX_RETRY_AFTER = 3600
"""Longest `Retry-After` that is obeyed, in seconds: by then all calls are refilled."""
CALLS_PER_READING = 4
"""Calls that a reading takes in a project of one page per list."""


def now_utc() -> datetime:
    """Return the time of day."""
    return datetime.now(UTC)


class Allowance:
    """The calls left in an hour; used by one reading at a time."""

    def __init__(
        self,
        calls_per_hour: int = HETZNER_CALLS_PER_HOUR,
        clock: Callable[[], datetime] = now_utc,
    ) -> None:
        self.calls_per_hour = calls_per_hour
        self.calls = 0
        """All calls since the container started."""
        self.calls_per_reading = CALLS_PER_READING
        """The most calls that a reading took; it grows with the project."""
        self.remaining: int | None = None
        """The project's remaining calls, as Hetzner last reported them."""
        self._clock = clock
        self._lock = Lock()
        self._burst = calls_per_hour / BURST
        self._left = self._burst
        self._counted_at = clock()
        self._refusals = 0
        self._shortages = 0
        self._closed: tuple[str, datetime] | None = None

    def closed(self, calls: int) -> str | None:
        """Return why this many calls must wait, and until when; None: make them."""
        now = self._clock()
        with self._lock:
            self._refill(now)
            if self._closed and now < self._closed[1]:
                return _with_retry_time(*self._closed)
            missing = min(calls, self._burst) - self._left
            if missing <= 0:
                return None
            budget = f"Parallax's own budget of {self.calls_per_hour} calls per hour"
            why = f"{budget} is used up"
            return _with_retry_time(why, now + missing / self._refilled_per_hour * HOUR)

    def note_reading(self, calls: int) -> None:
        """Note how many calls a reading took; the next one waits for as many."""
        self.calls_per_reading = max(self.calls_per_reading, calls)

    @property
    def refused(self) -> bool:
        """Whether the last response was a 429."""
        return self._refusals > 0

    def note(self, response: "Response", *_: object, **__: object) -> None:
        """Count a response, and read its rate limit headers; a hook of `requests`."""
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
                retry_after = _number(headers.get("Retry-After"))
                self._refused(now, limit, reset, retry_after or 0)
                return
            self._refusals = 0
            if limit and remaining is not None and remaining < FLOOR * limit:
                self._short(now, limit, remaining, reset)
            else:
                self._shortages, self._closed = 0, None

    @property
    def _refilled_per_hour(self) -> float:
        return self.calls_per_hour - self._burst

    def _refill(self, now: datetime) -> None:
        passed = max(now - self._counted_at, timedelta())
        refilled = passed / HOUR * self._refilled_per_hour
        self._left = min(self._burst, self._left + refilled)
        self._counted_at = now

    def _short(
        self, now: datetime, limit: int, remaining: int, reset: datetime | None
    ) -> None:
        if self._closed is None or now >= self._closed[1]:
            self._shortages += 1  # once per reading, not with each of its responses
        # The cluster may use up what is refilled: then the floor is never reached.
        pause = _pause(self._shortages - 1)
        why = f"the project has {remaining} of {limit} calls per hour left"
        why += ", reserved for the cluster"
        self._closed = why, _recovered(now, limit, remaining, reset, pause)

    def _refused(
        self,
        now: datetime,
        limit: int | None,
        reset: datetime | None,
        retry_after: int,
    ) -> None:
        until = now + _pause(self._refusals)
        if limit and reset and reset > now:
            # After a second refusal, the time it named was too early.
            least = _pause(self._refusals) if self._refusals else timedelta()
            until = _recovered(now, limit, 0, reset, least)
        self._refusals += 1
        retry_at = now + timedelta(seconds=min(retry_after, MAX_RETRY_AFTER))
        self._closed = "the Hetzner API refused: too many calls", max(until, retry_at)


def _pause(before: int) -> timedelta:
    """Return how long to wait after so many waits in a row."""
    first, longest = BACK_OFF
    return timedelta(seconds=min(longest, first * 2 ** min(before, 10)))


def _recovered(
    now: datetime,
    limit: int,
    remaining: int,
    reset: datetime | None,
    least: timedelta,
) -> datetime:
    """Return when the floor is reached again; at `reset` all calls are refilled.

    The limit is refilled evenly. If it were refilled at once, at `reset`, this is one
    call too early, and its own headers report that. `least` is the shortest wait: a
    `reset` of another clock may be a moment ahead each time.
    """
    floor = now + (FLOOR * limit - remaining) / limit * HOUR
    until = min(floor, reset) if reset and reset > now else floor
    return max(until, now + least)


def _with_retry_time(why: str, until: datetime) -> str:
    # Whole seconds, and never a moment too early.
    return f"{why}; next reading at {until + timedelta(seconds=1):%H:%M:%S} UTC"


def _number(text: str | None) -> int | None:
    """Return a header's whole number; None if it has none."""
    return int(text) if text and text.isascii() and text.isdigit() else None


def _instant(text: str | None) -> datetime | None:
    number = _number(text)
    try:
        return datetime.fromtimestamp(number, UTC) if number else None
    except (OverflowError, ValueError, OSError):
        return None
