"""Inside: what the agents report from the cluster's nodes, since the failure began.

In: a scene. Out: the freshest reading of the Kubernetes API, or why there is none.
It does not: conclude. A silent agent never means that the cluster is healthy.
"""

from parallax.evidence import way_in
from parallax.evidence.reading import Missing, need, reading
from parallax.evidence.scene import Scene
from parallax.evidence.words import since_text
from parallax.model.cluster import ClusterReading, Service
from parallax.model.probe import ErrorType, Probe

INGRESS_NOTE = "ingress: "
"""How an agent's problem begins that says why it found no ingress."""


def why_no_reports(scene: Scene) -> str:
    """Return why there are no internal observations."""
    if scene.target.reached.cluster is None:
        return "the target's configuration names no cluster"
    if not scene.reports:
        return "no agent has reported"
    if not scene.live_reports:
        return f"all {len(scene.reports)} agents stopped reporting"
    if scene.left_out:
        return _why_left_out(scene)
    return f"no agent has reported {since_text(scene)}"


def _why_left_out(scene: Scene) -> str:
    """Return why successful probes of agents are not compared with users' requests."""
    if any(p.without_login for p in scene.left_out):
        return "agents send no login, so they do not get the response that users get"
    return "the agents judge by another health rule; update them and their targets file"


def why_not_probed(scene: Scene) -> str:
    """Return why no agent probed the ingress."""
    read = scene.cluster
    if read is None or read.ingress_service is not None or scene.left_out:
        return why_no_reports(scene)
    return f"the agents probe no ingress: {_note(read) or 'they found none'}"


def _note(read: ClusterReading) -> str:
    """Return the agents' own words why they found no ingress; empty: none."""
    notes = (p for p in read.problems if p.startswith(INGRESS_NOTE))
    return next(notes, "").removeprefix(INGRESS_NOTE)


@reading
def cluster(scene: Scene) -> ClusterReading:
    """Return the freshest reading of the Kubernetes API."""
    return need(scene.cluster, f"data from the cluster ({why_no_reports(scene)})")


@reading
def ingress_service(scene: Scene) -> Service:
    """Return the ingress's own Service."""
    if scene.cluster is None:
        raise Missing(f"the ingress Service ({why_no_reports(scene)})")
    note = _note(scene.cluster)
    why = f"no agent reported one{f'; {note}' if note else ''}"
    return need(scene.cluster.ingress_service, f"the ingress Service ({why})")


@reading
def no_ingress(scene: Scene) -> str | None:
    """Return that requests pass no ingress: the app's own Service is the way in."""
    if not way_in.is_direct(scene.cluster):
        return None
    own = ingress_service(scene)
    name = f"{own.namespace}/{own.name}"
    return f"the load balancer leads to Service {name} itself, not to an ingress"


@reading
def ingress_node_ports(scene: Scene) -> tuple[int, ...]:
    """Return the NodePorts that lead to the ingress, of every Service that was read.

    A second Service may select the same pods (hcloud-cloud-controller-manager issue
    87). So a port that is not listed here may still be one, unless all were read.
    """
    listed = scene.cluster.ingress_node_ports if scene.cluster else None
    own = ingress_service(scene).node_ports
    return tuple(dict.fromkeys((*own, *(listed or ()))))


def all_node_ports_read(scene: Scene) -> bool:
    """Return whether every Service that may lead to the ingress was read."""
    cluster = scene.cluster
    return cluster is not None and cluster.ingress_node_ports is not None


def waited(probe: Probe) -> bool:
    """Return whether a connection was established, and no response came in time."""
    return probe.error_type is ErrorType.TIMEOUT and probe.error_phase == "processing"


def accepted(probe: Probe) -> bool:
    """Return whether a connection was established, with or without a response."""
    before = probe.error_phase in {"resolve", "connect"}
    return probe.status_code is not None or not before
