"""Noise: platforms that are well, or as good as, and look troubled.

In: a `World` that is well. Out: the same with noise, and what may be said of it.
It does not: break what any cause names; where users fail (`fails`), nobody of the
platform is to blame, or nobody whom the catalog has.
"""

from collections.abc import Callable
from copy import deepcopy
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


def unnoticed(world: World) -> None:
    """The ingress came back seconds ago; the balancer still holds all for unhealthy."""
    world.still = deepcopy(world)
    for was, pod in zip(world.still.ingress.pods, world.ingress.pods, strict=True):
        was.ready, pod.age = False, 20.0


def one_family(world: World) -> None:
    """The balancer's IPv6 address answers nobody; IPv4 is well."""
    balancer = world.balancer
    balancer.ipv6 = balancer.ipv6 or f"2001:db8:1::{balancer.number % 100}"
    both = (balancer.ipv4, balancer.ipv6)
    world.names.zone, world.dead = both, (balancer.ipv6,)
    world.names.caches = dict.fromkeys(world.names.caches, both)
    world.outside_has_v6 = True


def turned_away(world: World) -> None:
    """The CDN limits or blocks the monitor; its origin is well."""
    assert world.cdn is not None  # noqa: S101 - the wish says so
    world.cdn.denies = world.rng.choice((403, 429))


def second_node_down(world: World) -> None:
    """A node is NotReady and its target rightly out; users are served."""
    node = world.nodes[0]
    node.ready = False
    for source in ("balancer", "nodes"):
        world.rules.append(Rule(source=source, node=node.name))
    for pod in (*world.pods, *world.ingress.pods):
        pod.ready = pod.ready and pod.node != node.name
    world.blind = replace(world.blind, agents=(node.name,))


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
    Noise(
        name="healthy-node-not-ready",
        inject=second_node_down,
        wish=Wish(nodes=3, pods=3, few_ingress=False),
    ),
    Noise(name="not-noticed-yet", inject=unnoticed, fails=True),
    Noise(name="one-family-dead", inject=one_family, wish=Wish(cdn=False), fails=True),
    Noise(name="cdn-turns-away", inject=turned_away, wish=Wish(cdn=True), fails=True),
    Noise(name="blip", inject=blip, wish=Wish(cdn=False), fails=True),
)
