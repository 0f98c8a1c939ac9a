"""Question: what one probe shall ask, and of whom.

In and out: a plain value. It does not: ask.
"""

from dataclasses import dataclass

from parallax import __version__
from parallax.model.probe import Role
from parallax.model.target import Healthy

USER_AGENT = f"Parallax/{__version__}"
INSIDE = "+agent"
"""Behind the User-Agent of an agent's requests: one in an ingress's log is told from
a request that came from outside (build metadata, Semantic Versioning 2.0 item 10)."""
BODY_LIMIT = 64 * 1024
"""Bytes of a body that are kept; every known error page is far smaller."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One request to send.

    `address` and `port` say where to connect, without resolving; `host` stands
    in `Host` and SNI instead of the URL's. `timeout` is seconds for the whole
    request, `connect_timeout` those of it in which the peer has to take the
    connection (None: all of them), `body_limit` bytes kept. `allow_private` lets a
    probe go to addresses that the internet cannot reach. `verify` off accepts any
    certificate: right only where the asked name can match none. `proxy_protocol`
    begins the connection with a PROXY line, for an ingress that wants one.
    `healthy` None: any answer over HTTP will do. `user_agent` says who asks.
    """

    role: Role
    url: str
    healthy: Healthy | None
    address: str | None = None
    port: int | None = None
    host: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    source_address: str | None = None
    timeout: float = 10.0
    connect_timeout: float | None = None
    allow_private: bool = False
    verify: bool = True
    proxy_protocol: bool = False
    body_limit: int = BODY_LIMIT
    user_agent: str = USER_AGENT
    node: str | None = None
    pod: str | None = None
    peer_node: str | None = None
