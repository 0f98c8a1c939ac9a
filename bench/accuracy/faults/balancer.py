"""Balancer faults: how it is configured.

In: a `World`. Out: its balancer broken, with the truth.
It does not: touch nodes or pods.
"""

from bench.accuracy.faults.fault import Fault, Truth
from bench.accuracy.platform.parts import Listen
from bench.accuracy.platform.wish import Wish
from bench.accuracy.platform.world import World

NO_NODE_PORTS = (8080, 9000, 10254, 80)
"""What people mistake for the port to check; a pod may listen there by itself."""


def free_port(world: World) -> int:
    """Return a NodePort that nobody serves."""
    ingress = world.ingress
    used = {
        ingress.http_port,
        ingress.https_port,
        ingress.health_port,
        world.app_node_port,
    }
    return next(
        p for p in iter(lambda: world.rng.randrange(30000, 32768), -1) if p not in used
    )


def no_target(world: World) -> Truth:
    """No target at all."""
    world.balancer.targets = []
    return Truth(cause="lb-no-target")


def wrong_check_port(world: World) -> Truth:
    """The checks ask a port that nobody serves."""
    port = free_port(world)
    if world.rng.random() < 0.3:
        taken = {p.port for p in world.pods if p.host_network}
        port = world.rng.choice([p for p in NO_NODE_PORTS if p not in taken])
    for listen in world.balancer.listens:
        listen.check.port = port
    return Truth(cause="lb-health-check-wrong-port")


def wrong_destination(world: World) -> Truth:
    """Requests go to a port that nobody serves; the checks ask the right one."""
    port = free_port(world)
    for listen in world.balancer.listens:
        listen.destination = port
    return Truth(cause="lb-wrong-destination-port")


def both_ports(world: World) -> Truth:
    """Requests and checks go to the same dead port: two words for one mistake."""
    port = free_port(world)
    for listen in world.balancer.listens:
        listen.destination = listen.check.port = port
    return Truth(
        cause="lb-wrong-destination-port",
        also=("lb-health-check-wrong-port",),
        reason="both ports are wrong, by the same mistake",
    )


def rejected(world: World) -> Truth:
    """The http check asks `/` of no host: the default backend's 404 is not wanted."""
    for listen in world.balancer.listens:
        listen.check.protocol = "https" if _secure(world, listen) else "http"
        listen.check.tls = _secure(world, listen)
        listen.check.domain = world.rng.choice((None, f"old-{world.host}"))
    return Truth(cause="lb-health-check-rejected")


def check_speaks_tls(world: World) -> Truth:
    """The https check meets the ingress's plain port."""
    for listen in world.balancer.listens:
        listen.check.protocol, listen.check.tls = "https", True
        listen.check.domain, listen.check.port = world.host, world.ingress.http_port
    return Truth(cause="lb-health-check-rejected")


def _secure(world: World, listen: Listen) -> bool:
    return listen.check.port == world.ingress.https_port


def no_network(world: World) -> Truth:
    """Targets are asked at private addresses; the balancer is in no such network."""
    world.balancer.networks = world.rng.choice(((), (7999,)))
    return Truth(cause="lb-not-in-private-network")


def no_listen(world: World) -> Truth:
    """The service on the users' port is gone."""
    gone = world.listen
    world.balancer.listens = [x for x in world.balancer.listens if x is not gone]
    return Truth(cause="lb-no-service-for-port")


def impatient(world: World) -> Truth:
    """The balancer gives up before pods that answer well, and slowly."""
    world.balancer.server_timeout = world.rng.choice((1.0, 2.0))
    slow = world.balancer.server_timeout * world.rng.uniform(1.5, 1.75)
    world.ingress.read_timeout = 60.0
    for pod in world.pods:
        pod.seconds = slow
    return Truth(cause="lb-timeout-too-short")


def proxy_by_balancer(world: World) -> Truth:
    """The balancer sends PROXY lines; the ingress expects none."""
    for listen in world.balancer.listens:
        listen.proxy = True
    return Truth(cause="proxy-protocol-mismatch")


def proxy_by_ingress(world: World) -> Truth:
    """The ingress expects PROXY lines; the balancer sends none."""
    world.ingress.proxy_protocol = True
    return Truth(cause="proxy-protocol-mismatch")


_NGINX = Wish(kind="ingress-nginx", cdn=False, proxy=False)
BALANCER = (
    Fault(name="lb-no-target", wish=Wish(), inject=no_target, outer=3),
    Fault(
        name="lb-health-check-wrong-port", wish=Wish(), inject=wrong_check_port, outer=3
    ),
    Fault(
        name="lb-wrong-destination-port",
        wish=Wish(check="tcp"),
        inject=wrong_destination,
        outer=3,
    ),
    Fault(name="lb-wrong-destination-port-and-check", wish=Wish(), inject=both_ports),
    Fault(
        name="lb-health-check-rejected",
        wish=Wish(check="http"),
        inject=rejected,
        outer=3,
    ),
    Fault(
        name="lb-health-check-rejected-tls",
        wish=Wish(protocol="https"),
        inject=check_speaks_tls,
        outer=3,
    ),
    Fault(
        name="lb-not-in-private-network",
        wish=Wish(private=True),
        inject=no_network,
        outer=3,
    ),
    Fault(
        name="lb-no-service-for-port", wish=Wish(cdn=False), inject=no_listen, outer=3
    ),
    Fault(
        name="lb-timeout-too-short",
        wish=Wish(protocol="https", check="tcp", cdn=False),
        inject=impatient,
    ),
    Fault(name="proxy-protocol-mismatch", wish=_NGINX, inject=proxy_by_balancer),
    Fault(name="proxy-protocol-mismatch-ingress", wish=_NGINX, inject=proxy_by_ingress),
)
