"""Launcher: all running programs by name, and the run folder with their files.

In: commands, configurations, aiohttp applications. Out: running programs.
It does not: depend on the purpose of any program.
"""

import asyncio
import signal
from pathlib import Path

from aiohttp import web

from lab.programs.program import Program


class Launcher:
    """Everything that was started, for signals and for the end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.programs: dict[str, Program] = {}
        self._ended = set[str]()
        self._runners: list[web.AppRunner] = []

    def write(self, name: str, text: str) -> str:
        """Write a file into the run folder and return its path."""
        path = self.folder / name
        path.write_text(text)
        return str(path)

    async def run(self, name: str, *arguments: str, at: tuple[object, int]) -> None:
        """Start a program and wait until it listens `at` an address and port."""
        program = self.programs[name] = Program(name, list(arguments), self.folder)
        await program.start(keep_log=name in self._ended)
        await program.listens(str(at[0]), at[1])

    async def end(self, name: str) -> None:
        """Stop one program for good; if it runs again, its log is continued."""
        self._ended.add(name)
        await self.programs.pop(name).stop()

    async def serve(self, application: web.Application, host: str, port: int) -> None:
        """Serve an aiohttp application."""
        runner = web.AppRunner(
            application,
            access_log=None,
            handler_cancellation=True,
            shutdown_timeout=0.2,
        )
        self._runners.append(runner)
        await runner.setup()
        await web.TCPSite(runner, host, port).start()

    def signal(self, name: str, number: signal.Signals) -> None:
        """Send a program a signal, e.g. to reload its configuration."""
        self.programs[name].signal(number)

    def check_running(self) -> None:
        """Raise ProgramError if any program has exited."""
        for program in self.programs.values():
            program.check_running()

    async def stop(self) -> None:
        """Stop the applications, then the programs."""
        for runner in self._runners:
            await runner.cleanup()
        stops = (program.stop() for program in self.programs.values())
        await asyncio.gather(*stops, return_exceptions=True)
