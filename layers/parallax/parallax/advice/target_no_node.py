"""A target of the load balancer is not a node of the cluster.

In: a snapshot. Out: an `Advice` with its name, or None.
It does not: report a target that cannot be matched; see `nodes.foreign_targets`. It
does not repeat the cause `lb-targets-not-the-ingress-nodes` while users fail.
"""

from shlex import quote

from parallax.advice.adviser import Adviser
from parallax.causes.keeper import by_controller, log_command
from parallax.causes.undo import add_again
from parallax.evidence import balancer, nodes, users
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.judgement import Advice, Hop, NextStep
from parallax.model.probe import AS_A_USER

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
        undo=add_again(balancer.load_balancer(scene), one),
    )
    remove = by_controller(
        scene,
        remove,
        what=f"The controller removes targets like {one.label} when it reconciles. See"
        " why it did not: its events and its log.",
        command=log_command(),
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
    """Return whether the targets and all nodes were freshly read.

    If users fail and no target is a node, that is the cause, and no advice.
    """
    targets = nodes.targets(scene)
    is_cause = len(nodes.foreign_targets(scene)) == len(targets)
    return (
        nodes.fully_read(scene, "nodes")
        and not nodes.all_nodes.lacks(scene)
        and bool(targets)
        and not (is_cause and users.failing(scene, *AS_A_USER))
    )


ADVISER = Adviser(
    id=ID,
    summary="A load balancer has targets that are not nodes",
    advise=advise,
    decidable=decidable,
)
