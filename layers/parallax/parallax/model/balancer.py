"""Load balancer: the data of the Hetzner API, with Hetzner's own names.

In: responses that `parallax.inspect` read. Out: frozen values.
It does not: explain. The API has no timestamps and no logs, and a reason only for a
failed health check.
Source: Hetzner Cloud API, `GET /load_balancers`, `/servers`, `/firewalls` and
`/certificates`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from parallax.model.wire import wired
from parallax.model.zone import Zone

REDIRECTED = 80
"""The port on which an https service with `redirect_http` listens as well."""
ANY_PORT = 0
"""An unknown listen port."""


class HealthStatus(StrEnum):
    """Hetzner's three values for a target's health on one listen port."""

    HEALTHY = "healthy"
    UNHEALTHY = "unhealthy"
    UNKNOWN = "unknown"


class Problem(StrEnum):
    """Why a reading has no load balancer."""

    UNREACHABLE = "unreachable"
    UNAUTHORIZED = "unauthorized"
    FORBIDDEN = "forbidden"
    RATE_LIMITED = "rate_limit_exceeded"
    NOT_FOUND = "not_found"
    OTHER = "other"


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class HealthCheckHttp:
    """The request of an HTTP health check, and the responses that it accepts."""

    path: str = "/"
    domain: str | None = None
    response: str | None = None
    status_codes: tuple[str, ...] = ()
    tls: bool = False


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class HealthCheck:
    """A service's health check; seconds for interval and timeout."""

    protocol: str
    port: int
    interval: int
    timeout: int
    retries: int
    http: HealthCheckHttp | None = None


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class BalancerService:
    """One listen port of the load balancer."""

    protocol: str
    listen_port: int
    destination_port: int
    proxyprotocol: bool
    health_check: HealthCheck
    timeout_idle: int | None = None
    sticky_sessions: bool = False
    redirect_http: bool | None = None
    """Whether an https service redirects port 80; None: not read."""
    certificate_ids: tuple[int, ...] = ()
    """Ids of an https service's certificates; see `LoadBalancer.certificates`."""


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class BalancerCertificate:
    """One certificate that an https service of the load balancer may present."""

    id: int
    name: str
    not_valid_after: datetime | None = None
    """None: not issued yet, or not in the response."""
    domain_names: tuple[str, ...] = ()
    type: str | None = None
    """Hetzner's value: `uploaded`, or `managed`, which Hetzner renews itself."""
    issuance: str | None = None
    """Hetzner's value for a managed one: `pending`, `completed`, `failed`."""
    renewal: str | None = None
    """The same: `scheduled`, `pending`, `failed`, `unavailable`."""
    error: str | None = None
    """Hetzner's code and message if its issuance or renewal failed."""


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class TargetHealth:
    """Health of one target for one listen port."""

    listen_port: int
    status: HealthStatus
    detail: str | None = None
    """Why the health check failed, Hetzner's value (hcloud 2.27 and later).

    `layer4_no_connection`, `layer4_timeout`, `layer7_timeout`,
    `unexpected_http_status`, `unexpected_http_content`, `unspecified`; None
    if the API has no reason, as older versions have not.
    """
    health_check_status_code: int | None = None
    """The status that the target returned to it (`unexpected_http_status`)."""
    unhealthy_since: datetime | None = None
    """The first reading in a row that showed it unhealthy; None: healthy, or older
    readings. It may be unhealthy for longer."""


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class BalancerTarget:
    """One target; a label selector contains the servers that it selects."""

    type: str
    server_id: int | None = None
    server_name: str | None = None
    ip: str | None = None
    """The address that the load balancer uses; None: unknown."""
    selector: str | None = None
    use_private_ip: bool = False
    networks: tuple[int, ...] | None = None
    """Ids of the private networks its server is attached to; None: not read."""
    server_status: str | None = None
    """Hetzner's value for the server's state, e.g. `running`, `off`."""
    firewalls: tuple[str, ...] | None = None
    """Names of the cloud firewalls on its server; None: not read.

    Read only if the load balancer uses the public interface: a cloud firewall does
    not filter private networks.
    """
    firewall_allows: bool | None = None
    """Whether their rules allow the load balancer on all its ports; None: unknown."""
    firewall_drops: tuple[int, ...] = ()
    """Ports that the load balancer uses and no rule allows."""
    attachment_failed: bool | None = None
    """Whether its attachment to the load balancer's network is in the state `error`;
    None: not read."""
    health_status: tuple[TargetHealth, ...] = ()
    targets: tuple["BalancerTarget", ...] = ()

    @property
    def label(self) -> str:
        """Its name for an operator."""
        return self.server_name or self.ip or self.selector or f"{self.server_id}"


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class LoadBalancer:
    """One load balancer with its services, targets and addresses."""

    id: int
    name: str
    ipv4: str | None = None
    ipv6: str | None = None
    private_ips: tuple[str, ...] = ()
    networks: tuple[int, ...] | None = None
    """Ids of the private networks it is attached to; None: not read."""
    public_interface: bool = True
    algorithm: str | None = None
    services: tuple[BalancerService, ...] = ()
    targets: tuple[BalancerTarget, ...] = ()
    certificates: tuple[BalancerCertificate, ...] | None = None
    """The certificates of its https services; None: not read."""
    unread_services: tuple[int, ...] = ()
    """Listen ports of services that could not be read and are not in `services`;
    `ANY_PORT` if the port could not be read either."""
    attachment_failed: bool | None = None
    """Whether its attachment to a network is in the state `error` (hcloud 2.25 and
    later); None: not read, as while a target is healthy."""
    blocked_addresses: tuple[str, ...] | None = None
    """Its public addresses that Hetzner blocks (`public_net.ipv4.blocked`, hcloud 2.27
    and later); None: not read."""
    service_uid: str | None = None
    """Its label `hcloud-ccm/service-uid`: the uid of the Service that keeps it; "" if
    it has no such label, None: not read."""

    def leaves(self) -> Iterator[BalancerTarget]:
        """Yield every server or IP target, with label selectors resolved."""
        for target in self.targets:
            if target.type == "label_selector":
                yield from target.targets
            else:
                yield target

    def service_for(self, listen_port: int) -> BalancerService | None:
        """Return the service that listens on a port."""
        return next((s for s in self.services if s.listen_port == listen_port), None)

    def is_unread(self, listen_port: int) -> bool:
        """Say whether a port may have a service that could not be read."""
        read = self.service_for(listen_port) is not None
        return not read and bool({listen_port, ANY_PORT} & {*self.unread_services})

    def redirects(self, listen_port: int) -> bool | None:
        """Say whether a port is an https service's redirect; None: unknown.

        Such a port has no service of its own, and can have none: "port 80 is busy,
        redirect_http is enabled on another service" (hcloud-cloud-controller-manager
        issues 333 and 916).
        """
        if listen_port != REDIRECTED:
            return False
        values = {s.redirect_http for s in self.services if s.protocol == "https"}
        values |= {None for _ in self.unread_services}
        return True if True in values else None if None in values else False

    def health(
        self, listen_port: int
    ) -> tuple[tuple[BalancerTarget, HealthStatus], ...]:
        """Return each server or IP target with its health for a listen port.

        A target without an entry for the port counts as `unknown`.
        """
        return tuple(
            (
                target,
                next(
                    (
                        h.status
                        for h in target.health_status
                        if h.listen_port == listen_port
                    ),
                    HealthStatus.UNKNOWN,
                ),
            )
            for target in self.leaves()
        )


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class BalancerReading:
    """The result of one API read for one target: a load balancer or a problem."""

    target: str
    read_at: datetime
    load_balancer: LoadBalancer | None = None
    problem: Problem | None = None
    problem_detail: str | None = None
    matched_by: str | None = None
    """Why it is this load balancer: by its name, or by which address."""
    zone: Zone | None = None
    """The name's zone at Hetzner; read only if the failure may come from DNS."""
    still: bool = False
    """An unchanged reading of a healthy target: it starts no judgement."""
    others: tuple[LoadBalancer, ...] = ()
    """Other load balancers that have an address of the name too. Older readings have
    none; a reading with a problem may have some."""

    @property
    def every(self) -> tuple[LoadBalancer, ...]:
        """All load balancers of the target, the main one first."""
        return (self.load_balancer, *self.others) if self.load_balancer else ()
