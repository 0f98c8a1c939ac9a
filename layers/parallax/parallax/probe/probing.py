"""Probing: one invocation of the probe, for a shard or for named targets.

In: the schedule's event, `{}`; `{"shard": k, "of": n}` from the invocation for shard 0;
a message of the delay queue for the second half of a minute; by hand `{"targets":
["name"]}` or `{"target": {…}}`. Out: a summary; runs and rounds are in the journal.
It does not: judge.
"""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from time import monotonic
from typing import Any

from parallax.journal.observation import Journal
from parallax.metrics import Meter
from parallax.model.probe import ProbeRun
from parallax.model.round import LastRound, Round
from parallax.model.target import Target
from parallax.probe.fan_out import FanOut
from parallax.probe.invocation import balancer_ips as addresses_in
from parallax.probe.invocation import by_hand, probe_targets, store_run, summarize
from parallax.probe.logins import Logins, no_logins
from parallax.probe.outage import is_next_half
from parallax.probe.plan import Plan
from parallax.probe.shard_round import Shard, ShardRound
from parallax.probe.uses import Uses
from parallax.probe.watch import BUDGET, watch
from parallax.targets.shard import HALF_MINUTE, MINUTE, in_shard, shards
from parallax.tracing import annotate

RESERVED = 8.0
"""Seconds of an invocation that are not for probing: the last writes need them."""
NO_QUEUE = (
    "targets with an interval of 30 s are probed every minute: set the stack's"
    " parameter HalfMinuteProbes to true"
)
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Probing:
    """A probe function: its journal, plan and metrics, and how it invokes itself."""

    journal: Journal
    plan: Plan
    meter: Meter
    fan_out: FanOut
    load: Callable[[], tuple[Target, ...]]
    keep: Callable[[Round, LastRound | None], None] = lambda _, __: None
    """Keeps the past of a round for `parallax.uptime`; raises nothing."""
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    logins: Callable[[Sequence[Target]], Logins] = lambda _: no_logins
    """Reads the logins of the targets that are probed next."""

    def answer(self, event: Mapping[str, Any], seconds_left: float) -> dict[str, Any]:
        """Probe what the event names within the seconds that are left; sum it up."""
        end = monotonic() + min(BUDGET, seconds_left - RESERVED)
        if "Records" in event:
            event = json.loads(event["Records"][0]["body"])
        if "target" in event or event.get("targets") is not None:
            named = by_hand(event)
            # A target that is not in the file could lead a login to any server.
            plan = self.plan if "target" in event else self._plan(named)
            runs = probe_targets(named, self.journal, plan, self.meter.of_a_run)
            return {"runs": [summarize(run) for run in runs]}
        watched = self.load()
        shard = self._shard(event, len(watched))
        failed = 0 if "shard" in event else self.fan_out.invoke_others(shard)
        found = self._probe(shard, in_shard(watched, shard.number, shard.of), end)
        return found | ({"shards_not_invoked": failed} if failed else {})

    def _plan(self, targets: Sequence[Target]) -> Plan:
        """Return the plan with the logins of these targets."""
        return replace(self.plan, logins=self.logins(targets))

    def _shard(self, event: Mapping[str, Any], targets: int) -> Shard:
        """Return the shard that an event names; without one the first."""
        return Shard(
            number=event.get("shard", 0),
            of=event.get("of") or shards(targets),
            minute=event.get("minute") or int(self.now().timestamp() // MINUTE),
            half=event.get("half", False),
        )

    def _probe(
        self, shard: Shard, targets: Sequence[Target], end: float
    ) -> dict[str, Any]:
        """Probe the shard's targets that are due; store failing runs and the round."""
        if not shard.half:
            self.meter.of_targets(len(targets))
            self._plan_half(shard, targets)
        last = self._last(shard)
        now = ShardRound(
            shard=shard,
            targets=targets,
            last=last.targets if last else {},
            started_at=self.now(),
        )
        stored: list[Round] = []
        probed = now.to_probe()
        uses = Uses(
            balancer_ips=lambda target: addresses_in(target, self.journal),
            record=lambda run: store_run(run, self.journal),
            measure=self.meter.of_a_run,
            settled=lambda runs: stored.append(self._settle(now, runs, last)),
            stores=lambda run: not run.first.healthy,
            investigates=now.investigates,
            patience=now.patience,
        )
        plan = self._plan(probed)
        watch(probed, uses, budget=end - monotonic(), plan=plan)
        failing = [name for one in stored for name in one.failing]
        annotate(shard=shard.number, probed=len(probed), failing=len(failing))
        return {
            "shard": shard.number,
            "of": shard.of,
            "targets": len(targets),
            "probed": len(probed),
            "failing": failing,
        }

    def _settle(
        self, now: ShardRound, runs: Sequence[ProbeRun], last: LastRound | None
    ) -> Round:
        """Store the round. Half a minute later, it keeps the times of the minute."""
        ended_at = self.now()
        if last is None or now.shard.half:  # the round of the minute may be newer
            last = self.journal.last_round(now.shard.number, now.shard.of)
            now = replace(now, last=last.targets)
            if now.shard.half and last.started_at and last.ended_at:
                now = replace(now, started_at=last.started_at)
                ended_at = last.ended_at
        finished = now.finished(runs, ended_at)
        self.meter.of_failing(len(finished.failing))
        self.journal.record_round(finished)
        if not now.shard.half:
            self.keep(finished, last)
        return finished

    def _last(self, shard: Shard) -> LastRound | None:
        """Return the shard's last round; None: it could not be read yet."""
        try:
            return self.journal.last_round(shard.number, shard.of)
        except Exception:
            # All targets are then probed, and failing ones investigated.
            log.exception("last round was not read", extra={"shard": shard.number})
            return None

    def _plan_half(self, shard: Shard, targets: Sequence[Target]) -> None:
        """Probe the targets with an interval of 30 s again in 30 s."""
        names = [target.name for target in targets if is_next_half(target)]
        if not names:
            return
        if not self.fan_out.has_delay:
            log.error(NO_QUEUE, extra={"targets": names})
            return
        try:
            self.fan_out.later(shard, HALF_MINUTE)
        except Exception:
            log.exception("half minute was not planned", extra={"targets": names})


def seconds_left(context: object) -> float:
    """Return how long Lambda lets an invocation run; without a context, a budget."""
    left: Callable[[], int] | None = getattr(
        context, "get_remaining_time_in_millis", None
    )
    return BUDGET + RESERVED if left is None else left() / 1000
