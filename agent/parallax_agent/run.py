"""Run: one cycle after the other, until a signal stops the agent.

In: settings, targets, the Kubernetes API. Out: one push per cycle, with a report for
each target of this cluster.
It does not: judge, or stop when a cycle fails: the failure is in the log, and the next
cycle runs.
"""

import logging
import random
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from parallax.model.target import Target
from parallax_agent.cycle import Cycles
from parallax_agent.push.pusher import Pusher
from parallax_agent.serving.health import Health
from parallax_agent.serving.metrics import Metrics
from parallax_agent.serving.server import StatusServer, StatusSources, start_server
from parallax_agent.settings import Settings
from parallax_agent.watch.api import Apis

DRAIN_SECONDS = 15.0
CHECK_SECONDS = 1.0
"""While the agent waits, it checks this often whether `ingest` shortened the
interval."""

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Agent:
    """Observes the targets of one cluster from one node."""

    settings: Settings
    targets: Sequence[Target]
    apis: Apis
    pusher: Pusher

    @property
    def interval(self) -> float:
        """Seconds between two pushes: the setting, or less if `ingest` requests it."""
        interval = self.settings.interval
        return min(interval, self.pusher.push_interval or interval)

    def run(self, stop: threading.Event) -> int:
        """Observe until `stop` is set, then send the buffer; return the exit code."""
        settings = self.settings
        cycles = Cycles(settings, self.targets, self.apis, lambda: self.interval)
        logger.info(
            "agent started",
            extra={
                "node": settings.node,
                "cluster": settings.cluster,
                "targets": [t.name for t in self.targets],
            },
        )
        health = Health(settings.interval)
        metrics = Metrics(lambda: self.pusher.buffered, lambda: self.pusher.dropped)
        serving = self._serve(health, metrics)
        self.pusher.start()
        while not stop.is_set():
            began = time.monotonic()
            try:
                push = cycles.next()
                metrics.update(push)
                self.pusher.put(push)
            except Exception:
                # No error of one cycle may end the agent.
                logger.exception("cycle failed")
            health.beat()
            self._wait(began, stop)
        if serving:
            serving.close()
        cycles.end()
        left = self.pusher.close(DRAIN_SECONDS)
        self.apis.close()
        logger.info("agent stopped", extra={"unsent": left})
        return 0

    def _wait(self, began: float, stop: threading.Event) -> None:
        """Wait for the next cycle; a response to a push may shorten the wait."""
        spread = random.uniform(0.9, 1.1)  # noqa: S311 - spreads agents
        while not stop.is_set():
            left = began + self.interval * spread - time.monotonic()
            if left <= 0:
                return
            stop.wait(min(left, CHECK_SECONDS))

    def _serve(self, health: Health, metrics: Metrics) -> StatusServer | None:
        if self.settings.listen is None:
            return None
        sources = StatusSources(health.alive, health.ready, metrics.registry)
        return start_server(*self.settings.listen, sources)
