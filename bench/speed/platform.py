"""Platform: what the measured agent connects to, as a process of its own.

In: nothing. Out: on the first line of stdout the ports, as JSON; then an API server
with a large cluster that changes ten times a second, an `ingest` that accepts
everything, hops that respond 200, and a log of 20,000 lines a second.
It does not: measure.
"""

import asyncio
import itertools
import json
import sys
from collections.abc import Iterator

from aiohttp import web

from bench.speed import cluster
from lab.inside.kubernetes.api import Account, Api
from lab.inside.kubernetes.logs import Log
from lab.inside.kubernetes.store import Store

TOKEN = "bench"  # noqa: S105 - opens nothing but the bench
LINES_A_SECOND = 20_000
TICK_SECONDS = 0.01
LOG_SECONDS = 10
OURS_IN = 1000
"""One of this many lines is ours."""
CHANGES_A_SECOND = 10
HEARTBEAT_SECONDS = 15
"""More often than in production, so that an alert begins soon."""
_STRANGER = (
    '2026-11-24T04:00:00.000000000Z 10.0.0.5 - - [24/Nov/2026:04:00:00 +0000] "GET '
    '/products?page=7 HTTP/1.1" 200 5120 "https://example.org/" "Mozilla/5.0 (X11; '
    'Linux x86_64)" 210 0.004 [shop-0-app-0-80] [] 10.0.0.9:8080 5120 0.004 200 {}\n'
)
_OURS = _STRANGER.replace("Mozilla/5.0 (X11; Linux x86_64)", "Parallax/0.1.0")


def line(number: int) -> str:
    """Write one access line, of our request or of another one."""
    request_id = f"{number:012x}4{0:03x}8{0:015x}"
    text = _STRANGER if number % OURS_IN else _OURS
    return text.replace("{}", request_id)


class Pushes:
    """Counts what was pushed, accepts all of it, and requests reports if it should."""

    def __init__(self) -> None:
        self._taken = 0
        self._full: list[str] = []

    async def take(self, request: web.Request) -> web.Response:
        """Respond to a push as `ingest` does."""
        await request.read()
        self._taken += 1
        body = {"message": "stored", "next_seconds": HEARTBEAT_SECONDS}
        asked = {"full": self._full, "interval_seconds": 10}
        return web.json_response(body | (asked if self._full else {}), status=202)

    async def alert(self, request: web.Request) -> web.Response:
        """Request reports of these targets from now on."""
        self._full = await request.json()
        return web.json_response(self._full)

    async def count(self, _: web.Request) -> web.Response:
        """Respond with the counts."""
        return web.json_response(self._taken)


async def hop(_: web.Request) -> web.Response:
    """Respond 200 to every request."""
    return web.Response(text="ok")


async def busy_log(request: web.Request) -> web.StreamResponse:
    """Stream lines for a while, then keep the connection open without lines."""
    stream = web.StreamResponse(headers={"Content-Type": "text/plain"})
    await stream.prepare(request)
    numbers = itertools.count()
    each = int(LINES_A_SECOND * TICK_SECONDS)
    clock = asyncio.get_running_loop()
    began = clock.time()
    for tick in range(int(LOG_SECONDS / TICK_SECONDS)):
        text = "".join(line(n) for n in itertools.islice(numbers, each))
        await stream.write(text.encode())
        await asyncio.sleep(max(0.0, began + (tick + 1) * TICK_SECONDS - clock.time()))
    await asyncio.sleep(3600)
    return stream


async def serve(app: web.Application, addresses: Iterator[str] | list[str]) -> int:
    """Serve an application on one port of several addresses; return the port."""
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    port = 0
    for address in addresses:
        site = web.TCPSite(runner, address, port)
        await site.start()
        port = port or runner.addresses[0][1]
    return port


async def change(store: Store) -> None:
    """Change a pod ten times a second, forever, in nothing that users notice."""
    for number in itertools.count():
        which = number * 37 % (cluster.PODS - cluster.INGRESS_PODS)
        store.put("pods", cluster.pod(which, restarts=number + 1))
        await asyncio.sleep(1 / CHANGES_A_SECOND)


async def main() -> None:
    """Serve until killed."""
    answering, ingest, busy, pushes = (
        web.Application(),
        web.Application(),
        web.Application(),
        Pushes(),
    )
    answering.router.add_get("/{path:.*}", hop)
    ingest.router.add_post("/{path:.*}", pushes.take)
    ingest.router.add_get("/count", pushes.count)
    ingest.router.add_put("/alert", pushes.alert)
    busy.router.add_get("/{path:.*}", busy_log)
    port = await serve(answering, cluster.ADDRESSES)
    store = Store()
    for resource, item in cluster.objects(port):
        store.put(resource, item)
    own = cluster.INGRESS, f"{cluster.CONTROLLER}-0"
    api = Api(store, {TOKEN: Account("bench")}, logs={own: Log()})
    ports = {
        "api": await serve(api.application(), ["127.0.0.1"]),
        "ingest": await serve(ingest, ["127.0.0.1"]),
        "log": await serve(busy, ["127.0.0.1"]),
    }
    sys.stdout.write(json.dumps(ports) + "\n")
    sys.stdout.flush()
    await change(store)


if __name__ == "__main__":
    asyncio.run(main())
