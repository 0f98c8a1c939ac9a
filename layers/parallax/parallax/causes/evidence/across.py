"""Across: what nodes get from each other at the ingress's NodePort.

In: a snapshot, the port that the balancer sends to. Out: whether they are answered or
shut out there, in words. It does not: conclude. Doors that policy Local shuts by design
count on neither side (`doors`).
"""

from parallax.causes.evidence.balancer import health, with_health
from parallax.causes.evidence.content import NO_CONNECTION, words
from parallax.causes.evidence.doors import answered, at_the_ingress
from parallax.causes.evidence.inside import accepted, inside_missing, pods_from_afar
from parallax.causes.evidence.outside import of
from parallax.causes.evidence.overlay import PAIRS
from parallax.evidence.scene import Scene
from parallax.model.balancer import HealthStatus
from parallax.model.probe import Role


def one_node(scene: Scene) -> bool:
    """Say whether the cluster has no other node that could ask."""
    nodes = scene.cluster.nodes if scene.cluster else None
    return nodes is not None and len(nodes) == 1


def asking_across(scene: Scene) -> Role:
    """Return which probes of the ingress came from another node, if there is one."""
    across = at_the_ingress(scene, Role.INGRESS_OTHER) or not one_node(scene)
    return Role.INGRESS_OTHER if across else Role.INGRESS


def across_text(scene: Scene, to: int) -> str:
    """Return e.g. `inside, 5 of 5 probes from node to node at :31695 were answered`."""
    role = asking_across(scene)
    share = of(len(answered(scene, to, role)), len(at_the_ingress(scene, role)))
    return f"inside, {share} probes from node to node at :{to} were answered"


def across_missing(scene: Scene, to: int) -> str | None:
    """Say that nodes do not all answer each other at the port; None: they do."""
    role = asking_across(scene)
    asked, well = at_the_ingress(scene, role), answered(scene, to, role)
    if asked and len(asked) == len(well):
        return None
    told = of(len(well), len(asked)) if asked else inside_missing(scene)
    return f"that nodes answer each other at :{to} ({told})"


def shut_to_all(scene: Scene, to: int) -> str | None:
    """Say that each node answers itself at the port, and nobody else gets in; None.

    Neither balancer nor other nodes, which get to each other's pods all the same.
    """
    others = at_the_ingress(scene, Role.INGRESS_OTHER)
    afar = pods_from_afar(scene)
    if len(others) < PAIRS or any(map(accepted, others)):
        return None
    if not afar or not all(map(accepted, afar)):
        return None
    own = scene.inside(Role.INGRESS)
    if len(answered(scene, to, Role.INGRESS)) < max(1, len(own)):
        return None
    count = len(health(scene))
    out = with_health(scene, HealthStatus.UNHEALTHY) == count > 0
    if not out or words(scene) - NO_CONNECTION:
        return None
    share = f"{of(len(others), len(others))} probes from other nodes"
    return f"each node answers itself at :{to}, and {share} get no connection there"
