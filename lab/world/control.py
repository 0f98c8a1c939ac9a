"""Control: the socket that takes commands for a running world.

In: lines of JSON on `control.sock`. Out: one response per line, when it is done.
It does not: change anything itself; `World` does.
"""

import asyncio
import contextlib
import json
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lab.world.injection import inject

if TYPE_CHECKING:
    from lab.world.running import World

SOCKET = "control.sock"
READY = "ready"
RESPONSE_SECONDS = 60.0


class ControlError(RuntimeError):
    """A command failed; the text states why."""


def send_command(folder: Path, command: str, argument: str = "") -> dict[str, Any]:
    """Send a command and wait until it is done. Raises ControlError."""
    with socket.socket(socket.AF_UNIX) as channel:
        channel.settimeout(RESPONSE_SECONDS)
        try:
            channel.connect(str(folder / SOCKET))
        except OSError as error:
            raise ControlError(
                f"no lab runs in {folder}; start it with `python -m lab up` ({error})"
            ) from error
        channel.sendall(json.dumps([command, argument]).encode() + b"\n")
        with channel.makefile() as responses:
            line = responses.readline()
        answer: dict[str, Any] = (
            json.loads(line) if line else {"error": f"the lab in {folder} has ended"}
        )
    if "error" in answer:
        raise ControlError(answer["error"])
    return answer


class Control:
    """The server of the socket; it runs one command at a time."""

    def __init__(self, world: "World") -> None:
        self.world = world
        self.fault: str | None = None
        self._one = asyncio.Lock()

    async def serve(self, reader: Any, writer: Any) -> None:  # noqa: ANN401 - asyncio's streams
        """Serve one connection."""
        with contextlib.suppress(ConnectionError):
            command, argument = json.loads(await reader.readline())
            async with self._one:
                answer = await self._run(command, argument)
            writer.write(json.dumps(answer).encode() + b"\n")
            await writer.drain()
        writer.close()

    async def _run(self, command: str, argument: str) -> dict[str, Any]:
        try:
            if command == "inject":
                if self.fault:
                    await self.world.clear()
                self.fault = argument
                await inject(self.world, argument)
            elif command == "clear":
                await self.world.clear()
                self.fault = None
            else:
                self.world.check_running()
        except TimeoutError:
            return {"error": f"{command} {argument}: not effective in time"}
        except Exception as error:  # noqa: BLE001 - the client gets every error
            return {"error": f"{command} {argument}: {error}"}
        return {"fault": self.fault}
