"""Inside: what the agents report from the cluster's nodes, since the failure began.

In: a scene. Out: the freshest reading of the Kubernetes API, or why there is none.
It does not: conclude. A silent agent never means that the inside is well.
"""

from parallax.evidence.reading import Missing, need, reading
from parallax.evidence.scene import Scene
from parallax.evidence.words import since_text
from parallax.model.cluster import ClusterReading, Service
from parallax.model.probe import Probe, Role

INGRESS_ROLES = (Role.INGRESS, Role.INGRESS_OTHER)
"""Inside probes of the ingress's NodePorts."""


def why_no_reports(scene: Scene) -> str:
    """Say why nothing is known from inside."""
    if scene.target.reached.cluster is None:
        return "the target names no cluster, so no agent looks from inside"
    if not scene.reports:
        return "no agent has reported"
    if not scene.live_reports:
        return f"all {len(scene.reports)} agents are silent"
    return f"no agent has measured {since_text(scene)}"


@reading
def cluster(scene: Scene) -> ClusterReading:
    """Return what the Kubernetes API said."""
    return need(scene.cluster, why_no_reports(scene))


@reading
def ingress_service(scene: Scene) -> Service:
    """Return the ingress's own Service."""
    if scene.cluster is None:
        what = "the ingress Service as the cluster has it"
        raise Missing(f"{what} ({why_no_reports(scene)})")
    service = scene.cluster.ingress_service
    return need(service, "the ingress Service as the cluster has it")


def accepted(probe: Probe) -> bool:
    """Say whether a connection came about, whatever was said over it."""
    before = probe.error_phase in {"resolve", "connect"}
    return probe.status_code is not None or not before
