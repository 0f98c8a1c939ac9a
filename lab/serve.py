"""Serve: the process that holds the world.

In: `python -m lab.serve <case file> <folder>`. Out: a line on standard output when
all is well; then it takes orders on the control socket until SIGTERM.
It does not: enter the namespace; whoever starts it stands in it.
"""

import asyncio
import signal
import sys
from pathlib import Path

from lab.case import load
from lab.control import READY, SOCKET, Control
from lab.facts import facts_of
from lab.world import World


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
