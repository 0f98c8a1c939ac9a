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
    BalancerCertificate,
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
    networks = _networks(given)
    by_id = {server.data_model.id: server.data_model for server in servers}
    return LoadBalancer(
        id=given.id,
        name=given.name,
        ipv4=public.ipv4.ip if public else None,
        ipv6=public.ipv6.ip if public else None,
        private_ips=tuple(net.ip for net in given.private_net or ()),
        networks=networks,
        # Where the API does not say, there is one: it is what Hetzner makes.
        public_interface=getattr(public, "enabled", None) is not False,
        algorithm=given.algorithm.type if given.algorithm else None,
        services=tuple(_service(service) for service in given.services or ()),
        targets=tuple(_target(t, by_id, networks) for t in given.targets or ()),
    )


def certificate(given: Loose) -> BalancerCertificate:
    """Return a certificate as far as advice may need it."""
    return BalancerCertificate(
        id=given.id,
        name=given.name,
        not_valid_after=given.not_valid_after,
        domain_names=tuple(given.domain_names or ()),
        type=given.type,
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
        certificate_ids=tuple(
            each.data_model.id for each in getattr(http, "certificates", None) or ()
        ),
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


def _target(
    given: Loose, servers: dict[Loose, Loose], networks: tuple[int, ...] | None
) -> BalancerTarget:
    """Return a target; `networks` are the balancer's own."""
    server_id = given.server.id if given.server else None
    server = servers.get(server_id)
    private = bool(given.use_private_ip)
    address = _private_address(server, networks) if private else _public_address(server)
    return BalancerTarget(
        type=given.type,
        server_id=server_id,
        server_name=server.name if server else None,
        ip=given.ip.ip if given.ip else address,
        selector=given.label_selector.selector if given.label_selector else None,
        use_private_ip=private,
        networks=_networks(server) if server else None,
        server_status=server.status if server else None,
        health_status=tuple(_health(health) for health in given.health_status or ()),
        targets=tuple(_target(t, servers, networks) for t in given.targets or ()),
    )


def _health(given: Loose) -> TargetHealth:
    known = given.status in set(HealthStatus)
    return TargetHealth(
        listen_port=given.listen_port,
        status=HealthStatus(given.status) if known else HealthStatus.UNKNOWN,
        detail=given.detail,
        health_check_status_code=given.http_status_code,
    )


def _networks(given: Loose) -> tuple[int, ...] | None:
    """Return the private networks that a balancer or a server is attached to.

    None where the API does not speak of any; nothing in them is nobody's network.
    """
    if given.private_net is None:
        return None
    return tuple(net.network.id for net in given.private_net)


def _private_address(server: Loose, networks: tuple[int, ...] | None) -> str | None:
    """Return a server's address in the balancer's network, else any private one.

    The second one only names the server: a balancer cannot reach it.
    """
    nets = (server.private_net or ()) if server else ()
    common = [net.ip for net in nets if net.network.id in (networks or ())]
    return next(iter([*common, *(net.ip for net in nets)]), None)


def _public_address(server: Loose) -> str | None:
    public = server.public_net if server else None
    return public.ipv4.ip if public and public.ipv4 else None
