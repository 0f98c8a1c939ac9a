"""Probe: one request on one new connection, and its response.

In: what the probe function (external) and the agent (inside) measured.
Out: frozen values; all durations in seconds, instants in UTC.
It does not: interpret a response; `parallax.writers` and the causes do.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from parallax.model.wire import wired


class Role(StrEnum):
    """The purpose of a probe."""

    FIRST = "first"
    """The target, requested as a user requests it."""
    REPEAT = "repeat"
    """The same again, seconds later: shows whether the failure is constant."""
    CACHE_BUSTER = "cache-buster"
    """A unique query string, and `Cache-Control: no-cache`."""
    DIRECT = "direct"
    """The load balancer's own address, with the target's SNI and Host: no CDN."""
    UNKNOWN_HOST = "unknown-host"
    """An unknown Host, at the load balancer: a working ingress responds with 404."""
    ADDRESS = "address"
    """One of the name's addresses, set explicitly: one probe for each A and AAAA."""
    CONTROL = "control"
    """An unrelated URL that should always respond: is the monitor blind?"""
    POD = "pod"
    """Inside: one pod's own address and port."""
    SERVICE = "service"
    """Inside: the Service's cluster IP."""
    NODEPORT_OWN = "nodeport-own"
    """Inside: the Service's NodePort on the agent's own node."""
    NODEPORT_OTHER = "nodeport-other"
    """Inside: the Service's NodePort on another node."""
    INGRESS = "ingress"
    """Inside: the ingress NodePort of the own node, with the target's Host."""
    INGRESS_OTHER = "ingress-other"
    """Inside: the ingress NodePort of another node, with the target's Host."""
    INGRESS_POD = "ingress-pod"
    """Inside: one ingress pod's own address and port, with the target's Host."""
    OTHER_POD = "other-pod"
    """Inside: a pod of `kube-system` on a node where the target's pods are
    unreachable: does the network between the nodes work?"""


AS_A_USER = (Role.FIRST, Role.REPEAT)
"""External probes that send what a user sends."""
FOR_THE_TARGET = (*AS_A_USER, Role.CACHE_BUSTER, Role.DIRECT)
"""External probes that request the target, by any route."""
BY_NAME = (*AS_A_USER, Role.ADDRESS)
"""External probes of the addresses that the name has."""
LOGGED_BY_INGRESS = (*FOR_THE_TARGET, Role.ADDRESS)
"""External probes that the ingress may have logged."""
AT_THE_BALANCER = (Role.DIRECT, Role.UNKNOWN_HOST)
"""External probes of the load balancer's own addresses."""
PINNED = (*AT_THE_BALANCER, Role.ADDRESS)
"""External probes of an address that was set, not resolved."""
AT_THE_INGRESS = (Role.INGRESS, Role.INGRESS_OTHER)
"""Inside probes of the ingress's NodePorts."""
BEHIND_THE_INGRESS = (Role.SERVICE, Role.NODEPORT_OWN, Role.NODEPORT_OTHER, Role.POD)
"""Inside probes that bypass the ingress: a pod writes the response."""


class ErrorType(StrEnum):
    """Why there is no usable response (`error.type`); the phase shows where."""

    NAME_NOT_RESOLVED = "name_not_resolved"
    ADDRESS_NOT_ALLOWED = "address_not_allowed"
    CONNECTION_REFUSED = "connection_refused"
    HOST_UNREACHABLE = "host_unreachable"
    TIMEOUT = "timeout"
    TLS = "tls"
    CONNECTION_CLOSED = "connection_closed"
    """Accepted, then closed without a byte: a TCP load balancer without targets."""
    INVALID_RESPONSE = "invalid_response"
    BODY_INCOMPLETE = "body_incomplete"
    OTHER = "other"


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Phases:
    """Seconds in each phase, as blackbox_exporter names them; None: not reached."""

    resolve: float | None = None
    connect: float | None = None
    tls: float | None = None
    processing: float | None = None
    transfer: float | None = None


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """The server's certificate, with the fields that a judgement may need."""

    subject: str
    issuer: str
    not_after: datetime
    names: tuple[str, ...] = ()
    not_before: datetime | None = None
    """None: a probe of an earlier release, or no date that the model accepts."""


