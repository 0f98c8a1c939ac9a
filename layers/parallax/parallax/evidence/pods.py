"""Inside: what the agents measured and read since the failure began.

In: a scene. Out: probes, endpoints, names, or the words for what is missing.
It does not: conclude. A silent agent never means that the inside is well.
"""

from collections import Counter
from collections.abc import Sequence

from parallax.evidence.reading import reading
from parallax.evidence.scene import Scene
from parallax.evidence.words import lately, of
from parallax.model.cluster import Endpoint, Pod
from parallax.model.probe import Probe, Role

AT_THE_INGRESS = (Role.INGRESS, Role.INGRESS_OTHER)


def inside_missing(scene: Scene) -> str:
    """Say why nothing is known from inside."""
    if scene.target.reached.cluster is None:
        return "the target names no cluster, so no agent looks from inside"
    if not scene.reports:
        return "no agent has reported"
    if not scene.live_reports:
        return f"all {len(scene.reports)} agents are silent"
    return f"no agent has measured {lately(scene)}"


def unasked(scene: Scene) -> str:
    """Say why no pod was asked."""
    cluster = scene.cluster
    if cluster is not None and cluster.endpoints == ():
        return "there is no pod to ask"
    if scene.inside(*Role):
        return "the agents ask no pod of this target"
    return inside_missing(scene)


def accepted(probe: Probe) -> bool:
    """Say whether a connection came about, whatever was said over it."""
    before = probe.error_phase in {"resolve", "connect"}
    return probe.status_code is not None or not before


@reading
def at_home(scene: Scene) -> tuple[Probe, ...]:
    """Return the probes of pods that came from the pod's own node."""
    return tuple(p for p in scene.inside(Role.POD) if p.node and p.node == p.peer_node)


@reading
def from_afar(scene: Scene) -> tuple[Probe, ...]:
    """Return the probes of pods that came from another node than the pod's."""
    return tuple(p for p in scene.inside(Role.POD) if _crosses(p))


def _crosses(probe: Probe) -> bool:
    return probe.peer_node is not None and probe.node != probe.peer_node


def ready(endpoints: Sequence[Endpoint]) -> int:
    """Count the endpoints that are ready."""
    return sum(e.ready for e in endpoints)


def endpoints_missing(scene: Scene) -> str | None:
    """Say why the Service's endpoints are not known; None: they are."""
    cluster = scene.cluster
    if cluster is None:
        return inside_missing(scene)
    if cluster.endpoints is None:
        why = "; ".join(cluster.problems) or "not read"
        return f"the Service's EndpointSlices: {why}"
    return None


def endpoints(scene: Scene) -> tuple[Endpoint, ...]:
    """Return the Service's endpoints; ask `endpoints_missing` first."""
    return (scene.cluster.endpoints if scene.cluster else None) or ()


def endpoints_text(scene: Scene) -> str:
    """Return e.g. `keybuzz/keybuzz-api: 0 of 5 endpoints ready`."""
    found, name = endpoints(scene), service_name(scene)
    if not found:
        return f"{name} has no endpoint at all"
    return f"{name}: {of(ready(found), len(found))} endpoints ready"


def text(pods: Sequence[Pod]) -> str:
    """Return e.g. `5 of 5 pods: CrashLoopBackOff, 15 restarts`."""
    states = Counter(
        p.waiting_reason or f"{p.phase}{'' if p.ready else ', not ready'}" for p in pods
    )
    restarts = sum(p.restarts for p in pods)
    again = f"; {restarts} restarts" if restarts else ""
    told = "; ".join(
        f"{of(n, len(pods))} pods: {state}" for state, n in states.most_common()
    )
    return told + again


def service_name(scene: Scene) -> str:
    """Return `namespace/name` of the target's Service, as far as it is known."""
    reached, cluster = scene.target.reached, scene.cluster
    if cluster and cluster.service:
        return f"{cluster.service.namespace}/{cluster.service.name}"
    return f"{reached.namespace or 'default'}/{reached.service or '?'}"
