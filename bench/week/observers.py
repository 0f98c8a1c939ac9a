"""Observers: what the journal gets in one minute of a story.

In: a world, the state of a minute. Out: a run, a reading, reports.
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
from bench.accuracy.platform.parts import Blind
from bench.accuracy.platform.wish import Wish
from bench.accuracy.platform.world import World
from bench.week.stories import Minute
from parallax.model.target import Target

SECONDS = 60.0


class Platform:
    """A healthy platform of a few nodes, watched minute by minute."""

    def __init__(self, seed: str) -> None:
        wish = Wish(nodes=3, pods=4, cdn=False, kind="ingress-nginx", check="tcp")
        self._world = draw(Random(seed), wish)
        del self._world.nodes[5:]
        _shrink(self._world)
        self._known = health.play(self._world)

    @property
    def target(self) -> Target:
        """The target that is watched."""
        return target_of(self._world)

    @property
    def cluster(self) -> str:
        """The cluster whose agents watch it."""
        return self._world.cluster

    def minute(self, number: int, state: Minute) -> Iterator[Observation]:
        """Yield what comes in during one minute."""
        world, began = self._in(state), number * SECONDS
        outside = Outside(world, self._known, self.target.name)
        if state.probed:
            first = outside.first(began)
            run = outside.alone(first)
            yield run if first.healthy else outside.investigate(first, began)
        world.blind = replace(world.blind, token=not state.read)
        yield hetzner.balancer(world, self._known, self.target.name, began + 3)
        if -1 in state.silent:
            return
        for place, node in enumerate(world.nodes):
            if place not in state.silent:
                mine = [x for x in world.log if x.node == node.name]
                yield report(world, node, self.target.name, began + 33, mine)

    def _in(self, state: Minute) -> World:
        """Return the world as it is in this minute."""
        world = deepcopy(self._world)
        world.rng = self._world.rng
        skew = {world.nodes[0].name: state.skew} if state.skew else {}
        world.blind = Blind(log=not state.log, skew=skew, monitor=state.monitor)
        world.blips = int(state.blip)
        if state.replaced >= 0:
            pod = world.pods[state.replaced % len(world.pods)]
            pod.ready, pod.age, pod.behavior = False, 5.0, "refuse"
            world.changed_ago, world.updated = 5.0, state.replaced
        return world


def _shrink(world: World) -> None:
    """Take away what stood on the nodes that are gone."""
    names = {n.name for n in world.nodes}
    world.ingress.pods = [p for p in world.ingress.pods if p.node in names]
    world.pods = [p for p in world.pods if p.node in names]
    world.balancer.targets = [t for t in world.balancer.targets if t in names]
