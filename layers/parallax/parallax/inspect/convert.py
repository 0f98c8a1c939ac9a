"""Convert: the API's JSON to the model's values.

In: a load balancer or a certificate as the API sent it, the project's servers.
Out: a value that the journal can return unchanged, or an error.
It does not: call the API, or guess. An optional field that is absent is unknown. A
service of an unexpected format is omitted, and its port is recorded: its absence
proves nothing. If one target cannot be read, the load balancer cannot be read.
It reads the JSON itself and not hcloud's objects: the library raises for a whole
page if one load balancer on it has an unexpected field.
Source: hcloud-go `schema/load_balancer.go`, `schema/certificate.go`.
"""

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime
from ipaddress import ip_interface

from parallax.inspect.problems import explain
from parallax.inspect.servers import Server
from parallax.inspect.shape import Json, every, listen_port, name_of, part
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
from parallax.model.secret_text import without_secrets
from parallax.model.wire import decode, encode

SHOWN = 300
"""Most characters of a reason in a log line."""
log = logging.getLogger(__name__)


def convert(given: Json, servers: Mapping[int, Server]) -> LoadBalancer:
    """Return a load balancer with its services and targets, servers named.

    Raises if the JSON has an unexpected format.
    """
    public = part(given, "public_net")
    private = given.get("private_net")
    networks = None if private is None else tuple(net["network"] for net in private)
    services, unread = _services(name_of(given), given["services"])
    converted = LoadBalancer(
        id=given["id"],
        name=given["name"],
        # Null right after its creation, and if it has no address of that family.
        ipv4=_address(part(public, "ipv4").get("ip")),
        ipv6=_address(part(public, "ipv6").get("ip")),
        private_ips=tuple(net["ip"] for net in every(given, "private_net")),
        networks=networks,
        # If the field is absent, there is one: it is Hetzner's default.
        public_interface=public.get("enabled") is not False,
        algorithm=part(given, "algorithm").get("type"),
        services=services,
        unread_services=unread,
        targets=tuple(_target(t, servers, networks) for t in given["targets"]),
    )
    return _checked(converted)


def certificate(given: Json) -> BalancerCertificate:
    """Return the parts of a certificate that advice and causes need."""
    ends, status = given.get("not_valid_after"), part(given, "status")
    error = part(status, "error")
    text = ": ".join(str(error[key]) for key in ("code", "message") if error.get(key))
    converted = BalancerCertificate(
        id=given["id"],
        name=given["name"],
        not_valid_after=datetime.fromisoformat(ends) if ends else None,
        domain_names=every(given, "domain_names"),
        type=given.get("type"),
        issuance=status.get("issuance"),
        renewal=status.get("renewal"),
        error=text[:SHOWN] or None,
    )
    return _checked(converted)


def _checked[T](value: T) -> T:
    """Return what the journal would return; a wrong type raises here, not there."""
    return decode(type(value), encode(value))


def _address(text: str | None) -> str | None:
    """Return an address in its normal form; raises if it is not one."""
    return str(ip_interface(text).ip) if text else None


def _services(
    balancer: str, items: Iterable[Json]
) -> tuple[tuple[BalancerService, ...], tuple[int, ...]]:
    """Return the services, and the listen ports of those that cannot be read."""
    services: list[BalancerService] = []
    unread: list[int] = []
    for item in items:
        try:
            services.append(_checked(_service(item)))
        except Exception as error:  # noqa: BLE001 - one must not cost the others
            port = listen_port(item)
            facts = {
                "load_balancer": balancer,
                "listen_port": port,
                "reason": explain(error)[1][:SHOWN],
            }
            log.warning("load balancer service was omitted", extra=facts)
            unread.append(port)
    return tuple(services), tuple(unread)


def _service(given: Json) -> BalancerService:
    http = part(given, "http")
    return BalancerService(
        protocol=given["protocol"],
        listen_port=given["listen_port"],
        destination_port=given["destination_port"],
        proxyprotocol=given["proxyprotocol"],
        health_check=_health_check(given["health_check"]),
        timeout_idle=http.get("timeout_idle"),
        sticky_sessions=bool(http.get("sticky_sessions")),
        redirect_http=http.get("redirect_http"),
        certificate_ids=every(http, "certificates"),
    )


def _health_check(given: Json) -> HealthCheck:
    http = given.get("http")
    return HealthCheck(
        protocol=given["protocol"],
        port=given["port"],
        interval=given["interval"],
        timeout=given["timeout"],
        retries=given["retries"],
        http=HealthCheckHttp(
            # It may end with a query that contains a token.
            path=without_secrets(http.get("path") or "/"),
            domain=http.get("domain") or None,
            response=http.get("response") or None,
            # The API returns "2??"; the fixtures of the Python library have 200.
            status_codes=tuple(str(code) for code in every(http, "status_codes")),
            tls=bool(http.get("tls")),
        )
        if http
        else None,
    )


def _target(
    given: Json,
    servers: Mapping[int, Server],
    networks: tuple[int, ...] | None,
    *,
    used_privately: bool = False,
) -> BalancerTarget:
    """Return a target; `networks` are the balancer's own.

    `used_privately` is its label selector's `use_private_ip`, for a target without one.
    """
    server_id = part(given, "server").get("id")
    server = servers.get(server_id)
    own = given.get("use_private_ip")
    private = used_privately if own is None else bool(own)
    ip = part(given, "ip").get("ip")
    if server and ip is None:
        ip = _private_address(server, networks) if private else server.ipv4
    return BalancerTarget(
        type=given["type"],
        server_id=server_id,
        server_name=server.name if server else None,
        ip=ip,
        selector=part(given, "label_selector").get("selector"),
        use_private_ip=private,
        networks=server.networks if server else None,
        server_status=server.status if server else None,
        health_status=tuple(_health(h) for h in every(given, "health_status")),
        targets=tuple(
            _target(t, servers, networks, used_privately=private)
            for t in every(given, "targets")
        ),
    )


def _health(given: Json) -> TargetHealth:
    documented = given["status"] in set(HealthStatus)
    return TargetHealth(
        listen_port=given["listen_port"],
        status=HealthStatus(given["status"]) if documented else HealthStatus.UNKNOWN,
        detail=given.get("detail"),
        health_check_status_code=given.get("http_status_code"),
    )


def _private_address(server: Server, networks: tuple[int, ...] | None) -> str | None:
    """Return a server's address in the balancer's network, else any private one.

    The second one only names the server: a balancer cannot reach it.
    """
    nets = server.private or ()
    common = [ip for network, ip in nets if network in (networks or ())]
    return next(iter([*common, *(ip for _, ip in nets)]), None)
