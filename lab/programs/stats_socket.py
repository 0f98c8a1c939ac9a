"""Stats socket: one command to HAProxy, and its response.

In: the socket's path, a command such as `show stat`. Out: the response, never empty.
HAProxy creates the socket a moment after it starts, and does not respond while a
reload replaces its worker: the command is sent again until there is a response.
It does not: wait longer than about ten seconds, or parse the response.
Source: HAProxy, Management Guide, section 9.3 ("Unix Socket commands").
"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from lab.programs.program import ProgramError

ATTEMPTS = 200
PAUSE_SECONDS = 0.05
ANSWER_SECONDS = 5.0
"""The longest that one response takes; HAProxy writes it at once."""

type Pause = Callable[[float], Awaitable[None]]
"""Waits for a number of seconds; a test passes its own."""


async def ask(path: Path, command: str, pause: Pause = asyncio.sleep) -> str:
    """Return HAProxy's response. Raises ProgramError after `ATTEMPTS` without one."""
    reason = ""
    for _ in range(ATTEMPTS):
        try:
            answer = await _exchange(path, command)
        except TimeoutError as error:  # a subclass of OSError, so it comes first
            reason = f"no answer within {ANSWER_SECONDS:.0f} s"
            raise _failed(path, command, reason) from error
        except OSError as error:
            reason = str(error)
        else:
            if answer.strip():
                return answer
            reason = "the answer was empty"
        await pause(PAUSE_SECONDS)
    raise _failed(path, command, f"{reason}, {ATTEMPTS} times")


def _failed(path: Path, command: str, reason: str) -> ProgramError:
    log = path.parent / "haproxy.log"
    return ProgramError(
        f"HAProxy did not answer `{command}` on {path}: {reason}; {log}"
    )


async def _exchange(path: Path, command: str) -> str:
    reader, writer = await asyncio.open_unix_connection(path)
    try:
        writer.write(f"{command}\n".encode())
        async with asyncio.timeout(ANSWER_SECONDS):
            return (await reader.read()).decode()
    finally:
        writer.close()
