"""Balancer faults: how it is configured.

In: a `PlatformSpec`. Out: its balancer broken, with the truth.
It does not: touch nodes or pods.
"""

from bench.accuracy.faults.fault import Fault, Truth
from bench.accuracy.platform.parts import Listen
from bench.accuracy.platform.requirements import Requirements
from bench.accuracy.platform.spec import PlatformSpec

NO_NODE_PORTS = (8080, 9000, 10254, 80)
"""What people mistake for the port to check; a pod may listen there by itself."""


def free_port(spec: PlatformSpec) -> int:
    """Return a NodePort that nobody serves."""
    ingress = spec.ingress
    used = {
        ingress.http_port,
        ingress.https_port,
        ingress.health_port,
        spec.app_node_port,
    }
    return next(
        p for p in iter(lambda: spec.rng.randrange(30000, 32768), -1) if p not in used
    )


def no_target(spec: PlatformSpec) -> Truth:
    """No target at all."""
    spec.balancer.targets = []
    return Truth(cause="lb-no-target")


def wrong_check_port(spec: PlatformSpec) -> Truth:
    """The checks ask a port that nobody serves."""
    port = free_port(spec)
    if spec.rng.random() < 0.3:
        taken = {p.port for p in spec.pods if p.host_network}
        port = spec.rng.choice([p for p in NO_NODE_PORTS if p not in taken])
    for listen in spec.balancer.listens:
        listen.check.port = port
    return Truth(cause="lb-health-check-wrong-port")


def wrong_destination(spec: PlatformSpec) -> Truth:
    """Requests go to a port that nobody serves; the checks ask the right one."""
    port = free_port(spec)
    for listen in spec.balancer.listens:
        listen.destination = port
    return Truth(cause="lb-wrong-destination-port")


def both_ports(spec: PlatformSpec) -> Truth:
    """Requests and checks go to the same dead port: two words for one mistake."""
    port = free_port(spec)
    for listen in spec.balancer.listens:
        listen.destination = listen.check.port = port
    return Truth(
        cause="lb-wrong-destination-port",
        also=("lb-health-check-wrong-port",),
        reason="both ports are wrong, by the same mistake",
    )


def rejected(spec: PlatformSpec) -> Truth:
    """The http check asks `/` of no host: the default backend's 404 is not wanted."""
    for listen in spec.balancer.listens:
        listen.check.protocol = "https" if _secure(spec, listen) else "http"
        listen.check.tls = _secure(spec, listen)
        listen.check.domain = spec.rng.choice((None, f"old-{spec.host}"))
    return Truth(cause="lb-health-check-rejected")


def check_speaks_tls(spec: PlatformSpec) -> Truth:
    """The https check meets the ingress's plain port."""
    for listen in spec.balancer.listens:
        listen.check.protocol, listen.check.tls = "https", True
        listen.check.domain, listen.check.port = spec.host, spec.ingress.http_port
    return Truth(cause="lb-health-check-rejected")


def _secure(spec: PlatformSpec, listen: Listen) -> bool:
    return listen.check.port == spec.ingress.https_port


def no_network(spec: PlatformSpec) -> Truth:
    """Targets are asked at private addresses; the balancer is in no such network."""
    spec.balancer.networks = spec.rng.choice(((), (7999,)))
    return Truth(cause="lb-not-in-private-network")


def no_listen(spec: PlatformSpec) -> Truth:
    """The service on the users' port is gone."""
    gone = spec.listen
    spec.balancer.listens = [x for x in spec.balancer.listens if x is not gone]
    return Truth(cause="lb-no-service-for-port")


def impatient(spec: PlatformSpec) -> Truth:
    """The balancer gives up before pods that answer well, and slowly."""
    spec.balancer.server_timeout = spec.rng.choice((1.0, 2.0))
    slow = spec.balancer.server_timeout * spec.rng.uniform(1.5, 1.75)
    spec.ingress.read_timeout = 60.0
    for pod in spec.pods:
        pod.seconds = slow
    return Truth(cause="lb-timeout-too-short")


def proxy_by_balancer(spec: PlatformSpec) -> Truth:
    """The balancer sends PROXY lines; the ingress expects none."""
    for listen in spec.balancer.listens:
        listen.proxy = True
    return Truth(cause="proxy-protocol-mismatch")


def proxy_by_ingress(spec: PlatformSpec) -> Truth:
    """The ingress expects PROXY lines; the balancer sends none."""
    spec.ingress.proxy_protocol = True
    return Truth(cause="proxy-protocol-mismatch")


_NGINX = Requirements(kind="ingress-nginx", cdn=False, proxy=False)
BALANCER = (
    Fault(name="lb-no-target", requires=Requirements(), inject=no_target, position=3),
    Fault(
        name="lb-health-check-wrong-port",
        requires=Requirements(),
        inject=wrong_check_port,
        position=3,
    ),
    Fault(
        name="lb-wrong-destination-port",
        requires=Requirements(check="tcp"),
        inject=wrong_destination,
        position=3,
    ),
    Fault(
        name="lb-wrong-destination-port-and-check",
        requires=Requirements(),
        inject=both_ports,
    ),
    Fault(
        name="lb-health-check-rejected",
        requires=Requirements(check="http"),
        inject=rejected,
        position=3,
    ),
    Fault(
        name="lb-health-check-rejected-tls",
        requires=Requirements(protocol="https"),
        inject=check_speaks_tls,
        position=3,
    ),
    Fault(
        name="lb-not-in-private-network",
        requires=Requirements(private=True),
        inject=no_network,
        position=3,
    ),
    Fault(
        name="lb-no-service-for-port",
        requires=Requirements(cdn=False),
        inject=no_listen,
        position=3,
    ),
    Fault(
        name="lb-timeout-too-short",
        requires=Requirements(protocol="https", check="tcp", cdn=False),
        inject=impatient,
    ),
    Fault(name="proxy-protocol-mismatch", requires=_NGINX, inject=proxy_by_balancer),
    Fault(
        name="proxy-protocol-mismatch-ingress", requires=_NGINX, inject=proxy_by_ingress
    ),
)
