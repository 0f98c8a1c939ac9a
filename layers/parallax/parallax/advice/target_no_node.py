"""A target of the balancer is no node of the cluster.

In: a snapshot. Out: an `Advice` that names it, or None.
It does not: count a target that cannot be matched; see `nodes.foreign`.
"""

from shlex import quote

from parallax.advice.adviser import Adviser
from parallax.evidence import balancer, nodes
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.judgement import Advice, Hop, NextStep

ID = "target-no-node"


def advise(scene: Scene) -> Advice | None:
    """Tell of targets that nobody of the cluster stands behind."""
    if not known(scene):
        return None
    strange, every = nodes.foreign_targets(scene), nodes.targets(scene)
    if not strange:
        return None
    names = ", ".join(target.label for target in strange)
    name, one = balancer.name(scene), strange[0]
    which = (
        f"--server {quote(one.label)}" if one.server_id else f"--ip {quote(one.label)}"
    )
    look = NextStep(
        text="Compare the targets with the nodes.",
        command=f"hcloud load-balancer describe {quote(name)}"
        " && kubectl get nodes -o wide",
    )
    remove = NextStep(
        text=f"If {one.label} is not to serve, take it away.",
        command=f"hcloud load-balancer remove-target {quote(name)} {which}",
    )
    share = of(len(strange), len(every))
    return Advice(
        id=ID,
        hop=Hop.LOAD_BALANCER,
        title=f"{share} targets of the balancer are no nodes of the cluster",
        evidence=(f"{name} has {names}, which no node of the cluster is",),
        next_steps=(look, remove),
    )


def known(scene: Scene) -> bool:
    """Say whether both targets and all nodes were freshly read."""
    return (
        nodes.fully_read(scene, "nodes")
        and not nodes.all_nodes.lacks(scene)
        and bool(nodes.targets(scene))
    )


ADVISER = Adviser(id=ID, advise=advise, known=known)
