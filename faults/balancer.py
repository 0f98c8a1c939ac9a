"""Faults of the load balancer: its services, targets, networks and PROXY protocol.

In: a platform. Out: the same with its load balancer broken; and the rows.
It does not: change health checks (`health_checks`), nodes or pods.
"""

from bench.accuracy.platform.requirements import Requirements
from bench.accuracy.platform.spec import PlatformSpec
from faults.row import Injection, Row
from parallax.model.judgement import Class, Hop


def no_listen(spec: PlatformSpec) -> None:
    """The service on the users' port was removed."""
    gone = spec.listen
    spec.balancer.listens = [x for x in spec.balancer.listens if x is not gone]


def blocked(spec: PlatformSpec) -> None:
    """Hetzner blocks the addresses of the load balancer."""
    lb = spec.balancer
    spec.dead = tuple(a for a in (lb.ipv4, lb.ipv6) if a)
    lb.blocked = True


def no_target(spec: PlatformSpec) -> None:
    """The load balancer has no target."""
    spec.balancer.targets = []


def foreign(spec: PlatformSpec) -> None:
    """The targets are machines of another cluster."""
    count = max(1, len(spec.nodes) // 2)
    spec.balancer.targets = [f"10.99.0.{n + 4}" for n in range(count)]


def without_ingress(spec: PlatformSpec) -> None:
    """With policy Local, all targets are nodes that run no ingress pod."""
    kept = spec.nodes[-1].name
    spec.ingress.pods = [p for p in spec.ingress.pods if p.node == kept]
    spec.balancer.targets = [n.name for n in spec.nodes if n.name != kept]


def no_network(spec: PlatformSpec) -> None:
    """Targets have private addresses; the load balancer is not in their network."""
    spec.balancer.networks = spec.rng.choice(((), (7999,)))


def attachment_failed(spec: PlatformSpec) -> None:
    """The balancer's attachment is in error, and packets to its targets get lost."""
    spec.balancer.attachment_failed = True


def proxy_by_balancer(spec: PlatformSpec) -> None:
    """The balancer sends PROXY lines; the ingress expects none."""
    for listen in spec.balancer.listens:
        listen.proxy = True


def proxy_unread(spec: PlatformSpec) -> None:
    """The same; the ingress is configured in a file, which the agent does not read."""
    proxy_by_balancer(spec)
    spec.conditions.config_read = False


def proxy_by_ingress(spec: PlatformSpec) -> None:
    """The ingress expects PROXY lines; the balancer sends none."""
    spec.ingress.proxy_protocol = True


def plain_to_tls_port(spec: PlatformSpec) -> None:
    """The balancer ends TLS and sends plain HTTP to the NodePort for https."""
    for listen in spec.balancer.listens:
        listen.destination = listen.check.port = spec.ingress.https_port


def tls_to_plain_port(spec: PlatformSpec) -> None:
    """The balancer passes TLS on, to the NodePort for http."""
    for listen in spec.balancer.listens:
        listen.destination = listen.check.port = spec.ingress.http_port


_NGINX = Requirements(kind="ingress-nginx", cdn=False, proxy=False)
BALANCER = (
    Row(
        cause="lb-address-blocked",
        class_=Class.LOAD_BALANCER,
        hop=Hop.LOAD_BALANCER,
        not_in_lab="the lab's network has nobody who blocks an address for the API",
        bench=(
            Injection(
                name="lb-address-blocked",
                inject=blocked,
                requires=Requirements(cdn=False),
            ),
        ),
        supports="address_blocked",
        refutes="no_service",
    ),
    Row(
        cause="lb-no-service-for-port",
        class_=Class.LOAD_BALANCER,
        hop=Hop.LOAD_BALANCER,
        lab=("lb-no-service-for-port",),
        bench=(
            Injection(
                name="lb-no-service-for-port",
                inject=no_listen,
                requires=Requirements(cdn=False),
                position=3,
            ),
        ),
        supports="no_service",
        refutes="no_target",
    ),
    Row(
        cause="lb-no-target",
        class_=Class.LOAD_BALANCER,
        hop=Hop.LOAD_BALANCER,
        lab=("lb-no-target",),
        bench=(Injection(name="lb-no-target", inject=no_target, position=3),),
        supports="no_target",
        refutes="no_healthy_target",
    ),
    Row(
        cause="lb-targets-not-the-ingress-nodes",
        class_=Class.LOAD_BALANCER,
        hop=Hop.LOAD_BALANCER,
        lab=(
            "lb-targets-not-the-ingress-nodes",
            "lb-targets-not-the-ingress-nodes-local",
        ),
        bench=(
            Injection(
                name="lb-targets-not-the-ingress-nodes", inject=foreign, position=3
            ),
            Injection(
                name="lb-targets-not-the-ingress-nodes-local",
                inject=without_ingress,
                requires=Requirements(nodes=3, policy="Local"),
                position=3,
            ),
        ),
        supports="foreign_targets",
        refutes="no_network",
    ),
    Row(
        cause="lb-not-in-private-network",
        class_=Class.LOAD_BALANCER,
        hop=Hop.LOAD_BALANCER,
        lab=("lb-not-in-private-network",),
        bench=(
            Injection(
                name="lb-not-in-private-network",
                inject=no_network,
                requires=Requirements(private=True),
                position=3,
            ),
        ),
        supports="no_network",
        refutes="some_unhealthy",
    ),
    Row(
        cause="lb-network-attachment-failed",
        class_=Class.LOAD_BALANCER,
        hop=Hop.LOAD_BALANCER,
        not_in_lab="the lab's Hetzner API has no network members",
        bench=(
            Injection(
                name="lb-network-attachment-failed",
                inject=attachment_failed,
                requires=Requirements(private=True),
            ),
        ),
        supports="attachment_error",
        refutes="no_network",
    ),
    Row(
        cause="proxy-protocol-mismatch",
        class_=Class.LOAD_BALANCER,
        hop=Hop.LOAD_BALANCER,
        lab=(
            "proxy-protocol-mismatch",
            "proxy-protocol-mismatch-tls",
            "proxy-protocol-mismatch-at-ingress",
        ),
        bench=(
            Injection(
                name="proxy-protocol-mismatch",
                inject=proxy_by_balancer,
                requires=_NGINX,
            ),
            Injection(
                name="proxy-protocol-mismatch-unread",
                inject=proxy_unread,
                requires=Requirements(
                    kind="traefik", cdn=False, proxy=False, check="tcp"
                ),
            ),
            Injection(
                name="proxy-protocol-mismatch-ingress",
                inject=proxy_by_ingress,
                requires=_NGINX,
            ),
        ),
        supports="proxy_of_balancer",
        refutes="firewall",
    ),
    Row(
        cause="lb-protocol-mismatch",
        class_=Class.LOAD_BALANCER,
        hop=Hop.LOAD_BALANCER,
        lab=("lb-protocol-mismatch",),
        bench=(
            Injection(
                name="lb-protocol-mismatch",
                inject=plain_to_tls_port,
                requires=Requirements(
                    kind="ingress-nginx",
                    cdn=False,
                    proxy=False,
                    protocol="https",
                    check="tcp",
                ),
            ),
            Injection(
                name="lb-protocol-mismatch-tls",
                inject=tls_to_plain_port,
                requires=Requirements(
                    cdn=False, proxy=False, protocol="tcp", check="tcp"
                ),
            ),
        ),
        supports="plain_to_tls",
        refutes="proxy_of_balancer",
    ),
)
