"""At the balancer: the step that reads the load balancer.

In: a scene, what the reader should compare. Out: a next step with a command that works:
a load balancer that does not exist is looked for, and one that no target names is not
described. It does not: read the load balancer.
"""

from shlex import quote

from parallax.evidence import balancer
from parallax.evidence.scene import Scene
from parallax.model.balancer import HealthStatus, Problem
from parallax.model.judgement import NextStep

LIST = NextStep(
    text="List the project's load balancers. If one serves the target, set it as"
    " reached.load_balancer in the targets file.",
    command="hcloud load-balancer list",
)


def at_the_balancer(scene: Scene, text: str) -> NextStep:
    """Return the step that reads the load balancer; without one, a request."""
    read = None if balancer.none_in_the_path(scene) else scene.balancer
    if read and read.problem is Problem.NOT_FOUND:
        return LIST
    if scene.target.reached.balancer_name or read:
        name = quote(balancer.name(scene))
        return NextStep(text=text, command=f"hcloud load-balancer describe {name}")
    url = quote(scene.target.url)
    return NextStep(
        text="Request the URL from another network, and check which server responds.",
        command=f"curl -sv --http1.1 -o /dev/null {url}",
    )


def with_open_connections(scene: Scene, step: NextStep) -> NextStep:
    """Return the step with a look at the open connections, if all targets are healthy.

    The type of a load balancer limits them. What clients meet at the limit is not
    documented, so no cause is named for it.
    """
    targets = balancer.health(scene)
    well = balancer.count_with_health(scene, HealthStatus.HEALTHY)
    if not targets or well < len(targets):
        return step
    name = quote(balancer.name(scene))
    return NextStep(
        text=f"{step.text} Compare the open connections with the limit of the load"
        " balancer's type: at the limit, new connections wait or fail.",
        command=f"{step.command}; hcloud load-balancer metrics --type open_connections"
        f" {name}",
    )


def unread(scene: Scene) -> tuple[NextStep, ...]:
    """Return how to inspect a load balancer that no reading shows."""
    if balancer.none_in_the_path(scene):
        return ()
    name, read = scene.target.reached.load_balancer, scene.balancer
    if read and read.problem is Problem.NOT_FOUND:
        return (LIST,)
    if not name or not balancer.service.lacks(scene):
        return ()
    text = "Check the health of the load balancer's targets."
    return (at_the_balancer(scene, text),)
