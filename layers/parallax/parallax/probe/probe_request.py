"""Probe request: one request for a probe to send, and where to send it.

In and out: a plain value. It does not: send the request.
"""

from dataclasses import dataclass

from parallax import __version__
from parallax.model.probe import Role
from parallax.model.target import Healthy, Method
from parallax.probe.credential import Credential

USER_AGENT = f"Parallax/{__version__}"
INSIDE = "+agent"
"""Follows the User-Agent of an agent's requests, so that an ingress's access log
distinguishes them from external ones (build metadata, Semantic Versioning 2.0 item
10)."""
BODY_LIMIT = 64 * 1024
"""Bytes of a body that a probe keeps; known error pages are much smaller."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeRequest:
    """One request to send.

    `address` and `port` are where to connect, without a lookup; `host` replaces the
    URL's host in `Host` and SNI. `timeout` is seconds for the whole request,
    `connect_timeout` the part of it for the connection (None: all of it), `body_limit`
    the bytes to keep. `allow_private` permits addresses that are not public; a
    redirect's URL names none of them: `own_host` is the host of the target's own URL.
    `verify` False accepts any certificate: for a name that no certificate matches.
    `proxy_protocol` begins the connection with a PROXY line, for an ingress that
    expects one. `healthy` None: any HTTP response is healthy. `credential` is sent with
    verified TLS only, unless it allows plain HTTP; with `sends_login` False it is only
    removed from what comes back. `without_login` notes that the
    target has a login and this request does not.
    """

    role: Role
    url: str
    healthy: Healthy | None
    address: str | None = None
    port: int | None = None
    host: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    method: Method = Method.GET
    body: str | None = None
    credential: Credential | None = None
    sends_login: bool = True
    without_login: bool = False
    source_address: str | None = None
    timeout: float = 10.0
    connect_timeout: float | None = None
    allow_private: bool = False
    own_host: str | None = None
    verify: bool = True
    proxy_protocol: bool = False
    body_limit: int = BODY_LIMIT
    user_agent: str = USER_AGENT
    node: str | None = None
    pod: str | None = None
    peer_node: str | None = None
