"""Replicas: what the ingress's pods answer one by one, and whether that is chance.

In: a scene. Out: answers and log lines by ingress pod, and a probability.
It does not: conclude.
"""

from math import comb

from parallax.evidence import logs
from parallax.evidence.scene import Scene
from parallax.model.cluster import Sighting
from parallax.model.probe import Probe, Role

BY_CHANCE = 0.02
"""How likely a split by replica may be without any reason: one case of fifty."""
DEFAULT_BACKEND = "upstream-default-backend"
"""How ingress-nginx logs a request for which it has no rule."""


def replies(scene: Scene) -> tuple[Probe, ...]:
    """Return the inside probes of single ingress pods that got an HTTP answer."""
    return tuple(
        p
        for p in scene.inside(Role.INGRESS_POD)
        if p.pod is not None and p.status_code is not None
    )


def matched_no_rule(line: Sighting) -> bool:
    """Say whether the ingress asked no app: nobody, or its default backend."""
    return line.upstream_address is None or line.upstream_name == DEFAULT_BACKEND


def used_removed_endpoint(scene: Scene, line: Sighting) -> bool:
    """Say whether the ingress asked an address that is no endpoint any more."""
    found = scene.cluster.endpoints if scene.cluster else None
    if not found or line.upstream_address is None or matched_no_rule(line):
        return False
    places = {logs.place(e) for e in found} | {e.address for e in found}
    return line.upstream_address not in places


def chance(failed: int, there: int, everywhere: int) -> float:
    """Return how likely all failures fall among `there` of `everywhere` by chance.

    The hypergeometric tail of Fisher's exact test: right with few probes as well.
    """
    return comb(there, failed) / comb(everywhere, failed)


def split_is_significant(
    bad: int, good: int, wrong: set[str | None], right: set[str | None]
) -> bool:
    """Say whether all bad answers came from `wrong` and all good ones not by chance.

    Times the ways to choose those replicas, since they were chosen afterward.
    """
    ways = comb(len(wrong | right), len(wrong))
    return chance(bad, bad, bad + good) * ways <= BY_CHANCE
