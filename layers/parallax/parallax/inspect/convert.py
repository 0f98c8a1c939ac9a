"""Convert: hcloud's objects to the model's values.

In: a BoundLoadBalancer and the servers of the project. Out: a LoadBalancer.
It does not: call the API. A bound object fetches what it lacks as soon as it is
asked for it, so of the nested ones only the id is read here.
Source: hcloud-python 2.27, `hcloud/load_balancers/client.py`.
"""

from collections.abc import Sequence
from typing import Any

from hcloud.load_balancers.client import BoundLoadBalancer
from hcloud.servers.client import BoundServer

from parallax.model.balancer import (
    BalancerService,
    BalancerTarget,
    HealthCheck,
    HealthCheckHttp,
    HealthStatus,
    LoadBalancer,
    TargetHealth,
)

type Loose = Any
"""hcloud types its attributes as optional throughout; the API does not omit them."""


def convert(
    balancer: BoundLoadBalancer, servers: Sequence[BoundServer]
) -> LoadBalancer:
    """Return a load balancer with its services and targets, servers named."""
    given: Loose = balancer.data_model
    public = given.public_net
    by_id = {server.data_model.id: server.data_model for server in servers}
    return LoadBalancer(
        id=given.id,
        name=given.name,
        ipv4=public.ipv4.ip if public else None,
        ipv6=public.ipv6.ip if public else None,
        private_ips=tuple(net.ip for net in given.private_net or ()),
        algorithm=given.algorithm.type if given.algorithm else None,
        services=tuple(_service(service) for service in given.services or ()),
        targets=tuple(_target(target, by_id) for target in given.targets or ()),
    )


def _service(given: Loose) -> BalancerService:
    http = given.http
    return BalancerService(
        protocol=given.protocol,
        listen_port=given.listen_port,
        destination_port=given.destination_port,
        proxyprotocol=bool(given.proxyprotocol),
        health_check=_health_check(given.health_check),
        timeout_idle=getattr(http, "timeout_idle", None),
        sticky_sessions=bool(getattr(http, "sticky_sessions", None)),
    )


def _health_check(given: Loose) -> HealthCheck:
    http = given.http
    return HealthCheck(
        protocol=given.protocol,
        port=given.port,
        interval=given.interval,
        timeout=given.timeout,
        retries=given.retries,
        http=HealthCheckHttp(
            path=http.path or "/",
            domain=http.domain or None,
            response=http.response or None,
            # The API says "2??"; the library's own fixtures have 200.
            status_codes=tuple(str(code) for code in http.status_codes or ()),
            tls=bool(http.tls),
        )
        if http
        else None,
    )


def _target(given: Loose, servers: dict[Loose, Loose]) -> BalancerTarget:
    server_id = given.server.id if given.server else None
    server = servers.get(server_id)
    private = bool(given.use_private_ip)
    return BalancerTarget(
        type=given.type,
        server_id=server_id,
        server_name=server.name if server else None,
        ip=given.ip.ip if given.ip else _address(server, private=private),
        selector=given.label_selector.selector if given.label_selector else None,
        use_private_ip=private,
        health_status=tuple(_health(health) for health in given.health_status or ()),
        targets=tuple(_target(nested, servers) for nested in given.targets or ()),
    )


def _health(given: Loose) -> TargetHealth:
    known = given.status in set(HealthStatus)
    return TargetHealth(
        listen_port=given.listen_port,
        status=HealthStatus(given.status) if known else HealthStatus.UNKNOWN,
        detail=given.detail,
        health_check_status_code=given.http_status_code,
    )


def _address(server: Loose, *, private: bool) -> str | None:
    """Return the address by which a balancer reaches a server, where it is known."""
    if server is None:
        return None
    if private:
        return next((net.ip for net in server.private_net or ()), None)
    public = server.public_net
    return public.ipv4.ip if public and public.ipv4 else None
