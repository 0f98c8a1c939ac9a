"""Run: one piece of work after the other, until a signal stops the agent.

In: settings, targets, the Kubernetes API. Out: heartbeats, and reports of the targets
that need them.
It does not: judge, or stop when the work fails: the failure is in the log, and the next
work runs.
"""

import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from parallax.model.target import Target
from parallax_agent.cycle import Cycles
from parallax_agent.pace.agenda import Agenda
from parallax_agent.push.instructions import Instructions
from parallax_agent.push.pusher import Pusher
from parallax_agent.serving.health import Health
from parallax_agent.serving.metrics import Metrics
from parallax_agent.serving.server import StatusServer, StatusSources, start_server
from parallax_agent.settings import Settings
from parallax_agent.watch.api import Apis

DRAIN_SECONDS = 15.0
TICK_SECONDS = 1.0
"""How often the agent looks what is due: a turn lasts a second."""

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Agent:
    """Observes the targets of one cluster from one node."""

    settings: Settings
    targets: Sequence[Target]
    apis: Apis
    pusher: Pusher

    def run(self, stop: threading.Event) -> int:
        """Observe until `stop` is set, then send the buffer; return the exit code."""
        settings = self.settings
        names = [target.name for target in self.targets]
        agenda = Agenda(names, settings.interval)
        cycles = Cycles(settings, self.targets, self.apis, agenda.heartbeat_seconds)
        logger.info(
            "agent started",
            extra={
                "node": settings.node,
                "cluster": settings.cluster,
                "targets": names,
            },
        )
        health = Health(settings.interval)
        metrics = Metrics(lambda: self.pusher.buffered, lambda: self.pusher.dropped)
        serving = self._serve(health, metrics)
        self.pusher.start()
        while not stop.is_set():
            began = time.monotonic()
            try:
                self._step(agenda, cycles, metrics)
            except Exception:
                # No error of one cycle may end the agent.
                logger.exception("cycle failed")
            health.beat()
            stop.wait(max(0.0, began + TICK_SECONDS - time.monotonic()))
        if serving:
            serving.close()
        cycles.end()
        left = self.pusher.close(DRAIN_SECONDS)
        self.apis.close()
        logger.info("agent stopped", extra={"unsent": left})
        return 0

    def _step(self, agenda: Agenda, cycles: Cycles, metrics: Metrics) -> None:
        """Take what `ingest` requests, and do what is due."""
        instructions = self.pusher.take_instructions()
        if instructions is not None:
            cycles.forget(_follow(agenda, instructions))
        work = agenda.take_due(time.monotonic(), time.time(), legacy=self.pusher.legacy)
        if work is None:
            return
        done = cycles.do(work)
        metrics.update(done.probes)
        if done.push is not None:
            self.pusher.put(done.push)
        for name in agenda.note(time.monotonic(), done.seen):
            logger.info("target is in alert", extra={"target": name})

    def _serve(self, health: Health, metrics: Metrics) -> StatusServer | None:
        if self.settings.listen is None:
            return None
        sources = StatusSources(health.alive, health.ready, metrics.registry)
        return start_server(*self.settings.listen, sources)


def _follow(agenda: Agenda, instructions: Instructions) -> list[str]:
    """Pass instructions on; return the targets that `ingest` newly asks for."""
    now = time.monotonic()
    if not instructions.stored:
        agenda.unanswered(now)
        return []
    return agenda.answered(
        now,
        next_seconds=instructions.next_seconds,
        full=instructions.full,
        interval=instructions.interval_seconds,
        intervals=instructions.intervals,
        lacking=bool(instructions.readings),
    )
