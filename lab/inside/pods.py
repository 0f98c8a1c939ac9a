"""Pods: the apps' processes, small HTTP servers on the pods' addresses.

In: a pod's address and its behavior. Out: HTTP responses.
It does not: run containers. A deleted pod has no process.
"""

import asyncio
from enum import StrEnum

from aiohttp import web

from lab.inside.kubernetes.logs import Log

HANG_SECONDS = 3600.0
WORK_SECONDS = 0.02
"""What an app takes at least to make a session; at once it would look refused."""
HEALTH_PATH = "/health"
LARGE = {"Set-Cookie": f"session={'x' * 20_000}; Path=/"}
NEVER_STORED = {"Cache-Control": "no-store"}
STORED = {"Cache-Control": "public, max-age=3600"}


class Behavior(StrEnum):
    """How a pod responds.

    Only `not-ready` fails the readiness probe. `refuse`, `hang` and `slow` behave like
    an app whose health endpoint has another port or thread.
    """

    WELL = "well"
    ERROR = "error"
    NOT_READY = "not-ready"
    REFUSE = "refuse"
    HANG = "hang"
    SLOW = "slow"
    """Healthy responses, some seconds late."""
    LARGE_HEADER = "large-header"
    """Healthy responses with a cookie that exceeds the buffer of nginx and HAProxy."""
    STORABLE = "storable"
    """Healthy responses that a cache may store."""


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
        """Start to listen."""
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(
            application, access_log=None, handler_cancellation=True, shutdown_timeout=0
        )
        await self._runner.setup()
        await web.TCPSite(self._runner, self.address, self.port).start()

    async def stop(self) -> None:
        """Stop listening, and close open connections."""
        if self._runner:
            await self._runner.cleanup()
        self._runner = None

    async def behave(self, behavior: Behavior, seconds: float = 0.0) -> None:
        """Change the behavior; `seconds`: the delay of a slow pod."""
        self.behavior, self.seconds = behavior, seconds
        if behavior is Behavior.REFUSE:
            await self.stop()
        elif self._runner is None:
            await self.start()

    @property
    def ready(self) -> bool:
        """The result of this pod's readiness probe."""
        return self.behavior is not Behavior.NOT_READY

    async def _answer(self, request: web.Request) -> web.Response:
        if request.path == HEALTH_PATH:
            return self._health()
        response = await self._content()
        line = f'"{request.method} {request.path_qs}" {response.status}'
        self.log.write(f"{line} {request.headers.get('X-Request-ID', '-')}")
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
            error = {"error": "maintenance", "pod": self.name}
            return web.json_response(error, status=503)
        content = {"app": self.app, "pod": self.name, "node": self.node}
        if self.behavior is Behavior.LARGE_HEADER:
            await asyncio.sleep(WORK_SECONDS)
            return web.json_response(content, headers=NEVER_STORED | LARGE)
        storable = self.behavior is Behavior.STORABLE
        return web.json_response(content, headers=STORED if storable else NEVER_STORED)
