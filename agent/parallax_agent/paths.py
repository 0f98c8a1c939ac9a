"""Paths: the current path of each target through the cluster.

In: targets, the watches of the Kubernetes API. Out: paths, and whether the objects of a
target changed. It does not: call the API, probe, or stop when one target cannot be
read: `problems` says so.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from parallax.model.cluster import ClusterReading
from parallax.model.target import Target
from parallax_agent.hops import other_pods, plan
from parallax_agent.hops.other_pods import OtherPod
from parallax_agent.read.target_path import TargetPath, needed_lists, read_path
from parallax_agent.watch.api import Apis, Lists
from parallax_agent.watch.watches import Watches

REMEMBERED_SECONDS = 300.0
"""While the API is unavailable, the last known path is probed for this long."""

logger = logging.getLogger(__name__)


class Paths:
    """Reads paths, and remembers the last complete one of each target."""

    def __init__(
        self, apis: Apis, node: str, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._watches = Watches(apis)
        self._node = node
        self._now = now
        self._complete: dict[str, tuple[float, TargetPath]] = {}

    def read(self, targets: Sequence[Target]) -> dict[str, TargetPath]:
        """Read the path of each of these targets."""
        lists = Lists(self._watches)
        lists.prefetch(pair for target in targets for pair in needed_lists(target))
        return {target.name: self._read_one(target, lists) for target in targets}

    def stop_idle(self) -> None:
        """Stop the watches that no target needs any more."""
        self._watches.stop_idle()

    def probed(self, name: str, path: TargetPath) -> TargetPath:
        """Return the path, or the last complete one if the API returned nothing."""
        now = self._now()
        if path.reading.nodes is not None or path.reading.endpoints is not None:
            self._complete[name] = now, path
            return path
        then, last = self._complete.get(name, (-REMEMBERED_SECONDS, path))
        return last if now - then < REMEMBERED_SECONDS else path

    def last(self, name: str, path: TargetPath) -> TargetPath:
        """Return the last complete path of a target, else the given one."""
        return self._complete.get(name, (0, path))[1]

    def other_pods(self) -> dict[str, OtherPod]:
        """Return a pod of the cluster's own for each node; listed once a minute."""
        listed = self._watches.on_demand.of("pods", other_pods.NAMESPACE)
        return other_pods.other_pods(listed.items or ())

    def close(self) -> None:
        """Stop watching."""
        self._watches.close()

    def _read_one(self, target: Target, lists: Lists) -> TargetPath:
        now = datetime.now(UTC)
        try:
            path = read_path(target, lists, node=self._node, now=now)
        except Exception as error:
            logger.exception("target could not be read", extra={"target": target.name})
            problem = (
                f"the agent could not read the path: {type(error).__name__}: {error}"
            )
            return TargetPath(reading=ClusterReading(read_at=now, problems=(problem,)))
        unsupported = plan.unsupported_protocol(path)
        problems = (*path.reading.problems, *filter(None, [unsupported]))
        return replace(path, reading=replace(path.reading, problems=problems))
