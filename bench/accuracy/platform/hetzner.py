"""Hetzner: what the cloud's API returns about the load balancer.

In: a `PlatformSpec` at one time. Out: a `BalancerReading`.
It does not: interpret. The API shows configuration and state, never a fault.
"""

from ipaddress import ip_address

from bench.accuracy.platform import health
from bench.accuracy.platform.parts import Balancer, Listen
from bench.accuracy.platform.probes import when
from bench.accuracy.platform.spec import PlatformSpec
from parallax.model import balancer as b

INTERVAL = 15


def balancer(
    spec: PlatformSpec, states: health.Health, target: str, at: float
) -> b.BalancerReading:
    """Return what the Hetzner API returns, or that it rejects the token."""
    if spec.hidden.token:
        return b.BalancerReading(
            target=target, read_at=when(at), problem=b.Problem.UNAUTHORIZED
        )
    second = spec.through_second()
    others = (_read(second, health.play(second), at),) if second else ()
    return b.BalancerReading(
        target=target,
        read_at=when(at),
        load_balancer=_read(spec, states, at),
        others=others,
    )


def _read(spec: PlatformSpec, states: health.Health, at: float) -> b.LoadBalancer:
    lb = spec.balancer
    leaves = tuple(_target(spec, states, t, at) for t in lb.targets)
    targets: tuple[b.BalancerTarget, ...] = leaves
    if lb.target_type == "label_selector":
        group = b.BalancerTarget(
            type="label_selector",
            selector="role=ingress",
            use_private_ip=lb.use_private,
            targets=leaves,
        )
        targets = (group,)
    return b.LoadBalancer(
        id=lb.number,
        name=lb.name,
        ipv4=lb.ipv4 if spec.conditions.public else None,
        ipv6=_spelled(lb) if spec.conditions.public else None,
        private_ips=(_private(spec),) if lb.networks else (),
        public_interface=spec.conditions.public,
        networks=lb.networks,
        algorithm="round_robin",
        blocked_addresses=_blocked(lb),
        attachment_failed=lb.attachment_failed,
        services=tuple(_service(x) for x in lb.listens),
        targets=targets,
    )


def _blocked(lb: Balancer) -> tuple[str, ...]:
    return tuple(a for a in (lb.ipv4, lb.ipv6) if a) if lb.blocked else ()


def _private(spec: PlatformSpec) -> str:
    """Return the private address; without a public interface it is the only one."""
    lb = spec.balancer
    return lb.private if spec.conditions.public else lb.ipv4


def _spelled(lb: Balancer) -> str | None:
    """Return the IPv6 address; half of them are written in full digits."""
    if lb.ipv6 is None or lb.number % 2:
        return lb.ipv6
    return ip_address(lb.ipv6).exploded


def _service(listen: Listen) -> b.BalancerService:
    check = listen.check
    http = b.HealthCheckHttp(
        path=check.path, domain=check.domain, status_codes=check.codes, tls=check.tls
    )
    return b.BalancerService(
        protocol=listen.protocol,
        listen_port=listen.port,
        destination_port=listen.destination,
        proxyprotocol=listen.proxy,
        timeout_idle=None if listen.protocol == "tcp" else 60,
        redirect_http=None if listen.protocol == "tcp" else False,
        health_check=b.HealthCheck(
            protocol=check.protocol,
            port=check.port,
            interval=INTERVAL,
            timeout=10,
            retries=health.RETRIES,
            http=None if check.protocol == "tcp" else http,
        ),
    )


def _target(
    spec: PlatformSpec, states: health.Health, name: str, at: float
) -> b.BalancerTarget:
    node, lb = spec.node(name), spec.balancer
    seen: list[b.TargetHealth] = []
    for listen in lb.listens:
        state = health.at(states, name, listen.port, at)
        word = b.HealthStatus.HEALTHY if state.healthy else b.HealthStatus.UNHEALTHY
        seen.append(
            b.TargetHealth(
                listen_port=listen.port,
                status=word,
                detail=state.detail if lb.has_detail else None,
                health_check_status_code=state.code if lb.has_detail else None,
            )
        )
    by_ip = lb.target_type == "ip" or node is None
    address = name
    if node is not None:
        address = node.address if lb.use_private else node.public
    return b.BalancerTarget(
        type="ip" if by_ip else "server",
        server_id=None if by_ip or node is None else node.server,
        server_name=None if by_ip or node is None else node.name,
        ip=address,
        use_private_ip=lb.use_private and not by_ip,
        networks=None if by_ip or node is None else node.networks,
        server_status=None if by_ip else "running",
        health_status=tuple(seen),
    )
