"""Reach: how far a request got, to tell one failure from the next.

In: a probe. Out: the hop that wrote its response, and the hop's rank on the path.
It does not: blame; a request may get far and fail there.
"""

from collections import Counter

from parallax.evidence import users
from parallax.evidence.scene import Scene
from parallax.model.judgement import Hop
from parallax.model.probe import AS_A_USER, Probe
from parallax.model.snapshot import Snapshot
from parallax.writers import attribute_probe

ORDER = (
    Hop.DNS,
    Hop.CDN,
    Hop.LOAD_BALANCER,
    Hop.NODE,
    Hop.INGRESS,
    Hop.OVERLAY,
    Hop.SERVICE,
    Hop.POD,
)
_PHASE_REACHES = {"resolve": Hop.DNS, "connect": Hop.DNS}


def reached(probe: Probe) -> Hop | None:
    """Return how far one request got; None if its response does not show it."""
    if probe.healthy:
        return Hop.POD
    attribution = attribute_probe(probe)
    if attribution is None:
        return _PHASE_REACHES.get(probe.error_phase or "")
    return Hop(attribution.hop) if attribution.hop in set(Hop) else None


def present(snapshot: Snapshot) -> Hop | None:
    """Return the hop that all failing requests reach now; None: not the same one."""
    scene = Scene.of(snapshot)
    failing = users.failing(scene, *AS_A_USER)
    hops = Counter(reached(p) for p in failing)
    return next(iter(hops)) if len(hops) == 1 else None


def rank(hop: str, status_code: int | None) -> tuple[int, bool]:
    """Return a key that sorts by distance: by hop, a timeout before a response."""
    inward = ORDER.index(Hop(hop)) if hop in ORDER else -1
    return inward, is_response(status_code)


def is_response(status_code: int | None) -> bool:
    """Say whether a response came that is not 504, a gateway's report of a timeout."""
    gateway_timeout = 504
    return status_code is not None and status_code != gateway_timeout
