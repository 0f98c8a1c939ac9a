"""Side inside: what the agents' probes of a hop got, in one line of the path.

In: a scene, a hop. Out: a side of that hop; None if nothing probed it.
It does not: judge; a node or a network is not at fault for the status of a response.
"""

from collections.abc import Callable, Sequence

from parallax.diagnose.symptom import tally
from parallax.evidence import ingress, inside, pods
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.judgement import Hop, HopState, SideSeen
from parallax.model.probe import Probe, Role


def from_inside(scene: Scene, hop: Hop) -> SideSeen | None:
    """Return what the agents' probes of a hop got; None: none was sent."""
    found = _PROBES[hop](scene) if hop in _PROBES else ()
    if not found:
        return None
    # A node or a network is not at fault for the status of a response.
    is_good = _IS_GOOD.get(hop, _is_healthy)
    good = sum(map(is_good, found))
    state = (
        HopState.OK
        if good == len(found)
        else HopState.AFFECTED
        if good
        else HopState.FAULTY
    )
    text = tally(found)
    if hop is Hop.POD and (unready := _none_ready(scene)):
        # A pod that responds and gets no requests is not good.
        state, text = HopState.FAULTY, f"{unready}; {text}"
    if hop in _IS_GOOD:
        between = " between nodes" if hop is Hop.NODE else ""
        text = f"{of(good, len(found))}{between} get through"
    return SideSeen(state=state, text=text)


def _none_ready(scene: Scene) -> str:
    """Return e.g. `0 of 5 ready`; empty: a pod is ready, or it is not known."""
    found = pods.known_endpoints(scene)
    return f"{of(0, len(found))} ready" if found and not pods.ready(found) else ""


def _is_healthy(probe: Probe) -> bool:
    return probe.healthy


def _has_response(probe: Probe) -> bool:
    return probe.status_code is not None


_IS_GOOD: dict[Hop, Callable[[Probe], bool]] = {
    Hop.NODE: _has_response,
    Hop.OVERLAY: inside.accepted,
}
_PROBES: dict[Hop, Callable[[Scene], Sequence[Probe]]] = {
    Hop.NODE: lambda scene: ingress.probes(scene, Role.INGRESS_OTHER),
    Hop.INGRESS: ingress.correctly_addressed,
    Hop.OVERLAY: pods.from_other_nodes,
    Hop.SERVICE: lambda scene: scene.inside(
        Role.SERVICE, Role.NODEPORT_OWN, Role.NODEPORT_OTHER
    ),
    Hop.POD: lambda scene: scene.inside(Role.POD),
}
