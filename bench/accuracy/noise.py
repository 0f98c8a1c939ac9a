"""Noise: platforms that are well, or as good as, and look troubled.

In: a `World` that is well. Out: the same with noise, and what may be said of it.
It does not: harm users, but for a single request (`blip`).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from bench.accuracy.platform.parts import Rule
from bench.accuracy.platform.wish import Wish
from bench.accuracy.platform.world import World

ANY = Wish()


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """A noise; `fails` says that the judged run's first request failed."""

    name: str
    inject: Callable[[World], None]
    wish: Wish = ANY
    fails: bool = False


def calm(_: World) -> None:
    """Nothing at all."""


def rollout(world: World) -> None:
    """A third of the pods is being replaced."""
    for pod in world.pods[: len(world.pods) // 3]:
        pod.ready, pod.age, pod.behavior = False, 4.0, "refuse"
    world.changed_ago, world.updated = 6.0, len(world.pods) // 2


def one_target(world: World) -> None:
    """One node drops the balancer; the balancer has noticed."""
    world.rules.append(Rule(source="balancer", node=world.nodes[0].name))


def one_node(world: World) -> None:
    """A node cannot reach the others' NodePorts; users do not go that way."""
    for port in (world.ingress.http_port, world.ingress.https_port):
        world.rules.append(Rule(source=world.nodes[-1].name, port=port))


def scanner(world: World) -> None:
    """Strangers ask for hosts that nobody serves."""
    world.strangers = 20


def silent(world: World) -> None:
    """No agent speaks."""
    names = tuple(n.name for n in world.nodes)
    world.blind = replace(world.blind, agents=names)


def no_token(world: World) -> None:
    """The Hetzner token is refused."""
    world.blind = replace(world.blind, token=True)


def clocks(world: World) -> None:
    """Every node's clock is off."""
    rng = world.rng
    skew = {n.name: rng.choice((-1, 1)) * rng.uniform(20, 900) for n in world.nodes}
    world.blind = replace(world.blind, skew=skew)


def blip(world: World) -> None:
    """A single request is reset; all others are well."""
    world.blips = 1


NOISES = (
    Noise(name="healthy", inject=calm),
    Noise(name="healthy-rollout", inject=rollout, wish=Wish(nodes=3, pods=3)),
    Noise(
        name="healthy-one-target-unhealthy",
        inject=one_target,
        wish=Wish(nodes=2, few_ingress=False),
    ),
    Noise(name="healthy-one-node-cut", inject=one_node, wish=Wish(nodes=2)),
    Noise(name="healthy-scanner", inject=scanner),
    Noise(name="healthy-agents-silent", inject=silent),
    Noise(name="healthy-no-token", inject=no_token),
    Noise(name="healthy-clocks-off", inject=clocks),
    Noise(name="blip", inject=blip, wish=Wish(cdn=False), fails=True),
)
