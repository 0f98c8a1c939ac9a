"""Injection: do what a fault says, and see that users feel it.

In: a running world and a fault's id, or several joined. Out: a changed world.
It does not: undo; `World.clear` does.
"""

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING

from lab.fault import load_fault
from lab.world.answers import answers
from lab.world.verbs import VERBS

if TYPE_CHECKING:
    from lab.world.running import World


async def inject(world: "World", fault_id: str) -> None:
    """Bring a fault about and wait until the outside sees it. Raises TimeoutError."""
    fault = load_fault(fault_id, world.case)
    for verb, arguments in fault.actions:
        await VERBS[verb](world, arguments)
    hit = [app for app in world.case.apps if app.name in fault.expected]
    await asyncio.gather(*(_fails(world, world.url(app)) for app in hit))
    await world.edge.await_verdicts()


async def _fails(world: "World", url: str) -> None:
    await answers(world.session, url, lambda code: code != HTTPStatus.OK)
