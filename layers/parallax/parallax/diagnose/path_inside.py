"""Path inside: the hops behind the load balancer, as the agents observed them.

In: a snapshot. Out: one line for each hop, from the node to the pods; the overlay only
if pods respond to their own node differently from other nodes.
It does not: blame; a hop that was not observed is `unknown`, never `ok`.
"""

from collections.abc import Sequence

from parallax.diagnose.symptom import tally
from parallax.evidence import (
    connection_tables,
    dead_nodes,
    forwarding,
    ingress,
    inside,
    logs,
    pods,
    users,
)
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.cluster import Sighting
from parallax.model.judgement import Hop, HopSeen, HopState
from parallax.model.probe import AS_A_USER, FOR_THE_TARGET, Probe, Role

PAIRS = 2
"""Least number of failing pairs of nodes: one may be a pod that moves."""
BAD_REQUEST = 400
_NOT_READ = " (some logs are not read to their end yet)"
NAMED = 3
"""Most nodes to name in a line."""
_STATES = {True: HopState.OK, False: HopState.FAULTY, None: HopState.UNKNOWN}


def line(hop: Hop, seen: str, *, good: bool | None) -> HopSeen:
    """Return a hop's line; None: the observation decides nothing."""
    return HopSeen(hop=hop, state=_STATES[good], seen=seen)


def hops_inside(scene: Scene) -> tuple[HopSeen, ...]:
    """Return what was observed at each hop of the cluster."""
    between = _overlay(scene)
    return (
        _node(scene),
        *(() if inside.no_ingress(scene) else (_ingress(scene),)),
        *((between,) if between else ()),
        _service(scene),
        _pod(scene),
    )


def _node(scene: Scene) -> HopSeen:
    probes = ingress.probes(scene, Role.INGRESS_OTHER)
    if not probes:
        own = scene.inside(Role.INGRESS)
        why = "not tested from another node" if own else inside.why_not_probed(scene)
        return line(Hop.NODE, why, good=None)
    got = [p for p in probes if p.status_code is not None]
    share = of(len(got), len(probes))
    text = f"{share} NodePort probes between nodes got a response"
    if dropped := [p for p in scene.inside(Role.INGRESS_OTHER) if p not in probes]:
        lost = [p for p in dropped if p.status_code is None]
        text = f"{share} NodePort probes got a response from nodes with an ingress pod"
        text += (
            f" ({_peers(probes)}); {of(len(lost), len(dropped))} got none from nodes"
        )
        text += f" without one ({_peers(dropped)}), as traffic policy Local intends"
        text += _not_probed(scene)
    return line(Hop.NODE, text, good=len(got) == len(probes))


def _not_probed(scene: Scene) -> str:
    """Return the nodes whose NodePort no other node probed, if there are any."""
    probed = {p.peer_node for p in scene.inside(Role.INGRESS_OTHER)}
    known = (scene.cluster.nodes if scene.cluster else None) or ()
    left = sorted(n.name for n in known if n.name not in probed)
    more = f" and {len(left) - NAMED} more" if len(left) > NAMED else ""
    return f"; not probed: {', '.join(left[:NAMED])}{more}" if left else ""


def _peers(probes: Sequence[Probe]) -> str:
    """Return the probed nodes, e.g. `worker-01, worker-02`; at most three."""
    names = sorted({str(p.peer_node) for p in probes})
    rest = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"{', '.join(names[:NAMED])}{rest}"


def _ingress(scene: Scene) -> HopSeen:
    every = ingress.correctly_addressed(scene)
    probes = _apart(scene, every)
    if not probes:
        return line(Hop.INGRESS, inside.why_not_probed(scene), good=None)
    lines = logs.sightings(scene, *FOR_THE_TARGET)
    logged = f"; {_logged(scene, lines)}" if logs.followed_nodes(scene) or lines else ""
    text = f"inside the cluster: {tally(probes)}{_left_out(every, probes)}{logged}"
    got = [p for p in probes if p.status_code is not None]
    own = {
        p.status_code
        for p in got
        if not p.healthy and users.written_by(p).hop == "ingress"
    }
    good = len(got) == len(probes) and own <= _faults_behind(scene)
    if good and not all(p.healthy for p in probes):
        return HopSeen(hop=Hop.INGRESS, state=HopState.AFFECTED, seen=text)
    return line(Hop.INGRESS, text, good=good)


def _apart(scene: Scene, probes: Sequence[Probe]) -> list[Probe]:
    """Return the probes without those that end at a node that forwards nothing.

    Or that a full connection table drops. Such a node is a fault of its own hop.
    Without any other probe, all are returned.
    """
    dead = {n.name for n in dead_nodes.dead.maybe(scene) or ()}
    faulty = dead.union(forwarding.not_forwarding(scene))
    lost = connection_tables.dropped(scene)
    found = [p for p in probes if p.peer_node not in faulty and p not in lost]
    return found or list(probes)


def _left_out(every: Sequence[Probe], counted: Sequence[Probe]) -> str:
    """Return which probes are not counted, so that the figures of a mail agree."""
    left = [p for p in every if p not in counted]
    if not left:
        return ""
    where = ", ".join(sorted({str(p.peer_node) for p in left}))
    return f", without {of(len(left), len(every))} probes, which went to {where}"


