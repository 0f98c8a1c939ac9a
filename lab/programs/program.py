"""Program: a real server as a child process with its own log.

In: a command, a configuration rendered from `templates/`. Out: a running program.
It does not: start daemons or switch users.
"""

import asyncio
import signal
from pathlib import Path
from typing import IO, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parents[1] / "templates"),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    autoescape=False,  # noqa: S701 - configuration files, no HTML
)
START_SECONDS = 15.0
STOP_SECONDS = 3.0
POLL_SECONDS = 0.02
WORKER = "nginx: worker process"
"""The title of an nginx process that serves; one that shuts down has a longer one."""


class ProgramError(RuntimeError):
    """A program did not start or failed; the text holds the end of its log."""


def render(template: str, **values: Any) -> str:  # noqa: ANN401 - values of templates
    """Return a rendered template."""
    return TEMPLATES.get_template(f"{template}.j2").render(**values)


class Program:
    """One server process."""

    def __init__(self, name: str, command: list[str], folder: Path) -> None:
        self.name = name
        self.command = command
        self.log = folder / f"{name}.log"
        self._process: asyncio.subprocess.Process | None = None
        self._out: IO[bytes] | None = None

    async def start(self, *, keep_log: bool = False) -> None:
        """Start it; does not wait until it listens."""
        self._out = self.log.open("ab" if keep_log else "wb")
        self._process = await asyncio.create_subprocess_exec(
            *self.command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=self._out,
            stderr=asyncio.subprocess.STDOUT,
        )

    async def listens(self, address: str, port: int) -> None:
        """Wait until it accepts connections. Raises ProgramError if it does not."""
        try:
            async with asyncio.timeout(START_SECONDS):
                while not await _connects(address, port):
                    self.check_running()
                    await asyncio.sleep(POLL_SECONDS)
        except TimeoutError as error:
            raise self._failed(f"does not listen on {address}:{port}") from error

    def check_running(self) -> None:
        """Raise ProgramError if it has exited."""
        if self._process is None or self._process.returncode is not None:
            raise self._failed("has exited")

    def _failed(self, what: str) -> ProgramError:
        tail = "\n".join(self.log.read_text(errors="replace").splitlines()[-12:])
        return ProgramError(f"{self.name} {what} (see {self.log}):\n{tail}")

    def workers(self) -> set[int]:
        """Return the nginx processes that accept new connections.

        After a reload the old ones run for a moment, with another title.
        """
        if self._process is None:
            return set()
        master = self._process.pid
        children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
        titles = {int(pid): _title(pid) for pid in children}
        return {pid for pid, title in titles.items() if title == WORKER}

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal, e.g. to reload its configuration."""
        self.check_running()
        if self._process:
            self._process.send_signal(number)

    async def stop(self) -> None:
        """Terminate it; kill it after `STOP_SECONDS`."""
        process = self._process
        if process is not None and process.returncode is None:
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), STOP_SECONDS)
            except TimeoutError:
                process.kill()
                await process.wait()
        if self._out:
            self._out.close()


def _title(pid: str) -> str:
    try:
        raw = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return ""  # it has exited
    return raw.decode(errors="replace").strip("\0 ")


async def _connects(address: str, port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection(address, port)
    except OSError:
        return False
    writer.close()
    return True


async def command(*arguments: str, text: str = "") -> str:
    """Run a command with this input; return its output. Raises ProgramError."""
    process = await asyncio.create_subprocess_exec(
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    out, _ = await process.communicate(text.encode())
    if process.returncode:
        output = out.decode(errors="replace")
        raise ProgramError(f"`{' '.join(arguments)}` failed: {output}\n{text}")
    return out.decode(errors="replace")
