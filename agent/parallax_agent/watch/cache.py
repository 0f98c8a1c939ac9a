"""Cache: the objects of one watch, and whether they may still be told as now.

In: what a watch brought, and that it broke. Out: the objects, or why not.
It does not: call the API; `reflector` does. One thread writes, others read.

A watch that is broken may hide any change. For `STALE_SECONDS` the objects are
told all the same, so that a restart of one API server is no gap; after that
they are not told, and a problem says since when. What a missing permission
hides is not told from the first moment on.
"""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from parallax.model.wire import Json

STALE_SECONDS = 30.0
"""Two cycles: so long a broken watch is taken for a short interruption."""

type Key = tuple[str, str]
"""Namespace ("" for what lies in none) and name."""


class Unavailable(Enum):
    """Why there are no objects, where that is not just an API that is away."""

    FORBIDDEN = auto()
    ABSENT = auto()


@dataclass(frozen=True, slots=True)
class CacheView:
    """What a cache tells: the objects in the API's order, or why there are none."""

    items: list[Json] | None
    problem: str = ""
    lack: Unavailable | None = None


class Cache:
    """What one watch knows."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._answered = threading.Event()
        self._items: dict[Key, Json] | None = None
        self._problem = ""
        self._lack: Unavailable | None = None
        self._broken_at: float | None = None

    def replace(self, items: dict[Key, Json]) -> None:
        """Take a whole list; what is not in it is gone."""
        with self._lock:
            self._items = items
        self._answered.set()

    def put(self, key: Key, item: Json) -> None:
        """Take an object that was added or changed."""
        with self._lock:
            if self._items is not None:
                self._items[key] = item

    def drop(self, key: Key) -> None:
        """Take an object away."""
        with self._lock:
            if self._items is not None:
                self._items.pop(key, None)

    def mark_live(self) -> None:
        """Take down that the watch is open: what is kept is what there is."""
        with self._lock:
            self._problem, self._lack, self._broken_at = "", None, None

    def mark_broken(self, problem: str, lack: Unavailable | None = None) -> None:
        """Take down that the watch broke, or could not be opened again."""
        with self._lock:
            self._problem, self._lack = problem, lack
            if self._broken_at is None:
                self._broken_at = self._now()
        self._answered.set()

    def answered(self, seconds: float) -> bool:
        """Wait until the first list is there or has failed."""
        return self._answered.wait(seconds)

    def view(self) -> CacheView:
        """Return what may be told as now."""
        with self._lock:
            if self._items is None:
                return CacheView(None, self._problem, self._lack)
            if self._broken_at is not None and (
                self._lack or self._now() - self._broken_at > STALE_SECONDS
            ):
                return CacheView(None, self._problem, self._lack)
            return CacheView(_ordered(self._items))


def _ordered(items: Mapping[Key, Json]) -> list[Json]:
    return [items[key] for key in sorted(items)]
