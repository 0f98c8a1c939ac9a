"""Path: hop by hop, what was seen there.

In: a snapshot; and whom a judgement blames. Out: one line a hop, from the internet
inward, with figures.
It does not: judge; a hop that was not seen is `unknown`, never `ok`.
"""

from parallax.diagnose.path_inside import hops_inside, line
from parallax.diagnose.reach import ORDER
from parallax.diagnose.symptom import tally
from parallax.evidence import answers, balancer, names, users
from parallax.evidence.scene import Scene
from parallax.model.balancer import HealthStatus
from parallax.model.judgement import Hop, HopSeen, HopState
from parallax.model.probe import Role
from parallax.model.snapshot import Snapshot


def trace(snapshot: Snapshot) -> tuple[HopSeen, ...]:
    """Return what was seen at each hop of the target's path."""
    scene = Scene.of(snapshot)
    hops = [_dns(scene)]
    if scene.target.reached.cdn:
        hops.append(_cdn(scene))
    if scene.target.reached.load_balancer or scene.balancer:
        hops.append(_load_balancer(scene))
    if scene.target.reached.cluster:
        hops += hops_inside(scene)
    return tuple(hops)


def blame(path: tuple[HopSeen, ...], hop: Hop, shown: str) -> tuple[HopSeen, ...]:
    """Return the path with the hop of an established cause faulty.

    A line that says itself what is wrong there stays; any other one gives way to
    what shows the cause. All other hops stay as they were seen.
    """
    own = next((h for h in path if h.hop is hop), None)
    if own is not None and own.state is HopState.FAULTY:
        return path
    blamed = HopSeen(hop=hop, state=HopState.FAULTY, seen=shown)
    if own is not None:
        return tuple(blamed if h is own else h for h in path)
    return tuple(sorted((*path, blamed), key=lambda h: ORDER.index(h.hop)))


def _dns(scene: Scene) -> HopSeen:
    requests = users.outside(scene, *users.AS_A_USER)
    if not requests:
        return line(Hop.DNS, "no fresh probe from outside", good=None)
    lost = [p for p in requests if p.error_phase == "resolve"]
    if lost:
        return line(Hop.DNS, f"{tally(requests)} for {scene.target.host}", good=False)
    addresses = sorted({p.peer_address for p in requests if p.peer_address})
    if not addresses:
        return line(Hop.DNS, "no address was reached", good=None)
    text = f"{scene.target.host} is {', '.join(addresses)}"
    own = ", ".join(sorted(balancer.addresses(scene)))
    if own and names.sent_elsewhere(scene) and not scene.target.reached.cdn:
        name = balancer.name(scene)
        return line(Hop.DNS, f"{text}; {name} is {own}", good=None)
    return line(Hop.DNS, text, good=True)


def _cdn(scene: Scene) -> HopSeen:
    requests = users.outside(scene, *users.AS_A_USER)
    past = users.outside(scene, Role.DIRECT)
    kept = [
        p for p in requests if not p.healthy and users.written_by(p).how == "replayed"
    ]
    if kept:
        text = f"replays {tally(kept)}"
        well = any(p.healthy for p in past)
        after = f"; past it {tally(past)}" if past else ""
        return line(Hop.CDN, text + after, good=False if well else None)
    if requests and all(p.healthy for p in requests):
        return line(Hop.CDN, f"lets through {tally(requests)}", good=True)
    if not past:
        return line(Hop.CDN, "not told apart: no probe past it", good=None)
    same = all(not p.healthy for p in past)
    text = f"past it {tally(past)}: {'the same trouble' if same else 'better'}"
    return line(Hop.CDN, text, good=True if same else None)


def _load_balancer(scene: Scene) -> HopSeen:
    name = balancer.name(scene)
    lacking = balancer.service.lacks(scene)
    why = balancer.lookup_note(scene)
    if lacking:
        return line(Hop.LOAD_BALANCER, f"missing: {lacking[0]}{why}", good=None)
    count = len(balancer.health(scene))
    healthy = balancer.count_with_health(scene, HealthStatus.HEALTHY)
    checking = balancer.count_with_health(scene, HealthStatus.UNKNOWN)
    good: bool | None = count == healthy and count > 0
    if not good and checking and checking + healthy == count:
        good = None
    author = _author_at_balancer(scene) if good else None
    also = f"; yet it answered {author} itself" if author else ""
    state = None if author else good
    text = f"{name}{why}: {balancer.health_text(scene)}{also}"
    return line(Hop.LOAD_BALANCER, text, good=state)


def _author_at_balancer(scene: Scene) -> int | None:
    """Return the status of a failing answer that the balancer wrote itself."""
    for probe in users.failing(scene, *users.FOR_THE_TARGET):
        if answers.wrote_response(scene, probe):
            return probe.status_code
    return None
