"""Path: what was observed at each hop.

In: a snapshot; and the hop that a judgement blames. Out: one line for each hop, from
the internet to the pods, with figures.
It does not: judge; a hop that was not observed is `unknown`, never `ok`.
"""

from dataclasses import replace

from parallax.diagnose.path_inside import hops_inside, line
from parallax.diagnose.reach import ORDER
from parallax.diagnose.symptom import tally
from parallax.evidence import answers, balancer, certificates, names, tls, users
from parallax.evidence import unresolved as names_without_address
from parallax.evidence.scene import Scene
from parallax.model.balancer import HealthStatus
from parallax.model.judgement import Hop, HopSeen, HopState
from parallax.model.probe import AS_A_USER, FOR_THE_TARGET, Role
from parallax.model.snapshot import Snapshot

PASSES_ON = (Hop.LOAD_BALANCER, Hop.NODE, Hop.INGRESS, Hop.SERVICE)
"""Hops that fail if a hop behind them does."""


def trace(snapshot: Snapshot) -> tuple[HopSeen, ...]:
    """Return what was observed at each hop of the target's path."""
    scene = Scene.of(snapshot)
    hops = [_dns(scene)]
    if scene.target.reached.cdn:
        hops.append(_cdn(scene))
    has_one = scene.target.reached.load_balancer or scene.balancer
    if has_one and not balancer.none_in_the_path(scene):
        hops.append(_load_balancer(scene))
    if scene.target.reached.cluster:
        hops += (_behind_tls(scene, hop) for hop in hops_inside(scene))
    return tuple(hops)


def _behind_tls(scene: Scene, seen: HopSeen) -> HopSeen:
    """Return an ingress as unknown if TLS with it fails: internal probes use HTTP."""
    service = balancer.service.maybe(scene)
    passes_on = service is not None and service.protocol == "tcp"
    if seen.hop is not Hop.INGRESS or seen.state is not HopState.OK or not passes_on:
        return seen
    failed = [p for p in tls.failing(scene) if balancer.was_sent_to_balancer(scene, p)]
    if not failed or scene.target.reached.cdn:
        return seen
    why = tls.refusal(scene)
    text = f"{tls.share_text(scene)}{f' ({why})' if why else ''}; {seen.seen}"
    return replace(seen, state=HopState.UNKNOWN, seen=text)


def blame(
    path: tuple[HopSeen, ...], hop: Hop, shown: str, *, responded: bool = False
) -> tuple[HopSeen, ...]:
    """Return the path with the hop of an established cause marked faulty.

    If its line already reports a fault, it stays. Otherwise the evidence of the cause
    replaces it. Faulty hops before it that pass its failure on become affected, and so
    does a load balancer that `responded` itself. All other hops stay unchanged.
    """
    path = tuple(
        _affected(h) if _passes_on(h, hop, responded=responded) else h for h in path
    )
    own = next((h for h in path if h.hop is hop), None)
    if own is not None and own.state is HopState.FAULTY:
        return path
    blamed = HopSeen(hop=hop, state=HopState.FAULTY, seen=shown)
    if own is not None:
        return tuple(blamed if h is own else h for h in path)
    return tuple(sorted((*path, blamed), key=lambda h: ORDER.index(h.hop)))


def _passes_on(seen: HopSeen, hop: Hop, *, responded: bool) -> bool:
    """Return whether a faulty hop is before the blamed one and passes its failure on.

    A wrong DNS answer or a stored response has no cause behind it.
    """
    is_before = ORDER.index(seen.hop) < ORDER.index(hop)
    fails = seen.state is HopState.FAULTY or (
        responded and seen.hop is Hop.LOAD_BALANCER and seen.state is HopState.UNKNOWN
    )
    return fails and is_before and seen.hop in PASSES_ON


def _affected(seen: HopSeen) -> HopSeen:
    return replace(seen, state=HopState.AFFECTED)


def balancer_responded(snapshot: Snapshot) -> bool:
    """Return whether the load balancer itself wrote a failing response."""
    return _author_at_balancer(Scene.of(snapshot)) is not None


