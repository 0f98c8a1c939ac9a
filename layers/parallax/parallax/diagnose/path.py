"""Path: hop by hop, what was seen there.

In: a snapshot. Out: one line a hop, from the internet inward, with figures.
It does not: blame; a hop that was not seen is `unknown`, never `ok`.
"""

from collections.abc import Sequence
from dataclasses import replace

from parallax.causes import evidence
from parallax.diagnose.symptom import tally
from parallax.model.balancer import HealthStatus
from parallax.model.finding import Hop, HopSeen, HopState
from parallax.model.probe import Probe, Role
from parallax.model.snapshot import Snapshot


def trace(snapshot: Snapshot) -> tuple[HopSeen, ...]:
    """Return what was seen at each hop of the target's path."""
    hops = [_dns(snapshot)]
    if snapshot.target.reached.cdn:
        hops.append(_cdn(snapshot))
    if snapshot.target.reached.load_balancer:
        hops.append(_load_balancer(snapshot))
    if snapshot.target.reached.cluster:
        hops += [_node(snapshot), _ingress(snapshot)]
        hops += [_service(snapshot), _pod(snapshot)]
    return tuple(hops)


def blame(path: tuple[HopSeen, ...], hop: Hop) -> tuple[HopSeen, ...]:
    """Return the path with the hop of an established cause no longer unknown."""
    return tuple(
        replace(seen, state=HopState.FAULTY)
        if seen.hop is hop and seen.state is HopState.UNKNOWN
        else seen
        for seen in path
    )


def _seen(hop: Hop, seen: str, *, good: bool | None) -> HopSeen:
    states = {True: HopState.OK, False: HopState.FAULTY, None: HopState.UNKNOWN}
    return HopSeen(hop=hop, state=states[good], seen=seen)


def _dns(snapshot: Snapshot) -> HopSeen:
    users = evidence.outside(snapshot, *evidence.AS_A_USER)
    if not users:
        return _seen(Hop.DNS, "no fresh probe from outside", good=None)
    lost = [p for p in users if p.error_phase == "resolve"]
    if lost:
        return _seen(Hop.DNS, f"{tally(users)} for {snapshot.target.host}", good=False)
    addresses = sorted({p.peer_address for p in users if p.peer_address})
    if not addresses:
        return _seen(Hop.DNS, "no address was reached", good=None)
    return _seen(
        Hop.DNS, f"{snapshot.target.host} is {', '.join(addresses)}", good=True
    )


def _cdn(snapshot: Snapshot) -> HopSeen:
    users = evidence.outside(snapshot, *evidence.AS_A_USER)
    past = evidence.outside(snapshot, Role.DIRECT)
    kept = [
        p for p in users if not p.healthy and evidence.written_by(p).how == "replayed"
    ]
    if kept:
        text = f"replays {tally(kept)}"
        well = any(p.healthy for p in past)
        after = f"; past it {tally(past)}" if past else ""
        return _seen(Hop.CDN, text + after, good=False if well else None)
    if users and all(p.healthy for p in users):
        return _seen(Hop.CDN, f"lets through {tally(users)}", good=True)
    if not past:
        return _seen(Hop.CDN, "not told apart: no probe past it", good=None)
    same = all(not p.healthy for p in past)
    text = f"past it {tally(past)}: {'the same trouble' if same else 'better'}"
    return _seen(Hop.CDN, text, good=True if same else None)


def _load_balancer(snapshot: Snapshot) -> HopSeen:
    name = evidence.balancer_name(snapshot)
    missing = evidence.balancer_missing(snapshot)
    if missing:
        return _seen(Hop.LOAD_BALANCER, missing, good=None)
    count = len(evidence.health(snapshot))
    healthy = evidence.with_health(snapshot, HealthStatus.HEALTHY)
    checking = evidence.with_health(snapshot, HealthStatus.UNKNOWN)
    good: bool | None = count == healthy and count > 0
    if not good and checking and checking + healthy == count:
        good = None
    author = _author_at_balancer(snapshot) if good else None
    also = f"; yet it answered {author} itself" if author else ""
    state = None if author else good
    return _seen(
        Hop.LOAD_BALANCER, f"{name}: {evidence.health_text(snapshot)}{also}", good=state
    )


