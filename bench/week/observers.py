"""Observers: what the journal receives in one minute of a story.

In: a platform, the state of a minute. Out: a run, a reading, reports.
It does not: judge.
"""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from random import Random

from bench.accuracy.platform import health, hetzner
from bench.accuracy.platform.draw import draw
from bench.accuracy.platform.observe import Observation, report, target_of
from bench.accuracy.platform.outside import Outside
from bench.accuracy.platform.parts import HiddenSources
from bench.accuracy.platform.requirements import Requirements
from bench.accuracy.platform.spec import PlatformSpec
from bench.week.stories import Minute
from parallax.model.target import Target

SECONDS = 60.0


class Platform:
    """A healthy platform of a few nodes, observed minute by minute."""

    def __init__(self, seed: str) -> None:
        requires = Requirements(
            nodes=3, pods=4, cdn=False, kind="ingress-nginx", check="tcp"
        )
        self._spec = draw(Random(seed), requires)
        del self._spec.nodes[5:]
        _shrink(self._spec)
        self._states = health.play(self._spec)

    @property
    def target(self) -> Target:
        """The target that is monitored."""
        return target_of(self._spec)

    @property
    def cluster(self) -> str:
        """The cluster whose agents observe it."""
        return self._spec.cluster

    def minute(self, number: int, state: Minute) -> Iterator[Observation]:
        """Yield the observations of one minute."""
        spec, began = self._in(state), number * SECONDS
        outside = Outside(spec, self._states, self.target.name)
        if state.probed:
            first = outside.first(began)
            run = outside.alone(first)
            yield run if first.healthy else outside.investigate(first, began)
        spec.hidden = replace(spec.hidden, token=not state.read)
        yield hetzner.balancer(spec, self._states, self.target.name, began + 3)
        if -1 in state.silent:
            return
        for place, node in enumerate(spec.nodes):
            if place not in state.silent:
                mine = [x for x in spec.log if x.node == node.name]
                yield report(spec, node, self.target.name, began + 33, mine)

    def _in(self, state: Minute) -> PlatformSpec:
        """Return the platform in this minute."""
        spec = deepcopy(self._spec)
        spec.rng = self._spec.rng
        skew = {spec.nodes[0].name: state.skew} if state.skew else {}
        spec.hidden = HiddenSources(log=not state.log, skew=skew, monitor=state.monitor)
        spec.lost_requests = int(state.blip)
        if state.replaced >= 0:
            pod = spec.pods[state.replaced % len(spec.pods)]
            pod.ready, pod.age, pod.behavior = False, 5.0, "refuse"
            spec.changed_ago, spec.updated = 5.0, state.replaced
        return spec


def _shrink(spec: PlatformSpec) -> None:
    """Remove what ran on the removed nodes."""
    names = {n.name for n in spec.nodes}
    spec.ingress.pods = [p for p in spec.ingress.pods if p.node in names]
    spec.pods = [p for p in spec.pods if p.node in names]
    spec.balancer.targets = [t for t in spec.balancer.targets if t in names]
