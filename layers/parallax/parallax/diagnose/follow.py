"""Follow: whom the failing share of an intermittent failure goes along with.

In: a snapshot. Out: an address, an address family, a replica of the ingress, a node,
a pod, or nobody, with the counts; None where the evidence is too thin for either.
It does not: blame. What goes along with a failure need not be its cause.

A split counts only if nothing fails elsewhere, and if chance would deal all failures
to so many places in one case of fifty at most: the tail of Fisher's exact test,
times the ways to choose those places. So it holds with few probes too, and with too
few of them it says nothing (two failures of eleven never follow anybody of five).
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
"""Requests at a place from which "now so and now so" can be told there."""
WORDS = {
    FollowKind.ADDRESS: "at {}",
    FollowKind.FAMILY: "over {}",
    FollowKind.REPLICA: "through {}",
    FollowKind.NODE: "through {}",
    FollowKind.POD: "that asked {}",
}
"""How a sentence names a place of each kind."""
PLURAL = {
    FollowKind.ADDRESS: "addresses",
    FollowKind.FAMILY: "address families",
    FollowKind.REPLICA: "replicas of the ingress",
    FollowKind.NODE: "nodes",
    FollowKind.POD: "pods",
}

type Placed = Sequence[tuple[str, bool]]
"""Of each request where it went, and whether it fared well."""


def follow(snapshot: Snapshot) -> Follow | None:
    """Return whom the failing share follows, the surest; on a tie the outermost."""
    scene = Scene.of(snapshot)
    requests = users.outside(scene, *AS_A_USER)
    if len({p.healthy for p in requests}) < 2:  # noqa: PLR2004 - both kinds of answer
        return None
    placed = _placed(scene)
    odds = {kind: _odds(seen) for kind, seen in placed.items()}
    kind = min(odds, key=lambda kind: odds[kind])
    if odds[kind] <= BY_CHANCE:
        return _along_with(kind, placed[kind])
    return _nobody(placed)


def _placed(scene: Scene) -> dict[FollowKind, Placed]:
    """Return the requests by each kind of place, from the internet inward."""
    named = users.outside(scene, *BY_NAME)
    return {
        FollowKind.FAMILY: _by(named, _family),
        FollowKind.ADDRESS: _by(named, lambda p: p.peer_address),
        FollowKind.REPLICA: _logged(scene, lambda line: line.pod),
        FollowKind.NODE: _logged(scene, lambda line: line.node),
        FollowKind.POD: _logged(scene, lambda line: line.upstream_address),
    }


def _by(probes: Iterable[Probe], place: Callable[[Probe], str | None]) -> Placed:
    return [(where, p.healthy) for p in probes if (where := place(p)) is not None]


def _family(probe: Probe) -> str | None:
    address = probe.peer_address
    return f"IPv{ip_address(address).version}" if address else None


def _logged(scene: Scene, place: Callable[[Sighting], str | None]) -> Placed:
    """Return the requests by what the ingress log says of them.

    Nothing where a failing one is not in it, or not at such a place: what ends
    before the ingress follows nobody behind it.
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


def _odds(seen: Placed) -> float:
    """Return how likely chance deals all failures to these places; 1: no split."""
    places = {where for where, _ in seen}
    bad = {where for where, healthy in seen if not healthy}
    failed = sum(not healthy for _, healthy in seen)
    there = sum(where in bad for where, _ in seen)
    if not failed or len(bad) == len(places):
        return 1
    ways = comb(len(places), len(bad))
    return replicas.chance(failed, there, len(seen)) * ways


def _along_with(kind: FollowKind, seen: Placed) -> Follow:
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


def _nobody(placed: dict[FollowKind, Placed]) -> Follow | None:
    """Return that it follows nobody: every place of a kind fares now so and now so."""
    for kind, seen in placed.items():
        fared: dict[str, list[bool]] = {}
        for where, healthy in seen:
            fared.setdefault(where, []).append(healthy)
        mixed = [len(set(f)) > 1 and len(f) >= ENOUGH for f in fared.values()]
        if len(mixed) > 1 and all(mixed):
            failed = sum(not healthy for _, healthy in seen)
            share = of(failed, len(seen))
            where = f"all {len(mixed)} {PLURAL[kind]} fail now and then"
            return Follow(
                kind=FollowKind.NOBODY,
                failed=failed,
                total=len(seen),
                text=f"{where} ({share} requests)",
            )
    return None
