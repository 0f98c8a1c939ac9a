"""Logs: whether the ingress logs were read whole, so that a missing line tells.

In: a snapshot. Out: yes or no. It does not: read a line; `sightings` does.
A log says nothing where a node has no agent, or where the controller writes no request
id of ours: then a request that certainly passed is not in it either.
"""

from parallax.causes.evidence.nodes import homes
from parallax.causes.evidence.outside import (
    AS_A_USER,
    AT_THE_BALANCER,
    outside,
)
from parallax.causes.evidence.sightings import logs_caught_up
from parallax.evidence.reading import reading
from parallax.evidence.scene import Scene


@reading
def logs_were_read(scene: Scene) -> bool:
    """Say whether every ingress log was read since the last failing user request.

    A node that runs no ingress pod has no such log.
    """
    read, wanted = logs_caught_up(scene, *AS_A_USER), _logging(scene)
    caught_up = False not in read.values() and all(read.get(n) for n in wanted)
    return bool(wanted) and caught_up and not _misses_a_good_one(scene)


def _logging(scene: Scene) -> frozenset[str]:
    """Return the nodes with an ingress pod; not known: every node that is known."""
    at = homes(scene)
    if at is not None:
        return at
    nodes = scene.cluster.nodes if scene.cluster else None
    speaking = {report.node for report in scene.live_reports}
    return frozenset(speaking.union(n.name for n in nodes or ()))


def _misses_a_good_one(scene: Scene) -> bool:
    """Say whether no well answered request, which the ingress passed on, has a line.

    A good answer of the balancer's own address did not come from a cache before it.
    Asked where some users are served: if none is, all are missing for one reason.
    """
    users = outside(scene, *AS_A_USER)
    if not any(p.healthy for p in users):
        return False
    past = outside(scene, *AT_THE_BALANCER)
    asked = past if scene.target.reached.cdn else (*past, *users)
    well = [p for p in asked if p.healthy]
    return bool(well) and not scene.sightings_of(*well)
