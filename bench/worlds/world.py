"""World: one public report, and its draws.

In: what was true, and how a platform comes to it. Out: snapshots to judge.
It does not: judge; `run` does.
"""

from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from random import Random

from bench.accuracy.platform import shapes
from bench.accuracy.platform.draw import draw
from bench.accuracy.platform.observe import NeverSeenError, observe
from bench.accuracy.platform.requirements import Requirements
from bench.accuracy.platform.shapes import Change
from bench.accuracy.platform.spec import PlatformSpec
from parallax.diagnose.join import join
from parallax.model.snapshot import Snapshot

DRAWS = 6
"""Draws of each world; names, counts, ports and controllers differ."""
ATTEMPTS = 30
"""Platforms drawn for one draw at most: some hide the failure from a first probe."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A report: what was broken, in which topology, and which answers are right.

    `twist` breaks a platform; what it returns is ignored, so that the injections of
    `faults` fit. `shape` is the topology.
    """

    id: str
    source: str
    """Owner/repository#number of public issues, or addresses."""
    true: str
    """What was true, in one sentence."""
    twist: Callable[[PlatformSpec], object]
    accept: frozenset[str]
    """Causes that may be named."""
    never: frozenset[str] = frozenset()
    """Causes that suggest themselves. Each cause that is not accepted is wrong."""
    named: bool = True
    """Whether the evidence suffices: `not-established` is a loss then."""
    shape: Change = shapes.plain
    requires: Requirements = shapes.ANY
    stated: bool = False
    """The answers were committed before anybody ran it."""


def draws(world: World, count: int = DRAWS) -> Iterator[tuple[str, Snapshot]]:
    """Yield the id and the snapshot of each draw."""
    for number in range(count):
        name = f"{world.id}-{number}"
        yield name, _drawn(world, name)


def draw_of(worlds: Iterable[World], name: str) -> tuple[World, Snapshot]:
    """Return one draw by its id: its world's id and a number."""
    world_id = name.rpartition("-")[0]
    world = next(w for w in worlds if w.id == world_id)
    return world, _drawn(world, name)


def _drawn(world: World, name: str) -> Snapshot:
    for attempt in range(ATTEMPTS):
        rng = Random(f"{name}:{attempt}")
        before = draw(rng, world.requires)
        world.shape(before)
        spec = deepcopy(before)
        world.twist(spec)
        minutes = rng.choice((0, 1, 1, 2))
        try:
            seen = observe(_past(before, spec), spec, minutes=minutes)
        except NeverSeenError:
            continue
        return join(seen.target, seen.observations, taken_at=seen.taken_at)
    raise NeverSeenError(world.id)


def _past(before: PlatformSpec, spec: PlatformSpec) -> PlatformSpec:
    """Return the platform before the failure, with what was true long before."""
    red = spec.conditions.long_red
    if red:
        before = deepcopy(before)
        before.rules += [r for r in spec.rules if r.node in red]
    cdn = spec.cdn
    if cdn and not cdn.declared and before.cdn is None:
        before = deepcopy(before)
        before.cdn = replace(cdn, origin=before.balancer.ipv4, port=_port(before))
        before.names = deepcopy(spec.names)
    return before


def _port(spec: PlatformSpec) -> int:
    return 443 if spec.scheme == "https" else 80
