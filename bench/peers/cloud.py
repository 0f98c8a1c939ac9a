"""Cloud: stands in for DynamoDB and Secrets Manager, as a process of its own.

In: nothing. Out: on the first line of stdout its port, as JSON; then it accepts every
item, finds none, and has one secret.
It does not: store anything; it is here so that only the functions' own CPU counts.
"""

import asyncio
import json
import sys

from aiohttp import web

from bench.peers.server import KEY
from parallax.ingest.endpoint import FIELD

_EMPTY = {"Items": [], "Count": 0, "ScannedCount": 0}
_SECRET = {"ARN": "key", "Name": "key", "SecretString": json.dumps({FIELD: KEY})}


async def respond(request: web.Request) -> web.Response:
    """Respond to one call of AWS's JSON protocol."""
    await request.read()
    operation = request.headers.get("X-Amz-Target", "").rpartition(".")[2]
    found = _EMPTY if operation in {"Query", "Scan"} else {}
    body = _SECRET if operation == "GetSecretValue" else found
    return web.Response(
        text=json.dumps(body), content_type="application/x-amz-json-1.0"
    )


async def main() -> None:
    """Serve until killed."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", respond)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    sys.stdout.write(json.dumps({"port": runner.addresses[0][1]}) + "\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
