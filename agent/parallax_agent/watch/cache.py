"""Cache: the objects of one watch, and whether they are current.

In: the objects and errors of a watch. Out: the objects, or why there are none.
It does not: call the API; `reflector` does. One thread writes, others read.

A broken watch may miss any change. For `STALE_SECONDS` its objects still count as
current, so that a restart of one API server causes no gap. After that they do not, and
a problem says why. After a lost permission they never do.
"""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from parallax.model.wire import Json

STALE_SECONDS = 30.0
"""Two cycles: for this long a broken watch counts as a short interruption."""

type Key = tuple[str, str]
"""Namespace ("" if it has none) and name."""


class Unavailable(Enum):
    """Why there are no objects, other than that the API is unavailable."""

    FORBIDDEN = auto()
    ABSENT = auto()


@dataclass(frozen=True, slots=True)
class CacheView:
    """The contents of a cache: the objects, sorted, or why there are none."""

    items: list[Json] | None
    problem: str = ""
    reason: Unavailable | None = None


class Cache:
    """The objects of one watch."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._answered = threading.Event()
        self._items: dict[Key, Json] | None = None
        self._problem = ""
        self._reason: Unavailable | None = None
        self._broken_at: float | None = None

    def replace(self, items: dict[Key, Json]) -> None:
        """Set the whole list; objects that are not in it are removed."""
        with self._lock:
            self._items = items
        self._answered.set()

    def put(self, key: Key, item: Json) -> None:
        """Set an object that was added or changed."""
        with self._lock:
            if self._items is not None:
                self._items[key] = item

    def drop(self, key: Key) -> None:
        """Remove an object."""
        with self._lock:
            if self._items is not None:
                self._items.pop(key, None)

    def mark_live(self) -> None:
        """Record that the watch is open, so the objects are current."""
        with self._lock:
            self._problem, self._reason, self._broken_at = "", None, None

    def mark_broken(self, problem: str, reason: Unavailable | None = None) -> None:
        """Record that the watch failed, or could not be reopened."""
        with self._lock:
            self._problem, self._reason = problem, reason
            if self._broken_at is None:
                self._broken_at = self._now()
        self._answered.set()

    def answered(self, seconds: float) -> bool:
        """Wait until the first list has arrived or failed."""
        return self._answered.wait(seconds)

    def view(self) -> CacheView:
        """Return the objects that count as current."""
        with self._lock:
            if self._items is None:
                return CacheView(None, self._problem, self._reason)
            if self._broken_at is not None and (
                self._reason or self._now() - self._broken_at > STALE_SECONDS
            ):
                return CacheView(None, self._problem, self._reason)
            return CacheView(_sorted(self._items))


def _sorted(items: Mapping[Key, Json]) -> list[Json]:
    return [items[key] for key in sorted(items)]
