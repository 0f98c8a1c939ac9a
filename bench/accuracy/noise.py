"""Noise: platforms that are well, or as good as, and look troubled.

In: a `PlatformSpec` that is well. Out: the same with noise, and what may be said of it.
It does not: break what any cause names; where users fail (`fails`), nobody of the
platform is to blame, or nobody whom the catalog has.
"""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, replace

from bench.accuracy.platform.parts import Rule
from bench.accuracy.platform.requirements import Requirements
from bench.accuracy.platform.spec import PlatformSpec

ANY = Requirements()


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """A noise; `fails` says that the judged run's first request failed."""

    name: str
    inject: Callable[[PlatformSpec], None]
    requires: Requirements = ANY
    fails: bool = False


def calm(_: PlatformSpec) -> None:
    """Nothing at all."""


def rollout(spec: PlatformSpec) -> None:
    """A third of the pods is being replaced."""
    for pod in spec.pods[: len(spec.pods) // 3]:
        pod.ready, pod.age, pod.behavior = False, 4.0, "refuse"
    spec.changed_ago, spec.updated = 6.0, len(spec.pods) // 2


def one_target(spec: PlatformSpec) -> None:
    """One node drops the balancer; the balancer has noticed."""
    spec.rules.append(Rule(source="balancer", node=spec.nodes[0].name))


def one_node(spec: PlatformSpec) -> None:
    """A node cannot reach the others' NodePorts; users do not go that way."""
    for port in (spec.ingress.http_port, spec.ingress.https_port):
        spec.rules.append(Rule(source=spec.nodes[-1].name, port=port))


def scanner(spec: PlatformSpec) -> None:
    """Strangers ask for hosts that nobody serves."""
    spec.foreign_requests = 20


def silent(spec: PlatformSpec) -> None:
    """No agent speaks."""
    names = tuple(n.name for n in spec.nodes)
    spec.blind = replace(spec.blind, agents=names)


def no_token(spec: PlatformSpec) -> None:
    """The Hetzner token is refused."""
    spec.blind = replace(spec.blind, token=True)


def clocks(spec: PlatformSpec) -> None:
    """Every node's clock is off."""
    rng = spec.rng
    skew = {n.name: rng.choice((-1, 1)) * rng.uniform(20, 900) for n in spec.nodes}
    spec.blind = replace(spec.blind, skew=skew)


def blip(spec: PlatformSpec) -> None:
    """A single request is reset; all others are well."""
    spec.blips = 1


def unnoticed(spec: PlatformSpec) -> None:
    """The ingress came back seconds ago; the balancer still holds all for unhealthy."""
    spec.balancer_view = deepcopy(spec)
    for was, pod in zip(
        spec.balancer_view.ingress.pods, spec.ingress.pods, strict=True
    ):
        was.ready, pod.age = False, 20.0


def one_family(spec: PlatformSpec) -> None:
    """The balancer's IPv6 address answers nobody; IPv4 is well."""
    balancer = spec.balancer
    balancer.ipv6 = balancer.ipv6 or f"2001:db8:1::{balancer.number % 100}"
    both = (balancer.ipv4, balancer.ipv6)
    spec.names.zone, spec.dead = both, (balancer.ipv6,)
    spec.names.caches = dict.fromkeys(spec.names.caches, both)
    spec.outside_has_v6 = True


def turned_away(spec: PlatformSpec) -> None:
    """The CDN limits or blocks the monitor; its origin is well."""
    assert spec.cdn is not None  # noqa: S101 - the requires says so
    spec.cdn.denies = spec.rng.choice((403, 429))


def second_node_down(spec: PlatformSpec) -> None:
    """A node is NotReady and its target rightly out; users are served."""
    node = spec.nodes[0]
    node.ready = False
    for source in ("balancer", "nodes"):
        spec.rules.append(Rule(source=source, node=node.name))
    for pod in (*spec.pods, *spec.ingress.pods):
        pod.ready = pod.ready and pod.node != node.name
    spec.blind = replace(spec.blind, agents=(node.name,))


NOISES = (
    Noise(name="healthy", inject=calm),
    Noise(
        name="healthy-rollout", inject=rollout, requires=Requirements(nodes=3, pods=3)
    ),
    Noise(
        name="healthy-one-target-unhealthy",
        inject=one_target,
        requires=Requirements(nodes=2, few_ingress=False),
    ),
    Noise(name="healthy-one-node-cut", inject=one_node, requires=Requirements(nodes=2)),
    Noise(name="healthy-scanner", inject=scanner),
    Noise(name="healthy-agents-silent", inject=silent),
    Noise(name="healthy-no-token", inject=no_token),
    Noise(name="healthy-clocks-off", inject=clocks),
    Noise(
        name="healthy-node-not-ready",
        inject=second_node_down,
        requires=Requirements(nodes=3, pods=3, few_ingress=False),
    ),
    Noise(name="not-noticed-yet", inject=unnoticed, fails=True),
    Noise(
        name="one-family-dead",
        inject=one_family,
        requires=Requirements(cdn=False),
        fails=True,
    ),
    Noise(
        name="cdn-turns-away",
        inject=turned_away,
        requires=Requirements(cdn=True),
        fails=True,
    ),
    Noise(name="blip", inject=blip, requires=Requirements(cdn=False), fails=True),
)
