"""Target: one public URL, its health rule, and the path to it.

In: values that `parallax.targets` read and checked.
Out: frozen values that every step shares.
It does not: read files; `parallax.targets` does.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlsplit

from parallax.model.wire import wired


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderRule:
    """A header that a healthy response has; without a value any value will do.

    Names and `contains` ignore case.
    """

    name: str
    contains: str | None = None
    equals: str | None = None


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class JsonRule:
    """A value of the JSON body: `exists`, or is equal to this scalar (None is null).

    `path` is one that `parallax.rule.json_path` reads.
    """

    path: str
    equals: str | bool | int | float | None = None
    exists: bool = False


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Healthy:
    """The health rule: one of these statuses, and everything else that is set.

    The body's rules read its first 64 KiB. `max_seconds` is of the whole request.
    """

    status_codes: tuple[int, ...] = (200,)
    body_contains: str | None = None
    body_contains_all: tuple[str, ...] = ()
    """Several texts; the file writes them as a list of `body_contains`."""
    body_lacks: tuple[str, ...] = ()
    body_matches: str | None = None
    """A pattern that `parallax.rule.pattern` reads."""
    headers: tuple[HeaderRule, ...] = ()
    json: tuple[JsonRule, ...] = ()
    max_seconds: float | None = None

    @property
    def reads_body(self) -> bool:
        """Say whether the rule needs the body, and not only its first bytes."""
        texts = self.body_contains or self.body_contains_all or self.body_lacks
        return bool(texts or self.body_matches or self.json)


class Method(StrEnum):
    """The method of a target's requests."""

    GET = "GET"
    HEAD = "HEAD"
    POST = "POST"


class LoginKind(StrEnum):
    """How a login is sent."""

    BASIC = "basic"
    BEARER = "bearer"
    HEADER = "header"


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """The login of a target's external requests; it never has the secret itself.

    `secret` is a key in the stack's secret of logins. `header` is the header's name if
    the kind is `header`. Without `allow_http` the URL is https.
    """

    kind: LoginKind
    secret: str
    header: str | None = None
    allow_http: bool = False


NO_BALANCER = "none"
"""`reached.load_balancer` of a target without a Hetzner load balancer: MetalLB, k3s's
servicelb, another cloud, or the nodes' own addresses."""


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """The path from the internet to the target, with Hetzner's and Kubernetes' names.

    `load_balancer` is `NO_BALANCER` if there is none. `cdn`: a cache is between the
    name and the load balancer. `service` may be empty; then the host's Ingress
    determines it. `project` names the Hetzner project of the load balancer; None: all
    projects with a token are searched.
    """

    load_balancer: str | None = None
    cdn: bool = False
    cluster: str | None = None
    namespace: str | None = None
    service: str | None = None
    ingress_namespace: str | None = None
    ingress_service: str | None = None
    project: str | None = None

    @property
    def no_balancer(self) -> bool:
        """Say whether the target has no Hetzner load balancer, by its configuration."""
        return self.load_balancer == NO_BALANCER

    @property
    def balancer_name(self) -> str | None:
        """The load balancer's name; None: not set, or there is none."""
        return None if self.no_balancer else self.load_balancer


class Severity(StrEnum):
    """How urgent a failure of a target is; routes and filters use it."""

    CRITICAL = "critical"
    WARNING = "warning"
    INFO = "info"


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Maintenance:
    """A window without mails: `starts_at` and `ends_at` are UTC."""

    starts_at: datetime
    ends_at: datetime
    reason: str


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Recurring:
    """A window without mails that comes back, in local time.

    `weekdays` count from 0, Monday; `days_of_month` from 1, or from -1, the last day.
    Empty: every day; both set: the days that are in both. `begins` and `ends` are
    minutes after midnight; a window that does not end after its begin ends on the
    next day. `time_zone` is a name of the IANA database.
    """

    weekdays: tuple[int, ...] = ()
    days_of_month: tuple[int, ...] = ()
    begins: int
    ends: int
    time_zone: str
    reason: str


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Public:
    """What the public status page shows of a target.

    `group` is the heading above it; None: none. `url`: the page links to the target.
    """

    title: str
    group: str | None = None
    url: bool = False


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One public URL that Parallax watches, if it is enabled.

    `interval` is seconds from one probe to the next, while the target is healthy.
    `severity`, `labels` and `runbook` decide nothing here: alerts carry them.
    """

    name: str
    url: str
    healthy: Healthy = Healthy()
    reached: Reached = Reached()
    allow_private_addresses: bool = False
    timeout_seconds: float = 10.0
    method: Method = Method.GET
    request_headers: tuple[tuple[str, str], ...] = ()
    request_body: str | None = None
    login: Login | None = None
    """Sent by the probe function only; agents have no secret."""
    maintenance: tuple[Maintenance, ...] = ()
    """In a snapshot: also the recurring windows that were open, as instants."""
    recurring: tuple[Recurring, ...] = ()
    """The recurring windows of the targets file; a snapshot has none."""
    interval: float = 60.0
    enabled: bool = True
    severity: Severity = Severity.CRITICAL
    labels: tuple[tuple[str, str], ...] = ()
    """Key and value of each label, sorted by key."""
    runbook: str | None = None
    """URL of the page that says what to do if this target fails."""
    slo: float | None = None
    """Percent of the last 30 days in which the target shall work; None: no goal."""
    public: Public | None = None
    """None: the public status page does not show the target."""

    @property
    def port(self) -> int:
        """The port that users connect to: the URL's, else its scheme's default."""
        parts = urlsplit(self.url)
        return parts.port or (80 if parts.scheme == "http" else 443)

    @property
    def host(self) -> str:
        """The URL's host, without port and final dot, as Ingresses and SNI write it.

        Source: RFC 6066 (SNI has no trailing dot); the name is the same without.
        """
        return (urlsplit(self.url).hostname or "").removesuffix(".")
