"""Pods: the apps' processes, small HTTP servers at their real addresses.

In: where a pod listens and how it is told to behave. Out: HTTP answers.
It does not: run containers. A pod that is `gone` is no process at all.
"""

import asyncio
from enum import StrEnum

from aiohttp import web

from lab.inside.kubernetes.logs import Log

HANG_SECONDS = 3600.0
HEALTH_PATH = "/health"
NEVER_STORED = {"Cache-Control": "no-store"}
STORED = {"Cache-Control": "public, max-age=3600"}


class Behavior(StrEnum):
    """How a pod answers.

    Only `not-ready` fails the readiness probe: `refuse`, `hang` and `slow` are those
    of an app whose health lies on another port or thread.
    """

    WELL = "well"
    ERROR = "error"
    NOT_READY = "not-ready"
    REFUSE = "refuse"
    HANG = "hang"
    SLOW = "slow"
    """Well, some seconds late."""
    STORABLE = "storable"
    """Well, and a cache may keep it."""


class Pod:
    """One pod's process."""

    def __init__(self, name: str, app: str, node: str, place: tuple[str, int]) -> None:
        self.name = name
        self.app = app
        self.node = node
        self.address, self.port = place
        self.behavior = Behavior.WELL
        self.seconds = 0.0
        self.log = Log()
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Begin to listen."""
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(
            application, access_log=None, handler_cancellation=True, shutdown_timeout=0
        )
        await self._runner.setup()
        await web.TCPSite(self._runner, self.address, self.port).start()

    async def stop(self) -> None:
        """End: nothing listens any more, and open connections are closed."""
        if self._runner:
            await self._runner.cleanup()
        self._runner = None

    async def behave(self, behavior: Behavior, seconds: float = 0.0) -> None:
        """Answer so from now on; `seconds`: how late a slow one answers."""
        self.behavior, self.seconds = behavior, seconds
        if behavior is Behavior.REFUSE:
            await self.stop()
        elif self._runner is None:
            await self.start()

    @property
    def ready(self) -> bool:
        """What the readiness probe of this pod would find."""
        return self.behavior is not Behavior.NOT_READY

    async def _answer(self, request: web.Request) -> web.Response:
        if request.path == HEALTH_PATH:
            return self._health()
        response = await self._content()
        asked = f'"{request.method} {request.path_qs}" {response.status}'
        self.log.write(f"{asked} {request.headers.get('X-Request-ID', '-')}")
        return response

    def _health(self) -> web.Response:
        ready = self.behavior is not Behavior.NOT_READY
        return web.json_response({"ready": ready}, status=200 if ready else 503)

    async def _content(self) -> web.Response:
        if self.behavior is Behavior.HANG:
            await asyncio.sleep(HANG_SECONDS)
        if self.behavior is Behavior.SLOW:
            await asyncio.sleep(self.seconds)
        if self.behavior is Behavior.ERROR:
            told = {"error": "maintenance", "pod": self.name}
            return web.json_response(told, status=503)
        told = {"app": self.app, "pod": self.name, "node": self.node}
        storable = self.behavior is Behavior.STORABLE
        return web.json_response(told, headers=STORED if storable else NEVER_STORED)
