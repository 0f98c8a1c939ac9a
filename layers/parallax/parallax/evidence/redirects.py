"""Redirects: whether failing responses send the client back to the same URL.

In: a scene. Out: the redirects among the failing responses, where they lead, and who
wrote them. It does not: conclude. A response without its Location shows no loop.
"""

from urllib.parse import urljoin, urlsplit

from parallax.evidence import logs, users
from parallax.evidence.reading import reading
from parallax.evidence.scene import Scene
from parallax.model.probe import AS_A_USER, Probe, Role

STATUSES = frozenset({301, 302, 303, 307, 308})
_PORTS = {"http": 80, "https": 443}


@reading
def failing(scene: Scene) -> tuple[Probe, ...]:
    """Return the failing user requests whose response is a redirect."""
    requests = users.failing(scene, *AS_A_USER)
    return tuple(p for p in requests if p.status_code in STATUSES)


def location(probe: Probe) -> str | None:
    """Return where a redirect leads, as an absolute URL; None: not recorded."""
    found = users.header(probe, "location")
    try:
        return urljoin(probe.url, found) if found else None
    except ValueError:  # a bracket without an IPv6 address
        return None


def leads_back(probe: Probe) -> bool:
    """Return whether a redirect leads to the URL that was requested."""
    found = location(probe)
    return found is not None and _parts(found) == _parts(probe.url)


def _parts(url: str) -> tuple[str, str, int | None, str]:
    """Return what a client requests; a query may be redacted, so it does not count."""
    parts = urlsplit(url)
    try:
        port = parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        port = None
    host = (parts.hostname or "").removesuffix(".")
    return parts.scheme.lower(), host, port, parts.path or "/"


def direct(scene: Scene) -> tuple[Probe, ...]:
    """Return the requests sent directly to the load balancer."""
    return users.outside(scene, Role.DIRECT)


def written_by_ingress(scene: Scene) -> str | None:
    """Return the proof that the ingress, not a pod, wrote the redirects; else None."""
    found = failing(scene)
    lines = scene.sightings_of(*found)
    if any(line.upstream_status in STATUSES for line in lines):
        return None
    if lines and all(line.upstream_address is None for line in lines):
        return f"{logs.share_text(scene)}; the ingress redirected them and used no pod"
    pods = scene.inside(Role.POD)
    if pods and not any(p.status_code in STATUSES for p in pods):
        return f"none of {len(pods)} internal probes of pods is redirected"
    if found and all(users.written_by(p).hop == "ingress" for p in found):
        return "the ingress itself wrote the redirects"
    return None
