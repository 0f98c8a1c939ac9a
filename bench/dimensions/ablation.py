"""Ablation: the same faults with other names, ports, counts and controllers.

In: the table of faults. Out: a `Tally` for each change, the unchanged one first.
It does not: print.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from bench.accuracy.platform.requirements import Requirements
from bench.accuracy.platform.shapes import ANY, SHAPES
from bench.accuracy.platform.spec import PlatformSpec
from bench.dimensions.drawn import Change, drawn
from bench.dimensions.tally import Tally
from faults import INJECTIONS

DRAWS = 4
"""Draws of each fault with each change."""
NAMES = ("ip-10-1-{}-7.eu-central-1.compute.internal", "pve{}", "a-{}-b.example")
HOSTS = ("x.example", "very.deep.sub-domain.of.a.customer.example.org", "1.example.com")


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """What differs from the platform that the seed draws."""

    title: str
    change: Change | None = None
    requires: Requirements = ANY


def other_names(spec: PlatformSpec) -> None:
    """Rename nodes, pods, Services, the host and the load balancer."""
    rng = spec.rng
    pattern = rng.choice(NAMES)
    new = {n.name: pattern.format(i + 40) for i, n in enumerate(spec.nodes)}
    for node in spec.nodes:
        node.name = new[node.name]
    for number, pod in enumerate((*spec.pods, *spec.ingress.pods)):
        pod.node, pod.name = new[pod.node], f"{rng.getrandbits(20):x}-{number}"
    spec.balancer.targets = [new.get(t, t) for t in spec.balancer.targets]
    spec.balancer.name, spec.cluster = "edge", "c1"
    spec.namespace, spec.service = "default", rng.choice(("backend", "www", "svc"))
    spec.ingress.namespace = rng.choice(("kube-system", "gateway", "infra"))
    spec.ingress.service = rng.choice(("entry", "public", "controller"))
    _rename_host(spec, rng.choice(HOSTS))


def _rename_host(spec: PlatformSpec, host: str) -> None:
    old, spec.host = spec.host, host
    spec.ingress.hosts = tuple(h.replace(old, host) for h in spec.ingress.hosts)
    for listen in spec.balancer.listens:
        if listen.check.domain == old:
            listen.check.domain = host


def other_ports(spec: PlatformSpec) -> None:
    """Give Services and pods other ports."""
    rng, ingress = spec.rng, spec.ingress
    http, https, app, health = rng.sample(range(30000, 32768), 4)
    new = {ingress.http_port: http, ingress.https_port: https}
    for listen in spec.balancer.listens:
        listen.destination = new.get(listen.destination, listen.destination)
        listen.check.port = new.get(listen.check.port, listen.check.port)
    ingress.http_port, ingress.https_port = http, https
    ingress.health_port = health if ingress.health_port else None
    spec.app_node_port = app if spec.app_node_port else None
    spec.app_port = rng.choice((81, 1234, 9443, 65000))
    for pod in spec.pods:
        pod.port = spec.app_port


VARIANTS = (
    Variant(title="as drawn"),
    Variant(title="other names", change=other_names),
    Variant(title="other ports", change=other_ports),
    Variant(title="more nodes", requires=Requirements(nodes=9)),
    Variant(title="more pods", requires=Requirements(pods=6)),
    *(
        Variant(title=f"controller {kind}", requires=Requirements(kind=kind))
        for kind in ("ingress-nginx", "traefik", "haproxy", "envoy")
    ),
)


def ablation(count: int = DRAWS) -> Iterator[Tally]:
    """Judge every fault with every change."""
    shape = SHAPES[0]
    for variant in VARIANTS:
        tally = Tally(title=variant.title)
        for fault in INJECTIONS.values():
            for number in range(count):
                case = drawn(
                    f"ablation/{fault.name}/{number}",
                    shape,
                    (fault,),
                    requires=variant.requires,
                    change=variant.change,
                )
                if case is None:
                    break
                tally.add(case)
        yield tally