def _logged(scene: Scene, lines: Sequence[Sighting]) -> str:
    """Return how many external requests of each kind the ingress logged."""
    found = {line.request_id for line in lines}
    requests = users.outside(scene, *FOR_THE_TARGET)
    if not found:
        unlogged = _unlogged(scene)
        shows = "identifies" if unlogged else "contains"
        return f"its access log {shows} none of the external requests{unlogged}"
    kinds = [(probes, what) for probes, what in _kinds(scene) if probes]
    shown = kinds if _differ(kinds[1:], found) else kinds[:1]
    shares = [f"{_share(probes, found)} {what}" for probes, what in shown]
    text = f"its access log contains {', '.join(shares)}"
    late = len(found) < len(requests) and _is_behind(scene, requests)
    return text + (_NOT_READ if late else "")


def _differ(kinds: Sequence[tuple[Sequence[Probe], str]], found: set[str]) -> bool:
    """Return whether a request of these kinds is not in the log."""
    return any(p.request_id not in found for probes, _ in kinds for p in probes)


def _kinds(scene: Scene) -> list[tuple[tuple[Probe, ...], str]]:
    """Return the external requests by the route that they took."""
    kinds = (
        (AS_A_USER, "external requests"),
        ((Role.DIRECT,), "sent directly to the load balancer"),
        ((Role.CACHE_BUSTER,), "with a unique URL, which no cache has stored"),
    )
    return [(users.outside(scene, *roles), what) for roles, what in kinds]


def _is_behind(scene: Scene, requests: Sequence[Probe]) -> bool:
    """Return whether a followed log was read before the last of these requests."""
    last = max(p.started_at for p in requests)
    read = ((r, r.log_read_at) for r in scene.live_reports)
    return any(at is not None and r.outside_time(at) < last for r, at in read)


def _share(probes: Sequence[Probe], found: set[str]) -> str:
    return of(sum(p.request_id in found for p in probes), len(probes))


def _unlogged(scene: Scene) -> str:
    """Return why the log has no line of requests that the ingress cannot parse."""
    failing = users.failing(scene, *FOR_THE_TARGET)
    malformed = any(
        p.status_code == BAD_REQUEST and ingress.wrote_page(p) for p in failing
    )
    if not malformed:
        return ""
    return (
        f": if it rejects a request as malformed ({BAD_REQUEST}), its log line has no"
        " X-Request-Id"
    )


def _faults_behind(scene: Scene) -> set[int | None]:
    """Return the ingress's own statuses that report a fault behind it."""
    behind: set[int | None] = set()
    if _service(scene).state is HopState.FAULTY:
        behind.add(503)
    if HopState.FAULTY in {h.state for h in (_overlay(scene), _pod(scene)) if h}:
        behind |= {502, 504}
    return behind


def _cut(scene: Scene) -> tuple[Probe, ...]:
    """Return probes from other nodes that do not connect to a pod its own node reaches.

    If a pod refuses its own node too, the network between nodes is not at fault.
    """
    home = {p.peer_address for p in pods.from_own_node(scene) if _got(p)}
    afar = pods.from_other_nodes(scene)
    return tuple(p for p in afar if p.peer_address in home and not _got(p))


def _got(probe: Probe) -> bool:
    return inside.accepted(probe)


def _overlay(scene: Scene) -> HopSeen | None:
    """Return the network between nodes, if pods respond only to their own node."""
    cut, afar = _cut(scene), pods.from_other_nodes(scene)
    if not cut:
        return None
    home = pods.from_own_node(scene)
    pairs = {(p.node, p.peer_node) for p in cut}
    share = of(len(cut), len(afar))
    own = of(sum(_got(p) for p in home), len(home))
    text = (
        f"{share} probes of pods on other nodes could not connect; {own} probes of pods"
        " from their own nodes connected"
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
        return line(Hop.SERVICE, f"{name} has no endpoints", good=False)
    ready = pods.ready(cluster.endpoints)
    share = of(ready, len(cluster.endpoints))
    return line(Hop.SERVICE, f"{name}: {share} endpoints ready", good=ready > 0)


def _pod(scene: Scene) -> HopSeen:
    proof, probes = logs.pod_answers(scene), _pod_probes(scene)
    if proof:
        text = f"a pod responded with {proof[0].upstream_status} (ingress log)"
        also = f"; directly to the pods: {tally(probes)}" if probes else ""
        return line(Hop.POD, text + also, good=False)
    if not probes:
        return line(Hop.POD, pods.why_not_probed(scene), good=None)
    if pods.written_by_hand(scene):
        text = "the Service has no pods; directly to its endpoints: "
        return line(Hop.POD, text + tally(probes), good=None)
    origin = ", from their own nodes" if _cut(scene) and _are_local(probes) else ""
    text = f"directly to the pods{origin}: {tally(probes)}"
    found = pods.known_endpoints(scene)
    if found and not pods.ready(found):
        share = of(0, len(found))
        return line(Hop.POD, f"{share} ready; {text}", good=False)
    return line(Hop.POD, text, good=all(p.healthy for p in probes))


def _are_local(probes: Sequence[Probe]) -> bool:
    return all(p.node == p.peer_node for p in probes)


def _pod_probes(scene: Scene) -> Sequence[Probe]:
    """Return the probes of pods, without those that a node or the overlay lost."""
    cut = (*_cut(scene), *connection_tables.dropped(scene))
    dead = {n.name for n in dead_nodes.dead.maybe(scene) or ()}
    found = [p for p in scene.inside(Role.POD) if p not in cut]
    return [p for p in found if p.peer_node not in dead] or found
