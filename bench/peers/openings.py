"""Openings: the handler of `report` with the overview, as a process of its own.

In: the settings, and the query of a link as the argument; on each line of stdin a
number of requests. Out: on each line of stdout the CPU milliseconds of each request,
and the status and bytes of the last page.
It does not: count the CPU time of the store.
"""

import base64
import gzip
import json
import os
import sys
import time
from typing import Any

from bench.peers.pushes import handler


def event(query: str) -> dict[str, Any]:
    """Return the event of a browser that opens the overview."""
    return {
        "version": "2.0",
        "rawPath": "/o",
        "rawQueryString": query,
        "requestContext": {"http": {"method": "GET", "path": "/o"}},
        "headers": {"accept-encoding": "gzip, deflate, br", "host": "bench"},
        "isBase64Encoded": False,
    }


def page(response: dict[str, Any]) -> bytes:
    """Return the page in a response."""
    body: str = response["body"]
    if not response.get("isBase64Encoded"):
        return body.encode()
    return gzip.decompress(base64.b64decode(body))


def main(query: str) -> None:
    """Obey the lines of stdin."""
    answers = os.fdopen(os.dup(1), "w")
    sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: PTH123, SIM115 - until the end: the function's log
    handle = handler("report")
    for line in sys.stdin:
        spent: list[float] = []
        response: dict[str, Any] = {}
        for _ in range(int(line)):
            asked = event(query)
            before = time.process_time()
            response = handle(asked, None)
            spent.append((time.process_time() - before) * 1000)
        found = {
            "cpu": spent,
            "status": response["statusCode"],
            "bytes": len(page(response)),
        }
        answers.write(json.dumps(found) + "\n")
        answers.flush()


if __name__ == "__main__":
    main(sys.argv[1])
