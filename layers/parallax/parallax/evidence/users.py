"""Outside: the external probes, and which hop wrote their responses.

In: a scene. Out: probes by role, the writers of their responses.
It does not: conclude. It uses only a fresh run, so an old one counts as missing.
"""

from parallax.evidence.reading import need, reading
from parallax.evidence.scene import Scene
from parallax.evidence.words import error, of
from parallax.model.probe import AS_A_USER, PINNED, ErrorType, Probe, Role
from parallax.writers import Attribution, attribute_probe

PROXIES = ("load-balancer", "ingress", "cdn")
"""Hops that write pages of their own; no pod wrote those."""
PLACES = {
    "cdn": "the CDN",
    "load-balancer": "the load balancer",
    "ingress": "the ingress",
    "pod": "a pod",
}
"""How evidence names the hop that wrote a response."""
NEVER_SENT = (ErrorType.HOST_UNREACHABLE, ErrorType.ADDRESS_NOT_ALLOWED)
"""Errors of the probe's own machine, e.g. a Lambda without an IPv6 route."""
NO_CONNECTION = (
    *NEVER_SENT,
    ErrorType.NAME_NOT_RESOLVED,
    ErrorType.CONNECTION_REFUSED,
    ErrorType.TLS,
)
"""Errors before a request could be sent."""
CHALLENGE = "cf-mitigated"
"""Header of a Cloudflare challenge, with any status."""
_BEFORE = ("resolve", "connect", "tls")
"""Phases before a request is sent."""


@reading
def listen_port(scene: Scene) -> int:
    """Return the port that users connect to."""
    return scene.target.port


@reading
def outside(scene: Scene, *roles: Role) -> tuple[Probe, ...]:
    """Return the fresh external probes with one of these roles.

    A probe that was never sent to its fixed address proves nothing and is left out.
    """
    found = scene.outside.by_role(*roles) if scene.outside else ()
    return tuple(
        p for p in found if p.role not in PINNED or p.error_type not in NEVER_SENT
    )


@reading
def failing(scene: Scene, *roles: Role) -> tuple[Probe, ...]:
    """Return the external probes with one of these roles that failed."""
    return tuple(p for p in outside(scene, *roles) if not p.healthy)


@reading
def failed(scene: Scene) -> tuple[Probe, ...]:
    """Return the failing user requests; raise `Missing` if there is none."""
    return need(failing(scene, *AS_A_USER), "a failing external probe")


@reading
def without_connection(scene: Scene) -> str | None:
    """Return that most failing user requests got no connection; None: they got one.

    The name does not resolve, the connection times out, or the certificate is
    rejected. No page of a later hop explains that.
    """
    requests = failing(scene, *AS_A_USER)
    unconnected = [p for p in requests if _has_no_connection(scene, p)]
    if not unconnected or 2 * len(unconnected) <= len(requests):
        return None
    what = error(unconnected[0].error_type)
    share = of(len(unconnected), len(requests))
    return f"{share} failing requests got no connection: {what}"


@reading
def never_connected(scene: Scene) -> str | None:
    """Return that no failing user request at all got a connection; else None."""
    requests = failing(scene, *AS_A_USER)
    if not requests or any(not _has_no_connection(scene, p) for p in requests):
        return None
    what = error(requests[0].error_type)
    return f"none of {len(requests)} failing requests got a connection ({what})"


def connected(scene: Scene, probe: Probe) -> bool:
    """Return whether a request was sent, with or without a response."""
    return not _has_no_connection(scene, probe)


def _has_no_connection(scene: Scene, probe: Probe) -> bool:
    if probe.status_code is not None:
        return False
    if probe.error_type is ErrorType.CONNECTION_CLOSED and probe.error_phase == "tls":
        # A tcp service without targets closes the connection during the handshake.
        return scene.target.reached.cdn
    return probe.error_type in NO_CONNECTION or probe.error_phase in _BEFORE


def header(probe: Probe, name: str) -> str | None:
    """Return a response's first header with this name; None: it has none."""
    return next((v for n, v in probe.headers if n.lower() == name), None)


def author_text(probe: Probe) -> str:
    """Return who wrote a response, e.g. `the load balancer (haproxy)`."""
    author = written_by(probe)
    if author.how == "replayed":
        return "a cache (stored response)"
    place = PLACES.get(author.hop)
    return f"{place} ({author.writer})" if place else author.writer


def written_by(probe: Probe) -> Attribution:
    """Return the writer of a probe's response; `unknown` if there was no response."""
    unknown_writer = Attribution(
        writer="unknown", hop="unknown", how="unknown", clues=()
    )
    return attribute_probe(probe) or unknown_writer


def challenged(probe: Probe) -> bool:
    """Return whether the edge asks for a browser, which no monitor is."""
    return any(name.lower() == CHALLENGE for name, _ in probe.headers)
