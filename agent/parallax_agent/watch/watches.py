"""Watches: one reflector for each thing that targets need, as long as they do.

In: what is wanted, as cycles come to know it. Out: what its cache tells.
It does not: watch a whole cluster's pods: only the namespaces that are asked for,
which are those of the targets and of their ingress controllers.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from parallax_agent.watch.cache import CacheView
from parallax_agent.watch.connection import Apis
from parallax_agent.watch.reflector import WATCH_SECONDS, Reflector
from parallax_agent.watch.resources import WatchSpec

FIRST_SECONDS = 10.0
"""So long a first answer is waited for; later cycles wait for nothing."""
IDLE_SECONDS = 300.0
"""What nobody asked for in this time is watched no longer."""
MAX_WATCH_SECONDS = 300.0
"""As long as Kubernetes' own clients watch at the least; what a large cluster gets."""
_NODES = WatchSpec("nodes")


@dataclass(slots=True)
class _Kept:
    reflector: Reflector
    patience_ends: float
    asked_at: float


class Watches:
    """The reflectors that run; used by one thread."""

    def __init__(self, apis: Apis, now: Callable[[], float] = time.monotonic) -> None:
        self._apis = apis
        self._now = now
        self._kept: dict[WatchSpec, _Kept] = {}

    def want(self, wanted: Iterable[WatchSpec]) -> None:
        """Begin to watch, side by side, what is not watched yet."""
        now = self._now()
        for one in wanted:
            if one not in self._kept:
                reflector = Reflector(self._apis, one, self.watch_seconds)
                self._kept[one] = _Kept(reflector, now + FIRST_SECONDS, now)
                reflector.start()
            self._kept[one].asked_at = now

    def view(self, wanted: WatchSpec, until: float | None = None) -> CacheView:
        """Return what is known, waiting only where nothing has answered yet.

        `until` is when the asker's own patience ends, a `deadline`.
        """
        self.want([wanted])
        kept = self._kept[wanted]
        ends = kept.patience_ends if until is None else min(kept.patience_ends, until)
        kept.reflector.cache.answered(max(0.0, ends - self._now()))
        return kept.reflector.cache.view()

    def deadline(self) -> float:
        """Return until when one cycle waits for first answers, all together."""
        return self._now() + FIRST_SECONDS

    def watch_seconds(self) -> float:
        """Return how long a watch lasts: a second more for each node of the cluster.

        Every node's agent opens its watches anew, and the API server has to bear them
        all: of 500 nodes with 17 watches each that is 19 a second, not 94.
        """
        kept = self._kept.get(_NODES)
        nodes = kept.reflector.cache.view().items if kept else None
        return min(WATCH_SECONDS + len(nodes or ()), MAX_WATCH_SECONDS)

    def stop_idle(self) -> None:
        """Stop watching what no cycle asked for lately."""
        limit = self._now() - IDLE_SECONDS
        for one in [w for w, kept in self._kept.items() if kept.asked_at < limit]:
            self._kept.pop(one).reflector.stop()

    def close(self) -> None:
        """Stop all at once, and wait until the threads are gone."""
        ending = [kept.reflector for kept in self._kept.values()]
        self._kept.clear()
        for reflector in ending:
            reflector.stop()
        for reflector in ending:
            reflector.join(1.0)
