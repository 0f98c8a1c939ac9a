"""Injection: run a fault's actions, and wait until users are affected.

In: a running world and a fault's id, or several joined. Out: a changed world.
It does not: undo the changes; `World.clear` does.
"""

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING

from lab.fault import load_fault
from lab.world.public_url import await_status
from lab.world.verbs import VERBS

if TYPE_CHECKING:
    from lab.world.running import World


async def inject(world: "World", fault_id: str) -> None:
    """Inject a fault, and wait until it is visible outside. Raises TimeoutError."""
    fault = load_fault(fault_id, world.case)
    for verb, arguments in fault.actions:
        await VERBS[verb](world, arguments)
    hit = [app for app in world.case.apps if app.name in fault.expected]
    await asyncio.gather(*(_fails(world, world.url(app)) for app in hit))
    await world.edge.await_health_results()


async def _fails(world: "World", url: str) -> None:
    await await_status(world.session, url, lambda code: code != HTTPStatus.OK)
