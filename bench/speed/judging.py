"""Judging: what one judgement costs, on recorded runs and in large clusters.

In: the recorded lab runs, and drawn clusters of many nodes whose target fails.
Out: figures, in milliseconds of CPU. It does not: read or decode what is judged.
"""

import time
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from random import Random
from statistics import median

from bench.accuracy.platform.draw import draw
from bench.accuracy.platform.observe import Observation, Observed, observe
from bench.accuracy.recorded import recorded
from bench.speed.figure import Figure
from faults import INJECTIONS
from parallax.diagnose.join import join
from parallax.diagnose.judge import judge
from parallax.model.cluster import NodeReport
from parallax.model.probe import Role

FAULT = "lb-health-check-wrong-port"
INGRESS_PODS = 10
"""The most ingress pods that an agent probes in one cycle."""
LARGE = {100: 25.0, 250: 65.0}
"""Nodes, and the limit of one judgement there in milliseconds."""
MOST_RECORDED = 1.5
TIMES = 5
"""Each is judged this often, and the fastest counts: other processes run too."""


def measure() -> list[Figure]:
    """Measure the median recorded run, and a failing judgement in large clusters."""
    runs = [case.snapshot for case in recorded()]
    spent = [_milliseconds(lambda run=run: judge(run)) for run in runs]
    middle = median(spent)
    return [
        Figure("judgement, median of recorded runs", middle, "ms CPU", MOST_RECORDED),
        *(_large(nodes, limit) for nodes, limit in LARGE.items()),
    ]


def _large(nodes: int, limit: float) -> Figure:
    seen = cluster(nodes)
    spent = _milliseconds(
        lambda: judge(join(seen.target, seen.observations, taken_at=seen.taken_at))
    )
    return Figure(f"failing judgement, {nodes} nodes", spent, "ms CPU", limit)


def cluster(nodes: int) -> Observed:
    """Return what the journal holds of a failing target in a cluster of this size."""
    fault, rng = INJECTIONS[FAULT], Random(f"{FAULT}:{nodes}")
    requires = replace(fault.requires, nodes=nodes, kind="ingress-nginx", cdn=False)
    before = draw(rng, requires)
    spec = deepcopy(before)
    fault.apply(spec)
    seen = observe(before, spec)
    return replace(seen, observations=tuple(map(_as_sent, seen.observations)))


def _as_sent(found: Observation) -> Observation:
    """Return an observation with as many probes as an agent sends in one cycle."""
    if not isinstance(found, NodeReport):
        return found
    pods = [p for p in found.probes if p.role is Role.INGRESS_POD]
    left_out = set(map(id, pods[INGRESS_PODS:]))
    kept = tuple(p for p in found.probes if id(p) not in left_out)
    return replace(found, probes=kept)


def _milliseconds(work: Callable[[], object]) -> float:
    spent: list[float] = []
    for _ in range(TIMES):
        before = time.process_time()
        work()
        spent.append(time.process_time() - before)
    return min(spent) * 1000