MOST_UNMET = 8
"""Unmet parts of the health rule that one probe shows."""
LONGEST_UNMET = 160
"""Characters of one of them."""


class Check(StrEnum):
    """A part of a target's health rule."""

    STATUS = "status_codes"
    HEADERS = "headers"
    BODY = "body"
    JSON = "json"
    SECONDS = "max_seconds"


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Unmet:
    """A part of the health rule that a response does not meet.

    `text` is a phrase without a value of the response, such as `the body lacks 'ok'`.
    """

    check: Check
    text: str


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One request and its response, or its error.

    `headers` keep their order and case, and are redacted. `body` is limited and decoded
    as UTF-8 with replacement; `body_bytes` counts the received bytes. `healthy` is the
    result of the target's own health rule.
    """

    role: Role
    request_id: str
    url: str
    started_at: datetime
    healthy: bool
    duration: float
    method: str = "GET"
    server_address: str = ""
    peer_address: str | None = None
    peer_port: int | None = None
    phases: Phases = Phases()
    status_code: int | None = None
    reason: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""
    body_bytes: int = 0
    body_truncated: bool = False
    certificate: Certificate | None = None
    error_type: ErrorType | None = None
    error_phase: str | None = None
    error_detail: str | None = None
    node: str | None = None
    """Inside: the node that sent the request."""
    pod: str | None = None
    """Inside: the probed pod, if the probe went to one."""
    peer_node: str | None = None
    """Inside: the probed node, if the probe went to one."""
    proxy_protocol: bool = False
    """Whether the connection began with a PROXY protocol header, for the ingress."""
    unmet: tuple[Unmet, ...] | None = None
    """What an unhealthy, complete response lacks; None also from an earlier agent."""
    rule: str | None = None
    """The digest of the health rule that judged it, if the rule has more than statuses
    and `body_contains`; an earlier agent does not know the rest."""
    without_login: bool | None = None
    """Inside: the target has a login and the agent sent none, so 401 is healthy. None:
    it has none; most probes of a push save these bytes."""

    @property
    def broken_rules(self) -> tuple[Unmet, ...]:
        """What the response lacks beside the status, short: an agent may send more."""
        found = [u for u in self.unmet or () if u.check is not Check.STATUS]
        return tuple(
            Unmet(check=u.check, text=u.text[:LONGEST_UNMET])
            for u in found[:MOST_UNMET]
        )


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """The response of one resolver, or of one authoritative name server, for a name.

    `addresses` are IPv4 and IPv6. `ttl` is the shorter one of both families, in
    seconds: a resolver returns the remaining time, an authoritative server the full
    time. With addresses, `error_type` means that one of the families failed.
    """

    resolver: str
    authoritative: bool = False
    addresses: tuple[str, ...] = ()
    ttl: int | None = None
    ttl_ipv4: int | None = None
    ttl_ipv6: int | None = None
    error_type: str | None = None


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeRun:
    """All probes of one target in one run of the probe function.

    There is always a first one. A run with more than one is an investigation. `skipped`
    lists the parts that were left out, with the reason. `still`: the failure is the one
    that an earlier run investigated, so this run was not.
    """

    target: str
    started_at: datetime
    probes: tuple[Probe, ...]
    resolutions: tuple[Resolution, ...] = ()
    skipped: tuple[str, ...] = ()
    still: bool = False

    @property
    def first(self) -> Probe:
        """The target, requested as a user requests it."""
        return self.probes[0]

    def by_role(self, *roles: Role) -> tuple[Probe, ...]:
        """Return the probes with one of these roles, in order."""
        return tuple(p for p in self.probes if p.role in roles)
