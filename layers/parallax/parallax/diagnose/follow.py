"""Follow: what the failing requests of an intermittent failure have in common.

In: a snapshot. Out: an address, an address family, an ingress replica, a node, a pod,
or no single place, with the counts; None if the evidence is insufficient.
It does not: blame. What correlates with a failure need not be its cause.

A correlation counts only if nothing fails elsewhere, and if chance would put all
failures at so few places in at most one of fifty cases. That is the tail of Fisher's
exact test, times the ways to choose those places. It is valid for few probes; for too
few it finds nothing (two failures of eleven never follow one of five places).
"""

from collections.abc import Callable, Iterable, Sequence
from ipaddress import ip_address
from math import comb

from parallax.evidence import replicas, users
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.cluster import Sighting
from parallax.model.judgement import Follow, FollowKind
from parallax.model.probe import AS_A_USER, BY_NAME, LOGGED_BY_INGRESS, Probe
from parallax.model.snapshot import Snapshot

BY_CHANCE = 0.02
ENOUGH = 3
"""Requests at a place that are enough to call it intermittent."""
WORDS = {
    FollowKind.ADDRESS: "at {}",
    FollowKind.FAMILY: "over {}",
    FollowKind.REPLICA: "through {}",
    FollowKind.NODE: "through {}",
    FollowKind.POD: "to {}",
}
"""How a sentence refers to a place of each kind."""
PLURAL = {
    FollowKind.ADDRESS: "addresses",
    FollowKind.FAMILY: "address families",
    FollowKind.REPLICA: "ingress replicas",
    FollowKind.NODE: "nodes",
    FollowKind.POD: "pods",
}

type Placement = Sequence[tuple[str, bool]]
"""The place of each request, and whether it succeeded."""


def follow(snapshot: Snapshot) -> Follow | None:
    """Return what the failures follow: the surest; if equal, the outermost."""
    scene = Scene.of(snapshot)
    requests = users.outside(scene, *AS_A_USER)
    if len({p.healthy for p in requests}) < 2:  # noqa: PLR2004 - some succeed and some fail
        return None
    placements = _placements(scene)
    odds = {kind: _odds(seen) for kind, seen in placements.items()}
    kind = min(odds, key=lambda kind: odds[kind])
    if odds[kind] <= BY_CHANCE:
        return _along_with(kind, placements[kind])
    return _no_place(placements)


def _placements(scene: Scene) -> dict[FollowKind, Placement]:
    """Return the requests by each kind of place, from the internet to the pods."""
    named = users.outside(scene, *BY_NAME)
    return {
        FollowKind.FAMILY: _by(named, _family),
        FollowKind.ADDRESS: _by(named, lambda p: p.peer_address),
        FollowKind.REPLICA: _logged(scene, lambda line: line.pod),
        FollowKind.NODE: _logged(scene, lambda line: line.node),
        FollowKind.POD: _logged(scene, lambda line: line.upstream_address),
    }


def _by(probes: Iterable[Probe], place: Callable[[Probe], str | None]) -> Placement:
    return [(where, p.healthy) for p in probes if (where := place(p)) is not None]


def _family(probe: Probe) -> str | None:
    address = probe.peer_address
    try:
        return f"IPv{ip_address(address).version}" if address else None
    except ValueError:  # an agent may report any text
        return None


def _logged(scene: Scene, place: Callable[[Sighting], str | None]) -> Placement:
    """Return the requests by a place in the ingress log.

    Empty if a failing request has no line, or no such place in it: a request that ends
    before the ingress follows no place behind it.
    """
    probes = users.outside(scene, *LOGGED_BY_INGRESS)
    lines = {line.request_id: line for line in scene.sightings_of(*probes)}
    found = {
        p.request_id: where
        for p in probes
        if p.request_id in lines and (where := place(lines[p.request_id])) is not None
    }
    if any(not p.healthy and p.request_id not in found for p in probes):
        return []
    return [(found[p.request_id], p.healthy) for p in probes if p.request_id in found]


def _odds(seen: Placement) -> float:
    """Return how likely chance puts all failures at these places; 1: all places."""
    places = {where for where, _ in seen}
    bad = {where for where, healthy in seen if not healthy}
    failed = sum(not healthy for _, healthy in seen)
    there = sum(where in bad for where, _ in seen)
    if not failed or len(bad) == len(places):
        return 1
    ways = comb(len(places), len(bad))
    return replicas.chance(failed, there, len(seen)) * ways


def _along_with(kind: FollowKind, seen: Placement) -> Follow:
    who = tuple(sorted({where for where, healthy in seen if not healthy}))
    failed = sum(not healthy for _, healthy in seen)
    total = sum(where in who for where, _ in seen)
    rest = len(seen) - total
    place = WORDS[kind].format(", ".join(who))
    return Follow(
        kind=kind,
        who=who,
        failed=failed,
        total=total,
        rest_failed=0,
        rest_total=rest,
        text=f"{of(failed, total)} requests {place} failed, none of {rest} elsewhere",
    )


def _no_place(placements: dict[FollowKind, Placement]) -> Follow | None:
    """Return that no place is followed: every place of a kind fails intermittently."""
    for kind, seen in placements.items():
        results: dict[str, list[bool]] = {}
        for where, healthy in seen:
            results.setdefault(where, []).append(healthy)
        mixed = [len(set(f)) > 1 and len(f) >= ENOUGH for f in results.values()]
        if len(mixed) > 1 and all(mixed):
            failed = sum(not healthy for _, healthy in seen)
            share = of(failed, len(seen))
            where = f"all {len(mixed)} {PLURAL[kind]} fail intermittently"
            return Follow(
                kind=FollowKind.NOBODY,
                failed=failed,
                total=len(seen),
                text=f"{where} ({share} requests)",
            )
    return None
