"""A target of the load balancer is not a node of the cluster.

In: a snapshot. Out: an `Advice` with its name, or None.
It does not: report a target that cannot be matched; see `nodes.foreign_targets`.
"""

from shlex import quote

from parallax.advice.adviser import Adviser
from parallax.evidence import balancer, nodes
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.judgement import Advice, Hop, NextStep

ID = "target-no-node"


def advise(scene: Scene) -> Advice | None:
    """Return advice about targets that are not nodes of the cluster."""
    if not decidable(scene):
        return None
    foreign, every = nodes.foreign_targets(scene), nodes.targets(scene)
    if not foreign:
        return None
    names = ", ".join(target.label for target in foreign)
    name, one = balancer.name(scene), foreign[0]
    which = (
        f"--server {quote(one.label)}" if one.server_id else f"--ip {quote(one.label)}"
    )
    look = NextStep(
        text="Compare the targets with the nodes.",
        command=f"hcloud load-balancer describe {quote(name)}"
        " && kubectl get nodes -o wide",
    )
    remove = NextStep(
        text=f"If {one.label} must not serve traffic, remove it.",
        command=f"hcloud load-balancer remove-target {quote(name)} {which}",
    )
    share = of(len(foreign), len(every))
    return Advice(
        id=ID,
        hop=Hop.LOAD_BALANCER,
        title=f"{share} targets of the load balancer are not nodes of the cluster",
        evidence=(f"{name} has the targets {names}, which match no node",),
        next_steps=(look, remove),
    )


def decidable(scene: Scene) -> bool:
    """Return whether the targets and all nodes were freshly read."""
    return (
        nodes.fully_read(scene, "nodes")
        and not nodes.all_nodes.lacks(scene)
        and bool(nodes.targets(scene))
    )


ADVISER = Adviser(id=ID, advise=advise, decidable=decidable)
