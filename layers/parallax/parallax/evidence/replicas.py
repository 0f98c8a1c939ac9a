"""Replicas: how each ingress pod responds, and whether a difference is chance.

In: a scene. Out: responses and log lines by ingress pod, and a probability.
It does not: conclude.
"""

from math import comb

from parallax.evidence import logs, server_names
from parallax.evidence.scene import Scene
from parallax.model.cluster import Sighting
from parallax.model.probe import Probe, Role

BY_CHANCE = 0.02
"""Maximum probability of a chance split by replica: one in fifty."""
DEFAULT_BACKEND = "upstream-default-backend"
"""The upstream name that ingress-nginx logs for a request without a rule."""
DEFAULT_SERVER = "127.0.0.1:8181"
"""Its own default backend, which responds 404: the controller listens there unless it
has `--default-backend-service` or another `--default-server-port` (ingress-nginx,
command-line arguments)."""


def replies(scene: Scene) -> tuple[Probe, ...]:
    """Return the internal probes of single ingress pods that got an HTTP response."""
    return tuple(
        p
        for p in scene.inside(Role.INGRESS_POD)
        if p.pod is not None and p.status_code is not None
    )


def matched_no_rule(line: Sighting) -> bool:
    """Return whether the ingress used no app: no upstream, or the default backend."""
    return line.upstream_address is None or line.upstream_name == DEFAULT_BACKEND


def used_removed_endpoint(scene: Scene, line: Sighting) -> bool:
    """Return whether the ingress used an address that is no longer an endpoint.

    A server's name shows no address, so it proves nothing.
    """
    found = scene.cluster.endpoints if scene.cluster else None
    if not found or server_names.is_name(line) or matched_no_rule(line):
        return False
    places = {logs.place(e) for e in found} | {e.address for e in found}
    return line.upstream_address not in places


def chance(failed: int, there: int, everywhere: int) -> float:
    """Return the probability that all failures fall among `there` of `everywhere`.

    The hypergeometric tail of Fisher's exact test; it is exact for few probes too.
    """
    return comb(there, failed) / comb(everywhere, failed)


def split_is_significant(
    bad: int, good: int, wrong: set[str | None], right: set[str | None]
) -> bool:
    """Return whether a split of failures by replica is too unlikely for chance.

    Multiplied by the ways to choose those replicas, since they were chosen afterward.
    """
    ways = comb(len(wrong | right), len(wrong))
    return chance(bad, bad, bad + good) * ways <= BY_CHANCE
