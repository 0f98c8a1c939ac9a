"""Serve: the process that runs the world.

In: `python -m lab.world.serve <case file> <folder>`. Out: one line on standard output
when everything is healthy; then it serves the control socket until SIGTERM.
It does not: enter the namespace; its caller has done so.
"""

import asyncio
import signal
import sys
from pathlib import Path

from lab.case import load
from lab.facts import facts_of
from lab.world.control import READY, SOCKET, Control
from lab.world.running import World


async def _main(case_file: Path, folder: Path) -> None:
    case = load(case_file)
    world = World(case, facts_of(case, folder))
    end = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, end.set)
    try:
        await world.start()
        control = Control(world)
        server = await asyncio.start_unix_server(control.serve, folder / SOCKET)
        print(READY, flush=True)
        await end.wait()
        server.close()
    finally:
        await world.stop()


if __name__ == "__main__":
    asyncio.run(_main(Path(sys.argv[1]), Path(sys.argv[2])))
