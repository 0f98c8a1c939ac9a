"""Path inside: the hops behind the balancer, as the agents saw them.

In: a snapshot. Out: one line a hop, from the node inward; the overlay only where
pods answer their own node otherwise than others.
It does not: blame; a hop that was not seen is `unknown`, never `ok`.
"""

from collections.abc import Sequence

from parallax.diagnose.symptom import tally
from parallax.evidence import ingress, inside, logs, pods, users
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.judgement import Hop, HopSeen, HopState
from parallax.model.probe import Probe, Role

PAIRS = 2
"""Pairs of nodes that must be apart: one may be a pod that moves."""
_STATES = {True: HopState.OK, False: HopState.FAULTY, None: HopState.UNKNOWN}


def line(hop: Hop, seen: str, *, good: bool | None) -> HopSeen:
    """Return a hop's line; None: what was seen there does not tell."""
    return HopSeen(hop=hop, state=_STATES[good], seen=seen)


def hops_inside(scene: Scene) -> tuple[HopSeen, ...]:
    """Return what was seen at each hop of the cluster."""
    between = _overlay(scene)
    return (
        _node(scene),
        _ingress(scene),
        *((between,) if between else ()),
        _service(scene),
        _pod(scene),
    )


def _node(scene: Scene) -> HopSeen:
    probes = ingress.probes(scene, Role.INGRESS_OTHER)
    if not probes:
        own = scene.inside(Role.INGRESS)
        why = inside.why_no_reports(scene)
        return line(Hop.NODE, "only asked from its own node" if own else why, good=None)
    got = [p for p in probes if p.status_code is not None]
    answered = of(len(got), len(probes))
    text = f"from node to node, {answered} NodePort probes answered"
    if shut := len(scene.inside(Role.INGRESS_OTHER)) - len(probes):
        text += f"; {shut} more ask nodes that policy Local shuts"
    return line(Hop.NODE, text, good=len(got) == len(probes))


def _ingress(scene: Scene) -> HopSeen:
    probes = ingress.correctly_addressed(scene)
    if not probes:
        return line(Hop.INGRESS, inside.why_no_reports(scene), good=None)
    seen = logs.sightings(scene, *users.FOR_THE_TARGET)
    live = logs.followed_nodes(scene)
    arrived = f"{len(seen)} of our outside requests in its log"
    text = f"asked inside: {tally(probes)}" + (f"; {arrived}" if live or seen else "")
    got = [p for p in probes if p.status_code is not None]
    own = {
        p.status_code
        for p in got
        if not p.healthy and users.written_by(p).hop == "ingress"
    }
    good = len(got) == len(probes) and own <= _faults_behind(scene)
    return line(Hop.INGRESS, text, good=good)


def _faults_behind(scene: Scene) -> set[int | None]:
    """Return the statuses of the ingress's own pages that tell of what is behind it."""
    behind: set[int | None] = set()
    if _service(scene).state is HopState.FAULTY:
        behind.add(503)
    if HopState.FAULTY in {h.state for h in (_overlay(scene), _pod(scene)) if h}:
        behind |= {502, 504}
    return behind


def _cut(scene: Scene) -> tuple[Probe, ...]:
    """Return the probes from afar that got no connection to pods that give one at home.

    A pod that refuses its own node as well is no matter of what lies between.
    """
    home = {p.peer_address for p in pods.from_own_node(scene) if _got(p)}
    afar = pods.from_other_nodes(scene)
    return tuple(p for p in afar if p.peer_address in home and not _got(p))


def _got(probe: Probe) -> bool:
    return inside.accepted(probe)


def _overlay(scene: Scene) -> HopSeen | None:
    """Return what lies between nodes, where pods answer their own node otherwise."""
    cut, afar = _cut(scene), pods.from_other_nodes(scene)
    if not cut:
        return None
    home = pods.from_own_node(scene)
    pairs = {(p.node, p.peer_node) for p in cut}
    share = of(len(cut), len(afar))
    own = of(sum(_got(p) for p in home), len(home))
    text = (
        f"from other nodes, {share} pod probes got no connection; on the pods' own"
        f" nodes, {own} got one"
    )
    return line(Hop.OVERLAY, text, good=False if len(pairs) >= PAIRS else None)


def _service(scene: Scene) -> HopSeen:
    cluster, name = scene.cluster, pods.service_name(scene)
    if cluster is None:
        return line(Hop.SERVICE, inside.why_no_reports(scene), good=None)
    if cluster.endpoints is None:
        why = "; ".join(cluster.problems) or "not read"
        return line(Hop.SERVICE, f"{name}: EndpointSlices unknown ({why})", good=None)
    if not cluster.endpoints:
        return line(Hop.SERVICE, f"{name} has no endpoint at all", good=False)
    ready = pods.ready(cluster.endpoints)
    share = of(ready, len(cluster.endpoints))
    return line(Hop.SERVICE, f"{name}: {share} endpoints ready", good=ready > 0)


def _pod(scene: Scene) -> HopSeen:
    proof, probes = logs.pod_answers(scene), _asked(scene)
    if proof:
        text = f"the ingress log shows {proof[0].upstream_status} by a pod"
        asked = f"; asked inside: {tally(probes)}" if probes else ""
        return line(Hop.POD, text + asked, good=False)
    if not probes:
        return line(Hop.POD, pods.why_not_probed(scene), good=None)
    told = f"asked inside: {tally(probes)}"
    found = pods.known_endpoints(scene)
    if found and not pods.ready(found):
        share = of(0, len(found))
        return line(Hop.POD, f"{share} ready; {told}", good=False)
    return line(Hop.POD, told, good=all(p.healthy for p in probes))


def _asked(scene: Scene) -> Sequence[Probe]:
    """Return the probes of pods, without those that ended on the way to them."""
    cut = _cut(scene)
    return [p for p in scene.inside(Role.POD) if p not in cut]
