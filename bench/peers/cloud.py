"""Cloud: stands in for DynamoDB and Secrets Manager, as a process of its own.

In: perhaps a file of answers. Out: on the first line of stdout its port, as JSON; then
it accepts every item and has one secret. It finds no item, or those of the file: a list
of an operation, a text that its request contains, and the answer.
It does not: store anything; it is here so that only the functions' own CPU counts.
"""

import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from aiohttp import web

from bench.peers.server import KEY
from parallax.ingest.endpoint import FIELD

_EMPTY = {"Items": [], "Count": 0, "ScannedCount": 0}
_SECRET = {"ARN": "key", "Name": "key", "SecretString": json.dumps({FIELD: KEY})}


type Answers = Sequence[tuple[str, str, Any]]
"""Operation, a text in its request, the answer."""


def answer(operation: str, request: str, answers: Answers) -> Any:  # noqa: ANN401 - JSON
    """Return the answer to a request: the first that fits."""
    for of, text, found in answers:
        if of == operation and text in request:
            return found
    if operation == "GetSecretValue":
        return _SECRET
    return _EMPTY if operation in {"Query", "Scan"} else {}


async def main(answers: Answers) -> None:
    """Serve until killed."""

    async def respond(request: web.Request) -> web.Response:
        """Respond to one call of AWS's JSON protocol."""
        text = await request.text()
        operation = request.headers.get("X-Amz-Target", "").rpartition(".")[2]
        return web.Response(
            text=json.dumps(answer(operation, text, answers)),
            content_type="application/x-amz-json-1.0",
        )

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", respond)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    sys.stdout.write(json.dumps({"port": runner.addresses[0][1]}) + "\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    known = json.loads(Path(sys.argv[1]).read_text()) if sys.argv[1:] else []
    asyncio.run(main(known))
