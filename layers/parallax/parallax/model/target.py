"""Target: one public URL, what counts as healthy, and how it is reached.

In: values that `parallax.targets` has read and checked.
Out: frozen values that every step shares.
It does not: read files; see `parallax.targets`.
"""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from parallax.model.wire import wired


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Healthy:
    """What counts as healthy: one of these statuses, and this text if given."""

    status_codes: tuple[int, ...] = (200,)
    body_contains: str | None = None


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """How the internet gets to the target, in Hetzner's and Kubernetes' names.

    `cdn` says that a cache stands between the name and the load balancer.
    `service` may stay empty: then the Ingress for the host names it.
    """

    load_balancer: str | None = None
    cdn: bool = False
    cluster: str | None = None
    namespace: str | None = None
    service: str | None = None
    ingress_namespace: str | None = None
    ingress_service: str | None = None


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Maintenance:
    """A window in which nobody is woken: from and until are UTC."""

    starts_at: datetime
    ends_at: datetime
    reason: str


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One public URL that Parallax watches."""

    name: str
    url: str
    healthy: Healthy = Healthy()
    reached: Reached = Reached()
    allow_private_addresses: bool = False
    timeout_seconds: float = 10.0
    maintenance: tuple[Maintenance, ...] = ()

    @property
    def host(self) -> str:
        """The URL's host, without port and final dot, as Ingresses and SNI write it.

        Source: RFC 6066 (SNI has no trailing dot); the name is the same without.
        """
        return (urlsplit(self.url).hostname or "").removesuffix(".")
