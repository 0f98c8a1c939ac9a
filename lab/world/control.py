"""Control: the socket by which a running world is told what to do.

In: lines of JSON on `control.sock`. Out: an answer a line, when it is done.
It does not: decide anything; `World` does.
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
ANSWER_SECONDS = 60.0


class ControlError(RuntimeError):
    """The world could not do what it was asked; the text says why."""


def tell(folder: Path, word: str, argument: str = "") -> dict[str, Any]:
    """Ask the world to do something and wait for it. Raises ControlError."""
    with socket.socket(socket.AF_UNIX) as channel:
        channel.settimeout(ANSWER_SECONDS)
        try:
            channel.connect(str(folder / SOCKET))
        except OSError as error:
            raise ControlError(f"no lab runs in {folder}: {error}") from error
        channel.sendall(json.dumps([word, argument]).encode() + b"\n")
        with channel.makefile() as answers:
            answer: dict[str, Any] = json.loads(
                answers.readline() or '{"error":"gone"}'
            )
    if "error" in answer:
        raise ControlError(answer["error"])
    return answer


class Control:
    """The socket's other end: one request after the other."""

    def __init__(self, world: "World") -> None:
        self.world = world
        self.fault: str | None = None
        self._one = asyncio.Lock()

    async def serve(self, reader: Any, writer: Any) -> None:  # noqa: ANN401 - asyncio's streams
        """Answer one connection."""
        with contextlib.suppress(ConnectionError):
            word, argument = json.loads(await reader.readline())
            async with self._one:
                answer = await self._do(word, argument)
            writer.write(json.dumps(answer).encode() + b"\n")
            await writer.drain()
        writer.close()

    async def _do(self, word: str, argument: str) -> dict[str, Any]:
        try:
            if word == "inject":
                if self.fault:
                    await self.world.clear()
                self.fault = argument
                await inject(self.world, argument)
            elif word == "clear":
                await self.world.clear()
                self.fault = None
            else:
                self.world.must_live()
        except TimeoutError:
            return {"error": f"{word} {argument}: no effect within the time"}
        except Exception as error:  # noqa: BLE001 - whatever it is, the asker must hear it
            return {"error": f"{word} {argument}: {error}"}
        return {"fault": self.fault}
