"""Parts: what a platform is made of, as configuration.

In and out: plain values that a fault may change.
It does not: answer requests.
"""

from dataclasses import dataclass, field

from bench.accuracy.platform.pages import Reply


@dataclass(slots=True, kw_only=True)
class Machine:
    """A node of the cluster, and the cloud's server under it."""

    name: str
    address: str
    public: str
    server: int
    networks: tuple[int, ...] = (7001,)
    ready: bool = True


@dataclass(slots=True, kw_only=True)
class Rule:
    """A packet filter rule: the source it blocks, at a node and a port; None: any."""

    source: str
    """`balancer`, `nodes` (any other node), or `any`."""
    node: str | None = None
    port: int | None = None
    share: float = 1.0
    action: str = "drop"


@dataclass(slots=True, kw_only=True)
class AppPod:
    """A pod of the target's Service; `behavior`: well, error, hang, refuse."""

    name: str
    node: str
    address: str
    port: int
    host_network: bool = False
    ready: bool = True
    restarts: int = 0
    waiting: str | None = None
    age: float = 90000.0
    phase: str = "Running"
    behavior: str = "well"
    page: str = ""
    share: float = 1.0
    """The share of its responses that fail."""
    seconds: float = 0.004


@dataclass(slots=True, kw_only=True)
class IngressPod:
    """One replica; `answers` is the status that an outdated replica writes itself."""

    name: str
    node: str
    address: str
    host_network: bool = False
    ready: bool = True
    age: float = 90000.0
    answers: int | None = None


@dataclass(slots=True, kw_only=True)
class Deny:
    """A limit at the ingress: which status, for which share, by which annotation."""

    status: int
    share: float
    annotation: tuple[str, str]
    inside: bool


@dataclass(slots=True, kw_only=True)
class Ingress:
    """The ingress controller, its Service and its rules."""

    kind: str
    namespace: str
    service: str
    http_port: int
    https_port: int
    policy: str = "Cluster"
    health_port: int | None = None
    proxy_protocol: bool = False
    hosts: tuple[str, ...] = ()
    deny: Deny | None = None
    read_timeout: float = 60.0
    connect_timeout: float = 5.0
    tries: int = 3
    paths: tuple[str, ...] = ("/",)
    """The paths that its Ingress has; users request `/`."""
    unusable: float = 0.0
    """The share of the pods' good responses that it cannot use."""
    redirects: bool = False
    """Whether it redirects what it takes for plain HTTP to https."""
    pods: list[IngressPod] = field(default_factory=list[IngressPod])


@dataclass(slots=True, kw_only=True)
class Check:
    """A health check of the balancer."""

    protocol: str
    port: int
    path: str = "/"
    domain: str | None = None
    codes: tuple[str, ...] = ("2??", "3??")
    tls: bool = False


@dataclass(slots=True, kw_only=True)
class Listen:
    """One service of the balancer."""

    protocol: str
    port: int
    destination: int
    proxy: bool
    check: Check


@dataclass(slots=True, kw_only=True)
class Balancer:
    """The load balancer; a target is a node's name, or a foreign address."""

    name: str
    number: int
    ipv4: str
    ipv6: str | None
    private: str = "10.0.0.5"
    networks: tuple[int, ...] = (7001,)
    use_private: bool = True
    targets: list[str] = field(default_factory=list[str])
    target_type: str = "server"
    listens: list[Listen] = field(default_factory=list[Listen])
    blocked: bool = False
    attachment_failed: bool = False
    server_timeout: float = 60.0
    connect_timeout: float = 2.0
    retries: int = 3
    has_detail: bool = True
    """Whether the API states why a check failed (`detail`)."""


@dataclass(slots=True, kw_only=True)
class Cdn:
    """A cache in front of the load balancer."""

    kind: str
    addresses: tuple[str, ...]
    origin: str
    port: int
    stored: Reply | None = None
    denies: int | None = None
    """The status with which it rejects every request; None: it rejects none."""
    age: int = 0
    declared: bool = True
    """Whether the target says that a CDN is in front."""
    challenges: bool = False
    """Whether it rejects with a page for browsers to prove themselves."""


@dataclass(slots=True, kw_only=True)
class Names:
    """The zone, and what each recursive resolver has in its cache."""

    zone: tuple[str, ...]
    ttl: int
    server: str
    caches: dict[str, tuple[str, ...]] = field(
        default_factory=dict[str, tuple[str, ...]]
    )
    elsewhere: dict[str, str] = field(default_factory=dict[str, str])
    """Foreign machines by address: `refuse`, `silent`, or the name of their page."""
    errors: dict[str, str] = field(default_factory=dict[str, str])
    """What a resolver, or the zone's server, responds instead of addresses."""


@dataclass(slots=True, kw_only=True)
class HiddenSources:
    """The sources that are hidden from the observers."""

    agents: tuple[str, ...] = ()
    token: bool = False
    log: bool = False
    slices: bool = False
    stale_reading: bool = False
    stale_nodes: bool = False
    skew: dict[str, float] = field(default_factory=dict[str, float])
    monitor: str | None = None
    """What fails at the probe itself: `resolver` (its own), `resolvers`, or `route`."""


@dataclass(slots=True, kw_only=True)
class Line:
    """A line of an ingress pod's access log."""

    request_id: str
    at: float
    node: str
    pod: str
    status: int
    upstream: str | None
    address: str | None
    upstream_status: int | None
    length: int | None
    seconds: float
    upstream_seconds: float | None
