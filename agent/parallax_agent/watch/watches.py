"""Watches: one reflector for each resource that targets need, while they need it.

In: what to watch, as cycles request it. Out: the contents of its cache.
It does not: watch all pods of a cluster, only those in the requested namespaces: of the
targets and of their ingress controllers.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from parallax_agent.watch.cache import CacheView
from parallax_agent.watch.connection import Apis
from parallax_agent.watch.groups import ApiGroups
from parallax_agent.watch.on_demand import OnDemand
from parallax_agent.watch.reflector import WATCH_SECONDS, Reflector
from parallax_agent.watch.resources import WatchSpec

FIRST_SECONDS = 10.0
"""How long the first list is waited for; later cycles do not wait."""
IDLE_SECONDS = 300.0
"""A resource that no cycle used for this long is no longer watched."""
MAX_WATCH_SECONDS = 300.0
"""The minimum of Kubernetes' own clients; the duration in a large cluster."""
_NODES = WatchSpec("nodes")


@dataclass(slots=True)
class _Watch:
    reflector: Reflector
    first_deadline: float
    used_at: float


class Watches:
    """The running reflectors; used by one thread."""

    def __init__(self, apis: Apis, now: Callable[[], float] = time.monotonic) -> None:
        self._apis = apis
        self._now = now
        self._watches: dict[WatchSpec, _Watch] = {}
        self.on_demand = OnDemand(apis)
        self.groups = ApiGroups(apis, now)

    def want(self, wanted: Iterable[WatchSpec]) -> None:
        """Start a watch for each of these that has none."""
        now = self._now()
        for one in wanted:
            if one not in self._watches:
                reflector = Reflector(self._apis, one, self.watch_seconds)
                self._watches[one] = _Watch(reflector, now + FIRST_SECONDS, now)
                reflector.start()
            self._watches[one].used_at = now

    def view(self, wanted: WatchSpec, until: float | None = None) -> CacheView:
        """Return the objects, and wait only if there was no response yet.

        `until` is the caller's own deadline, a `deadline`.
        """
        self.want([wanted])
        watch = self._watches[wanted]
        ends = (
            watch.first_deadline if until is None else min(watch.first_deadline, until)
        )
        watch.reflector.cache.answered(max(0.0, ends - self._now()))
        return watch.reflector.cache.view()

    def deadline(self) -> float:
        """Return until when one cycle waits for first responses, all together."""
        return self._now() + FIRST_SECONDS

    def watch_seconds(self) -> float:
        """Return how long a watch lasts: one second more for each node of the cluster.

        Every node's agent reopens its watches, and the API server serves them all: of
        500 nodes with 17 watches each, that is 19 per second instead of 94.
        """
        watch = self._watches.get(_NODES)
        nodes = watch.reflector.cache.view().items if watch else None
        return min(WATCH_SECONDS + len(nodes or ()), MAX_WATCH_SECONDS)

    def stop_idle(self) -> None:
        """Stop the watches that no cycle used lately."""
        limit = self._now() - IDLE_SECONDS
        for one in [w for w, watch in self._watches.items() if watch.used_at < limit]:
            self._watches.pop(one).reflector.stop()

    def close(self) -> None:
        """Stop all at once, and wait until the threads have ended."""
        ending = [watch.reflector for watch in self._watches.values()]
        self._watches.clear()
        for reflector in ending:
            reflector.stop()
        for reflector in ending:
            reflector.join(1.0)
