"""Pods: the endpoints of the target's Service, and how its pods respond.

In: a scene. Out: endpoints, probes of pods, or the words for them.
It does not: conclude.
"""

from collections import Counter
from collections.abc import Sequence

from parallax.evidence import inside
from parallax.evidence.reading import Missing, reading
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.cluster import Endpoint, Pod
from parallax.model.probe import Probe, Role

NO_PORT = "none of the Service's ready endpoints has a port"
"""Why the ingress sends no request to a pod, if `without_port`."""


def why_not_probed(scene: Scene) -> str:
    """Return why no pod was probed."""
    cluster = scene.cluster
    if cluster is not None and cluster.endpoints == ():
        return "the Service has no pod"
    if without_port(scene):
        return "the Service's endpoints have no port to probe"
    if scene.left_out:
        return inside.why_no_reports(scene)
    if scene.inside(*Role):
        return "the agents do not probe pods of this target"
    return inside.why_no_reports(scene)


@reading
def from_own_node(scene: Scene) -> tuple[Probe, ...]:
    """Return the probes of pods that came from the pod's own node."""
    return tuple(p for p in scene.inside(Role.POD) if p.node and p.node == p.peer_node)


@reading
def from_other_nodes(scene: Scene) -> tuple[Probe, ...]:
    """Return the probes of pods that came from another node than the pod's."""
    return tuple(p for p in scene.inside(Role.POD) if _crosses(p))


def _crosses(probe: Probe) -> bool:
    return probe.peer_node is not None and probe.node != probe.peer_node


def ready(endpoints: Sequence[Endpoint]) -> int:
    """Count the endpoints that are ready."""
    return sum(e.ready for e in endpoints)


@reading
def endpoints(scene: Scene) -> tuple[Endpoint, ...]:
    """Return the Service's endpoints; empty where the cluster has none."""
    read = inside.cluster(scene)
    if read.endpoints is None:
        why = "; ".join(read.problems) or "no agent reported them"
        raise Missing(f"the Service's EndpointSlices ({why})")
    return read.endpoints


def known_endpoints(scene: Scene) -> tuple[Endpoint, ...]:
    """Return the Service's endpoints; empty where they were not read."""
    return endpoints.maybe(scene) or ()


def without_port(scene: Scene) -> bool:
    """Return whether endpoints are ready, but none of them has a port."""
    found = [e for e in known_endpoints(scene) if e.ready]
    return bool(found) and all(e.port is None for e in found)


def written_by_hand(scene: Scene) -> bool:
    """Return whether the Service's endpoints belong to no pod and to no node."""
    cluster, found = scene.cluster, known_endpoints(scene)
    if cluster is None or cluster.pods or not found:
        return False
    if cluster.service is not None and cluster.service.selector:
        return False
    return all(e.pod is None and e.node is None for e in found)


def unused_text(scene: Scene) -> str:
    """Return why the ingress sends no request to a pod."""
    return NO_PORT if without_port(scene) else endpoints_text(scene)


def endpoints_text(scene: Scene) -> str:
    """Return e.g. `Service shop/api has 0 of 5 endpoints ready`."""
    found, name = known_endpoints(scene), service_name(scene)
    if not found:
        return f"Service {name} has no endpoints"
    return f"Service {name} has {of(ready(found), len(found))} endpoints ready"


def text(pods: Sequence[Pod]) -> str:
    """Return e.g. `5 of 5 pods in state CrashLoopBackOff; 15 restarts`."""
    states = Counter(
        p.waiting_reason or f"{p.phase}{'' if p.ready else ', not ready'}" for p in pods
    )
    restarts = sum(p.restarts for p in pods)
    suffix = f"; {restarts} restarts" if restarts else ""
    text = "; ".join(
        f"{of(n, len(pods))} pods in state {state}" for state, n in states.most_common()
    )
    return text + suffix


def service_name(scene: Scene) -> str:
    """Return `namespace/name` of the target's Service; if not read, as configured."""
    reached, cluster = scene.target.reached, scene.cluster
    if cluster and cluster.service:
        return f"{cluster.service.namespace}/{cluster.service.name}"
    return f"{reached.namespace or 'default'}/{reached.service or '?'}"
