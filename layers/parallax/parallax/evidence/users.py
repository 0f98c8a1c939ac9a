"""Outside: what was asked from the internet, and who wrote the answers.

In: a scene. Out: probes by role, their authors.
It does not: conclude. Only the fresh run is read, so that stale means unknown.
"""

from urllib.parse import urlsplit

from parallax.evidence.reading import need, reading
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.probe import ErrorType, Probe, Role
from parallax.writers import Attribution, attribute_probe

AS_A_USER = (Role.FIRST, Role.REPEAT)
"""Outside probes that ask what a user asks."""
FOR_THE_TARGET = (Role.FIRST, Role.REPEAT, Role.CACHE_BUSTER, Role.DIRECT)
"""Outside probes that ask for the target, by whatever way."""
PROXIES = ("load-balancer", "ingress", "cdn")
"""Hops whose own page no pod wrote."""
AT_THE_BALANCER = (Role.DIRECT, Role.UNKNOWN_HOST)
"""Outside probes that ask the balancer's own addresses, all it has."""
ADDRESSED = (*AT_THE_BALANCER, Role.ADDRESS)
"""Outside probes that were told which address to ask."""
NEVER_SENT = (ErrorType.HOST_UNREACHABLE, ErrorType.ADDRESS_NOT_ALLOWED)
"""Errors of the machine that asks, e.g. a Lambda without a route for IPv6."""
NO_CONNECTION = (
    *NEVER_SENT,
    ErrorType.NAME_NOT_RESOLVED,
    ErrorType.CONNECTION_REFUSED,
    ErrorType.TLS,
)
"""Errors after which no request was ever sent."""
_BEFORE = ("resolve", "connect", "tls")
"""Phases before a request is sent."""


@reading
def listen_port(scene: Scene) -> int:
    """Return the port users ask: the URL's, else its scheme's."""
    parts = urlsplit(scene.target.url)
    return parts.port or (80 if parts.scheme == "http" else 443)


@reading
def outside(scene: Scene, *roles: Role) -> tuple[Probe, ...]:
    """Return the fresh outside probes with one of these roles.

    A probe that never left for the address it was to ask says nothing about it.
    """
    found = scene.outside.by_role(*roles) if scene.outside else ()
    return tuple(
        p for p in found if p.role not in ADDRESSED or p.error_type not in NEVER_SENT
    )


@reading
def failing(scene: Scene, *roles: Role) -> tuple[Probe, ...]:
    """Return the outside probes with one of these roles that failed."""
    return tuple(p for p in outside(scene, *roles) if not p.healthy)


@reading
def failed(scene: Scene) -> tuple[Probe, ...]:
    """Return the failing requests of users; one at least."""
    return need(failing(scene, *AS_A_USER), "no failing probe from outside")


@reading
def without_connection(scene: Scene) -> str | None:
    """Say that most failing users got no connection to be answered on; None: they did.

    A name that does not resolve, a connect that times out, a certificate that is
    refused: no page of anybody behind explains it.
    """
    requests = failing(scene, *AS_A_USER)
    gone = [p for p in requests if _has_no_connection(scene, p)]
    if not gone or 2 * len(gone) <= len(requests):
        return None
    what = str(gone[0].error_type).replace("_", " ")
    return f"{of(len(gone), len(requests))} failing requests got no connection: {what}"


def connected(scene: Scene, probe: Probe) -> bool:
    """Say whether a request was sent at all, whatever became of it."""
    return not _has_no_connection(scene, probe)


def _has_no_connection(scene: Scene, probe: Probe) -> bool:
    if probe.status_code is not None:
        return False
    if probe.error_type is ErrorType.CONNECTION_CLOSED and probe.error_phase == "tls":
        # A tcp balancer without targets hangs up so (signatures.md, section 4).
        return scene.target.reached.cdn
    return probe.error_type in NO_CONNECTION or probe.error_phase in _BEFORE


def written_by(probe: Probe) -> Attribution:
    """Return who wrote a probe's answer; `unknown` where nothing came."""
    nobody = Attribution(writer="unknown", hop="unknown", how="unknown", clues=())
    return attribute_probe(probe) or nobody