def _author_at_balancer(snapshot: Snapshot) -> int | None:
    """Return the status of a failing answer that the balancer wrote itself."""
    for probe in evidence.failing(snapshot, *evidence.FOR_THE_TARGET):
        if evidence.wrote(snapshot, probe):
            return probe.status_code
    return None


def _inside(
    hop: Hop, snapshot: Snapshot, probes: Sequence[Probe], what: str
) -> HopSeen:
    if not probes:
        return _seen(hop, evidence.inside_missing(snapshot), good=None)
    well = all(p.healthy for p in probes)
    return _seen(hop, f"{what}: {tally(probes)}", good=well)


def _node(snapshot: Snapshot) -> HopSeen:
    probes = snapshot.inside(Role.INGRESS_OTHER)
    if not probes:
        why = evidence.inside_missing(snapshot)
        own = snapshot.inside(Role.INGRESS)
        return _seen(
            Hop.NODE, "only asked from its own node" if own else why, good=None
        )
    got = [p for p in probes if p.status_code is not None]
    answered = evidence.of(len(got), len(probes))
    text = f"from node to node, {answered} NodePort probes answered"
    return _seen(Hop.NODE, text, good=len(got) == len(probes))


def _ingress(snapshot: Snapshot) -> HopSeen:
    probes = evidence.as_the_ingress_wants(snapshot)
    if not probes:
        return _seen(Hop.INGRESS, evidence.inside_missing(snapshot), good=None)
    seen = evidence.sightings(snapshot, *evidence.FOR_THE_TARGET)
    live = evidence.live_logs(snapshot)
    arrived = f"{len(seen)} of our outside requests in its log"
    text = f"asked inside: {tally(probes)}" + (f"; {arrived}" if live or seen else "")
    got = [p for p in probes if p.status_code is not None]
    own = {
        p.status_code
        for p in got
        if not p.healthy and evidence.written_by(p).hop == "ingress"
    }
    good = len(got) == len(probes) and own <= _faults_behind(snapshot)
    return _seen(Hop.INGRESS, text, good=good)


def _faults_behind(snapshot: Snapshot) -> set[int | None]:
    """Return the statuses of the ingress's own pages that tell of what is behind it."""
    behind: set[int | None] = set()
    if _service(snapshot).state is HopState.FAULTY:
        behind.add(503)
    if _pod(snapshot).state is HopState.FAULTY:
        behind |= {502, 504}
    return behind


def _service(snapshot: Snapshot) -> HopSeen:
    cluster, name = snapshot.cluster, evidence.service_name(snapshot)
    if cluster is None:
        return _seen(Hop.SERVICE, evidence.inside_missing(snapshot), good=None)
    if cluster.endpoints is None:
        why = "; ".join(cluster.problems) or "not read"
        return _seen(Hop.SERVICE, f"{name}: EndpointSlices unknown ({why})", good=None)
    ready = evidence.ready(cluster.endpoints)
    share = evidence.of(ready, len(cluster.endpoints))
    return _seen(Hop.SERVICE, f"{name}: {share} endpoints ready", good=ready > 0)


def _pod(snapshot: Snapshot) -> HopSeen:
    proof = evidence.pod_answers(snapshot)
    probes = snapshot.inside(Role.POD)
    if proof:
        text = f"the ingress log shows {proof[0].upstream_status} by a pod"
        asked = f"; asked inside: {tally(probes)}" if probes else ""
        return _seen(Hop.POD, text + asked, good=False)
    if not probes:
        return _seen(Hop.POD, evidence.pods_unasked(snapshot), good=None)
    found = evidence.endpoints(snapshot)
    if found and not evidence.ready(found):
        share = evidence.of(0, len(found))
        text = f"{share} ready; asked inside: {tally(probes)}"
        return _seen(Hop.POD, text, good=False)
    return _inside(Hop.POD, snapshot, probes, "asked inside")
