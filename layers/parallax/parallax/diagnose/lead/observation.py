"""Observation: one fact about the failing requests, and where it puts the fault.

In: a scene. Out: the fact, what it excludes, the hops that remain, the step that
decides between their causes. It does not: name a cause.
"""

from collections import Counter
from dataclasses import dataclass

from parallax.evidence import users
from parallax.evidence.scene import Scene
from parallax.model.judgement import Hop, NextStep
from parallax.model.probe import AS_A_USER, Probe

EVERYWHERE = frozenset(Hop) - {Hop.MONITOR}
"""All hops of a request."""
IN_THE_CLUSTER = frozenset({Hop.INGRESS, Hop.OVERLAY, Hop.SERVICE, Hop.POD})
BEFORE_THE_INGRESS = frozenset({Hop.DNS, Hop.CDN, Hop.LOAD_BALANCER, Hop.NODE})

UNREACHED = frozenset({"lb-address-blocked", "lb-no-service-for-port"})
"""Causes of a load balancer that accepts no connection."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """A fact in one sentence without a full stop, and what follows from it.

    `excludes` is one sentence on what cannot be the fault; empty: nothing is excluded.
    `hops` are the hops at which the fault can be; `excluded` are ids of causes there
    that the fact rules out. `decides`: the step decides whatever else fails.
    """

    text: str
    excludes: str = ""
    hops: frozenset[Hop] = EVERYWHERE
    excluded: frozenset[str] = frozenset()
    decides: bool = False
    step: NextStep


def accepted(scene: Scene) -> frozenset[str]:
    """Return the causes that an accepted connection rules out.

    Behind a CDN the users' connections end there, so they rule out none.
    """
    return frozenset() if scene.target.reached.cdn else UNREACHED


def alike(scene: Scene) -> tuple[Probe, ...]:
    """Return the failing user requests that end in the most frequent way."""
    failing = users.failing(scene, *AS_A_USER)
    if not failing:
        return ()
    way, _ = Counter(map(_way, failing)).most_common(1)[0]
    return tuple(p for p in failing if _way(p) == way)


def _way(probe: Probe) -> tuple[object, ...]:
    return probe.error_type, probe.error_phase, probe.status_code


def share(scene: Scene, probes: tuple[Probe, ...]) -> str:
    """Return how many of the user requests these are, e.g. `11 of 11 requests`."""
    total = len(users.outside(scene, *AS_A_USER))
    return f"{len(probes)} of {total} external requests"
