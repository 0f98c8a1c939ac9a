"""Draw: a random healthy platform.

In: a random generator. Out: a `PlatformSpec` whose users are served.
It does not: break it.
"""

from random import Random

from bench.accuracy.platform import draw_balancer
from bench.accuracy.platform.outside import RESOLVERS
from bench.accuracy.platform.parts import (
    AppPod,
    Ingress,
    IngressPod,
    Machine,
    Names,
)
from bench.accuracy.platform.requirements import Requirements
from bench.accuracy.platform.spec import PlatformSpec

NODES = ("worker-{:02d}", "node{}", "k8s-w-{}", "cax21-fsn1-{}", "edge-{:03d}")
WORDS = ("shop", "api", "books", "billing", "mail", "tickets", "maps", "auth")
ZONES = ("example.com", "example.org", "example.net")
KINDS = ("ingress-nginx",) * 6 + ("traefik", "envoy", "haproxy", "haproxy")
RIGHT = (200,) * 8 + (302, 401, 404)
"""Statuses that owners count as healthy: a login's redirect, an API without token."""
OFFERED = range(30000, 32768)
SERVICES = {
    "ingress-nginx": ("ingress-nginx", "ingress-nginx-controller"),
    "traefik": ("traefik", "traefik"),
    "envoy": ("projectcontour", "envoy"),
    "haproxy": ("haproxy-controller", "haproxy-kubernetes-ingress"),
}


def draw(rng: Random, requires: Requirements) -> PlatformSpec:
    """Draw a healthy platform."""
    nodes = _nodes(rng, requires.nodes)
    word = rng.choice(WORDS)
    host = f"{word}.{rng.choice(ZONES)}"
    protocol = requires.protocol or rng.choice(
        ("https", "https", "https", "tcp", "http")
    )
    scheme = "http" if protocol == "http" else "https"
    ports = rng.sample(OFFERED, 5)
    ingress = _ingress(rng, requires, nodes, ports, host)
    app = rng.choice((8080, 3000, 5000, 8000))
    balancer = draw_balancer.balancer(
        rng, requires, nodes, ingress, protocol=protocol, host=host, word=word
    )
    cdn = draw_balancer.cdn_for(rng, requires, balancer, scheme)
    zone = cdn.addresses if cdn else (balancer.ipv4,)
    if cdn is None and balancer.ipv6 and rng.random() < 0.7:
        zone = (*zone, balancer.ipv6)
    expects = rng.choice(RIGHT)
    for listen in balancer.listens:
        listen.check.codes = (*listen.check.codes, str(expects))
    return PlatformSpec(
        rng=rng,
        expects=expects,
        host=host,
        scheme=scheme,
        cluster=f"{word}-cluster",
        namespace=word,
        service=f"{word}-web",
        app_port=app,
        app_node_port=ports[2] if rng.random() < 0.6 else None,
        nodes=nodes,
        names=Names(
            zone=zone,
            ttl=rng.choice((60, 300, 3600)),
            server="ns1.dns.example",
            caches=dict.fromkeys(RESOLVERS, zone),
        ),
        balancer=balancer,
        ingress=ingress,
        pods=_pods(rng, requires, nodes, app, word),
        cdn=cdn,
        outside_has_v6=rng.random() < 0.4,
    )


def _nodes(rng: Random, least: int) -> list[Machine]:
    count = (
        rng.randint(least, max(least, 12))
        if rng.random() < 0.5
        else rng.randint(least, max(least, 5))
    )
    pattern, net = rng.choice(NODES), rng.randrange(0, 50)
    first = rng.randrange(2, 100)
    return [
        Machine(
            name=pattern.format(n + 1),
            address=f"10.{net}.{_last_two(first + n)}",
            public=f"198.51.{100 + (first + n) // 256}.{(first + n) % 256}",
            server=40000 + first * 100 + n,
        )
        for n in range(count)
    ]


def _last_two(number: int) -> str:
    """Return the last two bytes of an IPv4 address; a cluster may have 250 nodes."""
    return f"{number // 256}.{number % 256}"


def _ingress(
    rng: Random,
    requires: Requirements,
    nodes: list[Machine],
    ports: list[int],
    host: str,
) -> Ingress:
    kind = requires.kind or rng.choice(KINDS)
    namespace, service = SERVICES[kind]
    policy = requires.policy or rng.choice(("Cluster", "Cluster", "Cluster", "Local"))
    few = requires.few_ingress
    if few is None:
        few = policy == "Cluster" and rng.random() < 0.3
    places = rng.sample(nodes, max(1, len(nodes) // 2)) if few else nodes
    hosted = rng.random() < 0.3
    if requires.ingress_host_network is not None:
        hosted = requires.ingress_host_network
    proxy = rng.random() < 0.15 if requires.proxy is None else requires.proxy
    return Ingress(
        kind=kind,
        namespace=namespace,
        service=service,
        http_port=ports[0],
        https_port=ports[1],
        policy=policy,
        health_port=ports[3] if policy == "Local" else None,
        proxy_protocol=proxy and kind == "ingress-nginx",
        hosts=(host, f"www.{host}"),
        read_timeout=rng.choice((3.0, 5.0, 60.0)),
        connect_timeout=rng.choice((1.0, 2.0, 5.0)),
        pods=[
            IngressPod(
                name=f"{service}-{rng.getrandbits(24):06x}",
                node=n.name,
                address=n.address if hosted else f"10.244.{i + 1}.10",
                host_network=hosted,
            )
            for i, n in enumerate(places)
        ],
    )


def _pods(
    rng: Random, requires: Requirements, nodes: list[Machine], port: int, word: str
) -> list[AppPod]:
    hosted = (
        rng.random() < 0.4 if requires.host_network is None else requires.host_network
    )
    hosted = hosted and len(nodes) >= requires.pods
    count = len(nodes)
    if not hosted and rng.random() < 0.5:
        count = rng.randint(requires.pods, 6)
    six = not hosted and rng.random() < 0.15
    overlay = "fd00:10:244::{}" if six else "10.244.{}"
    return [
        AppPod(
            name=f"{word}-web-{rng.getrandbits(24):06x}",
            node=nodes[n % len(nodes)].name,
            address=nodes[n].address
            if hosted
            else overlay.format(20 + n if six else _last_two(20 + n)),
            port=port,
            host_network=hosted,
        )
        for n in range(max(count, requires.pods))
    ]