def _dns(scene: Scene) -> HopSeen:
    requests = users.outside(scene, *AS_A_USER)
    if not requests:
        return line(Hop.DNS, "no recent external probe", good=None)
    unresolved = [p for p in requests if p.error_phase == "resolve"]
    if unresolved:
        seen = names_without_address.in_path(scene)
        text = f"{tally(requests)} for {scene.target.host}"
        return line(Hop.DNS, f"{text}; {seen}" if seen else text, good=False)
    addresses = sorted({p.peer_address for p in requests if p.peer_address})
    if not addresses:
        return line(Hop.DNS, "no connection to any address", good=None)
    text = f"{scene.target.host} resolves to {', '.join(addresses)}"
    own = ", ".join(sorted(balancer.addresses(scene)))
    if scene.target.reached.cdn and users.failing(scene, *AS_A_USER):
        unlisted = "Parallax has no list of the CDN's addresses to compare with"
        return line(Hop.DNS, f"{text}; {unlisted}", good=None)
    if own and names.sent_elsewhere(scene):
        name = balancer.name(scene)
        return line(Hop.DNS, f"{text}; {name} has {own}", good=None)
    return line(Hop.DNS, text, good=True)


def _cdn(scene: Scene) -> HopSeen:
    requests = users.outside(scene, *AS_A_USER)
    direct = users.outside(scene, Role.DIRECT)
    replayed = [
        p for p in requests if not p.healthy and users.written_by(p).how == "replayed"
    ]
    if replayed:
        text = f"replays a stored response, {tally(replayed)}"
        works = any(p.healthy for p in direct)
        bypassed = f"; without the CDN: {tally(direct)}" if direct else ""
        return line(Hop.CDN, text + bypassed, good=False if works else None)
    if requests and all(p.healthy for p in requests):
        return line(Hop.CDN, f"passes on {tally(requests)}", good=True)
    if not direct:
        return line(Hop.CDN, "no probe without the CDN", good=None)
    same = all(not p.healthy for p in direct)
    works = "" if same else ", so a request without it works"
    text = f"without the CDN: {tally(direct)}{works}"
    return line(Hop.CDN, text, good=True if same else None)


def _load_balancer(scene: Scene) -> HopSeen:
    name = balancer.name(scene)
    lacking = balancer.service.lacks(scene)
    why = balancer.lookup_note(scene)
    if lacking:
        return line(Hop.LOAD_BALANCER, f"not available: {lacking[0]}{why}", good=None)
    count = len(balancer.health(scene))
    healthy = balancer.count_with_health(scene, HealthStatus.HEALTHY)
    checking = balancer.count_with_health(scene, HealthStatus.UNKNOWN)
    good: bool | None = count == healthy and count > 0
    if not good and checking and checking + healthy == count:
        good = None
    if handshakes := _handshakes(scene):
        text = f"{name}{why}: {handshakes}; {balancer.health_text(scene)}"
        return line(Hop.LOAD_BALANCER, text, good=False)
    author = _author_at_balancer(scene) if healthy else None
    also = f"; it responded {author} itself" if author else ""
    state = None if author and good else good
    text = f"{name}{why}: {balancer.health_text(scene)}{also}"
    return line(Hop.LOAD_BALANCER, text, good=state)


def _handshakes(scene: Scene) -> str | None:
    """Return that TLS fails with a balancer that ends it itself; None: not shown."""
    service = balancer.service.maybe(scene)
    if service is None or service.protocol != "https":
        return None
    failed = tls.failing(scene)
    own = [p for p in failed if balancer.was_sent_to_balancer(scene, p)]
    if not own or scene.target.reached.cdn:
        return None
    why = tls.refusal(scene) or certificates.refused_by_api(scene)
    return f"{tls.share_text(scene)}{f': {why}' if why else ''}"


def _author_at_balancer(scene: Scene) -> int | None:
    """Return the status of a failing response that the load balancer wrote itself."""
    for probe in users.failing(scene, *FOR_THE_TARGET):
        if answers.wrote_response(scene, probe) and not balancer.reached_other_machine(
            scene, probe
        ):
            return probe.status_code
    return None
