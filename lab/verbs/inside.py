"""Inside: the verbs of pods, ingress and the Kubernetes API.

In: a verb's arguments from a fault's file. Out: a changed world.
It does not: undo; `World.clear` sets everything back at once.
"""

from typing import TYPE_CHECKING

from lab.pods import Behavior
from lab.verbs.arguments import Arguments, Verb

if TYPE_CHECKING:
    from lab.world import World


async def scale(world: "World", arguments: Arguments) -> None:
    """Run an `app` on no node or on all: `to` none or all."""
    app = world.case.app(arguments["app"])
    await world.cluster.scale(app, on=arguments["to"] == "all")


async def pods(world: "World", arguments: Arguments) -> None:
    """Tell the pods of an `app` (on some `nodes`) their `behavior`."""
    app = world.case.app(arguments["app"])
    nodes = tuple(arguments.get("nodes", ()))
    await world.cluster.behave(app, Behavior(arguments["behavior"]), nodes)


async def kubernetes(world: "World", arguments: Arguments) -> None:
    """Make the API `forget` its changes: watches from before get 410 Gone."""
    if arguments["forget"]:
        world.cluster.store.compact()


VERBS: tuple[Verb, ...] = (scale, pods, kubernetes)
