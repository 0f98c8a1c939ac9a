"""Faults of the load balancer's ports and of its health checks.

In: a platform. Out: the same with its load balancer broken; and the rows.
It does not: change targets, nodes or pods.
"""

from bench.accuracy.platform.parts import Listen
from bench.accuracy.platform.requirements import Requirements
from bench.accuracy.platform.spec import PlatformSpec
from faults.row import Injection, Row, Truth
from parallax.model.judgement import Class, Hop

NO_NODE_PORTS = (8080, 9000, 10254, 80)
"""Ports that are mistaken for the NodePort; a pod may listen there itself."""


def free_port(spec: PlatformSpec) -> int:
    """Return a NodePort that no Service has."""
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


def wrong_check_port(spec: PlatformSpec) -> None:
    """The health checks use a port that no Service has."""
    port = free_port(spec)
    if spec.rng.random() < 0.3:
        taken = {p.port for p in spec.pods if p.host_network}
        port = spec.rng.choice([p for p in NO_NODE_PORTS if p not in taken])
    for listen in spec.balancer.listens:
        listen.check.port = port


def wrong_destination(spec: PlatformSpec) -> None:
    """Requests go to a port that no Service has; health checks use the right one."""
    port = free_port(spec)
    for listen in spec.balancer.listens:
        listen.destination = port


def both_ports(spec: PlatformSpec) -> Truth:
    """Requests and health checks use the same wrong port: one mistake, two causes."""
    port = free_port(spec)
    for listen in spec.balancer.listens:
        listen.destination = listen.check.port = port
    return Truth(
        also=("lb-health-check-wrong-port",),
        reason="both ports are wrong, by the same mistake",
    )


def rejected(spec: PlatformSpec) -> None:
    """The http check sends no known host, and rejects the default backend's 404."""
    for listen in spec.balancer.listens:
        listen.check.protocol = "https" if _secure(spec, listen) else "http"
        listen.check.tls = _secure(spec, listen)
        listen.check.domain = spec.rng.choice((None, f"old-{spec.host}"))


def check_speaks_tls(spec: PlatformSpec) -> None:
    """The https check connects to the ingress's plain-text port."""
    for listen in spec.balancer.listens:
        listen.check.protocol, listen.check.tls = "https", True
        listen.check.domain, listen.check.port = spec.host, spec.ingress.http_port


def _secure(spec: PlatformSpec, listen: Listen) -> bool:
    return listen.check.port == spec.ingress.https_port


HEALTH_CHECKS = (
    Row(
        cause="lb-health-check-wrong-port",
        class_=Class.LOAD_BALANCER,
        hop=Hop.LOAD_BALANCER,
        lab=("lb-health-check-wrong-port",),
        bench=(
            Injection(
                name="lb-health-check-wrong-port", inject=wrong_check_port, position=3
            ),
        ),
        supports="wrong_port",
        refutes="no_healthy_target",
    ),
    Row(
        cause="lb-wrong-destination-port",
        class_=Class.LOAD_BALANCER,
        hop=Hop.LOAD_BALANCER,
        lab=("lb-wrong-destination-port",),
        bench=(
            Injection(
                name="lb-wrong-destination-port",
                inject=wrong_destination,
                requires=Requirements(check="tcp"),
                position=3,
            ),
            Injection(name="lb-wrong-destination-port-and-check", inject=both_ports),
        ),
        supports="wrong_destination",
        refutes="wrong_port",
    ),
    Row(
        cause="lb-health-check-rejected",
        class_=Class.LOAD_BALANCER,
        hop=Hop.LOAD_BALANCER,
        lab=("lb-health-check-rejected", "lb-health-check-rejected-domain"),
        bench=(
            Injection(
                name="lb-health-check-rejected",
                inject=rejected,
                requires=Requirements(check="http"),
                position=3,
            ),
            Injection(
                name="lb-health-check-rejected-tls",
                inject=check_speaks_tls,
                requires=Requirements(protocol="https"),
                position=3,
            ),
        ),
        supports="check_rejected",
        refutes="wrong_port",
    ),
)
