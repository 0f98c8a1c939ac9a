"""Balancer twists: what breaks at the load balancer, and on the way to the nodes.

In: a platform. Out: the same, broken as a report describes.
It does not: change what is behind the nodes' ports.
"""

from bench.accuracy.platform.parts import Rule
from bench.accuracy.platform.spec import PlatformSpec
from faults import INJECTIONS


def fault(name: str, spec: PlatformSpec) -> None:
    """Inject a fault of the table."""
    INJECTIONS[name].apply(spec)


def plain_to_tls(spec: PlatformSpec) -> None:
    """The balancer ends TLS, and sends plain HTTP to the ingress's TLS port."""
    for listen in spec.balancer.listens:
        if listen.port == _user_port(spec):
            listen.destination = spec.ingress.https_port
            listen.check.port = spec.ingress.https_port
            listen.check.protocol = "tcp"


def tls_to_plain(spec: PlatformSpec) -> None:
    """The balancer passes TLS on, to the ingress's plain port."""
    for listen in spec.balancer.listens:
        if listen.port == _user_port(spec):
            listen.destination = listen.check.port = spec.ingress.http_port
            listen.check.protocol = "tcp"


def _user_port(spec: PlatformSpec) -> int:
    return 443 if spec.scheme == "https" else 80


def proxy_lines(spec: PlatformSpec) -> None:
    """The balancer sends PROXY lines; the ingress was not told."""
    for listen in spec.balancer.listens:
        listen.proxy = True


def second_service_and_firewall(spec: PlatformSpec) -> None:
    """A second Service of the ingress's pods is the way in; nodes drop the balancer."""
    second_service(spec)
    for port in spec.conditions.second_ports or ():
        spec.rules.append(Rule(source="balancer", port=port))


def second_service(spec: PlatformSpec) -> None:
    """A second Service of the ingress's pods is the way in."""
    ingress = spec.ingress
    pair = spec.rng.randrange(32000, 32700), spec.rng.randrange(31000, 31900)
    new = dict(zip((ingress.http_port, ingress.https_port), pair, strict=True))
    for listen in spec.balancer.listens:
        listen.destination = new.get(listen.destination, listen.destination)
        listen.check.port = new.get(listen.check.port, listen.check.port)
    spec.conditions.second_ports = pair


def red_and_resets(spec: PlatformSpec) -> None:
    """One target has long been red; the others' ingress resets connections."""
    _red(spec)
    spec.conditions.resets = spec.rng.uniform(0.4, 0.7)


def red_and_no_endpoints(spec: PlatformSpec) -> None:
    """One target has been red since long ago; the app's Service lost its endpoints."""
    _red(spec)
    fault("service-without-endpoints", spec)


def red_and_slow(spec: PlatformSpec) -> None:
    """One target has been red since long ago; the pods hang."""
    _red(spec)
    fault("pod-too-slow", spec)


def _red(spec: PlatformSpec) -> None:
    node = spec.nodes[0].name
    spec.conditions.long_red = (node,)
    spec.rules.append(Rule(source="balancer", node=node))


def check_counts_endpoints(spec: PlatformSpec) -> None:
    """The check uses kube-proxy's port of policy Local, which counts no endpoint."""
    spec.ingress.policy, spec.ingress.health_port = "Local", 30999
    for listen in spec.balancer.listens:
        check = listen.check
        check.protocol, check.port, check.path = "http", 30999, "/healthz"
        check.tls, check.codes = False, ("2??",)


def at_its_limit(spec: PlatformSpec) -> None:
    """The load balancer accepts no more than some of the new connections."""
    spec.conditions.limited = spec.rng.uniform(0.4, 0.8)


def full_table(spec: PlatformSpec) -> None:
    """A node's connection table is full: it drops new connections of everybody."""
    node = spec.rng.choice(spec.nodes).name
    share = spec.rng.uniform(0.5, 0.8)
    spec.rules.append(Rule(source="any", node=node, share=share))
    spec.hidden.skew.clear()


def cut_pages(spec: PlatformSpec) -> None:
    """Large packets from nodes to the balancer are lost; a page begins, and stops."""
    spec.conditions.lost, spec.conditions.page_bytes = "balancer", 40000


def no_pages(spec: PlatformSpec) -> None:
    """Large packets from nodes to the balancer are lost; a page never begins."""
    spec.conditions.lost, spec.conditions.page_bytes = "balancer-all", 40000
