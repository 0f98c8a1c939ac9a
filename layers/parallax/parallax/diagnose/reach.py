"""Reach: how far a request got, so that one failure can be told from the next.

In: a probe. Out: the hop that wrote its answer, and its rank inward.
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
    """Return how far one request got; None where the answer does not tell."""
    if probe.healthy:
        return Hop.POD
    attribution = attribute_probe(probe)
    if attribution is None:
        return _PHASE_REACHES.get(probe.error_phase or "")
    return Hop(attribution.hop) if attribution.hop in set(Hop) else None


def present(snapshot: Snapshot) -> Hop | None:
    """Return the hop that failing requests reach now; None: not one and the same."""
    scene = Scene.of(snapshot)
    failing = users.failing(scene, *AS_A_USER)
    hops = Counter(reached(p) for p in failing)
    return next(iter(hops)) if len(hops) == 1 else None


def rank(hop: str, status_code: int | None) -> tuple[int, bool]:
    """Return what sorts by how far: the hop, then an answer before a time-out."""
    inward = ORDER.index(Hop(hop)) if hop in ORDER else -1
    return inward, is_answer(status_code)


def is_answer(status_code: int | None) -> bool:
    """Say whether somebody said more than that nobody answered in time."""
    gateway_timeout = 504
    return status_code is not None and status_code != gateway_timeout
