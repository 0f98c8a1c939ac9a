"""Ingress: what shows that requests end there.

In: a snapshot. Out: its own pages, or the words for them.
It does not: conclude. The page alone does not tell an empty Service from a rate
limit (reference signatures.md, section 3.4).
"""

from collections import Counter

from parallax.causes.evidence.inside import AT_THE_INGRESS
from parallax.causes.evidence.outside import (
    AS_A_USER,
    FOR_THE_TARGET,
    failing,
    written_by,
)
from parallax.causes.evidence.sightings import ingress_asked_nobody
from parallax.evidence.scene import Scene
from parallax.model.probe import Probe

UNAVAILABLE = 503


def ingress_pages(scene: Scene, status_code: int) -> tuple[Probe, ...]:
    """Return the probes that got the ingress's own page, asked outside or inside."""
    asked = (*failing(scene, *FOR_THE_TARGET), *scene.inside(*AT_THE_INGRESS))
    return tuple(p for p in asked if p.status_code == status_code and ingress_wrote(p))


def ingress_wrote(probe: Probe) -> bool:
    """Say whether an answer is the ingress's own page, now and not replayed.

    Inside there is no balancer on the way: its page is then that of an HAProxy which
    is the ingress.
    """
    author = written_by(probe)
    inside = probe.node is not None and author.hop == "load-balancer"
    return (author.hop == "ingress" or inside) and author.how != "replayed"


def mostly_ingress(scene: Scene) -> int | None:
    """Return the status of the ingress's own page that most failing users got."""
    users = failing(scene, *AS_A_USER)
    seen = Counter(p.status_code for p in users if ingress_wrote(p)).most_common(1)
    return seen[0][0] if seen and 2 * seen[0][1] > len(users) else None


def ingress_service_name(scene: Scene) -> str:
    """Return `namespace/name` of the ingress's Service, as far as it is known."""
    reached, cluster = scene.target.reached, scene.cluster
    if cluster and cluster.ingress_service:
        service = cluster.ingress_service
        return f"{service.namespace}/{service.name}"
    name = reached.ingress_service or "ingress-nginx-controller"
    return f"{reached.ingress_namespace or 'ingress-nginx'}/{name}"


def ingress_says(scene: Scene, status_code: int) -> str | None:
    """Say where the ingress answered so by itself; None: nowhere."""
    pages = ingress_pages(scene, status_code)
    if not pages:
        return None
    where = f"inside, on {pages[0].node}," if pages[0].node else "outside,"
    return f"{where} the ingress itself answers {status_code}"


def ends_at_ingress(scene: Scene) -> str | None:
    """Say what shows that the ingress found nobody to ask; None: nothing."""
    if lines := ingress_asked_nobody(scene):
        return f"ingress log on {lines[0].node}: 503, no upstream asked"
    return ingress_says(scene, UNAVAILABLE)
