"""Stand-in: a receiver on loopback that validates each request as its kind documents.

In: the name of a receiver, or none for a server that accepts anything. Out: what it
accepted, in order; a test may make it fail.
It does not: show anything.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from parallax.routes.request import Request
from tests.parallax.routes.receivers import RECEIVERS

BOUND = "http://127.0.0.1"


@dataclass
class StandIn:
    """One receiver. `status` other than 200 is the answer to each request.

    `loses`: it accepts a request and closes the connection without an answer.
    """

    name: str | None
    url: str = ""
    status: int = 200
    answer: bytes = b"{}"
    loses: bool = False
    requests: int = 0
    accepted: list[Any] = field(default_factory=list[Any])

    def take(self, request: Request) -> int:
        """Check a request; return the status of the answer."""
        self.requests += 1
        if self.status != 200:
            return self.status
        try:
            check = RECEIVERS[self.name] if self.name else _any
            self.accepted.append(check(request))
        except Exception as error:  # noqa: BLE001 - whatever it is, the request is wrong
            self.answer = f"{type(error).__name__}: {error}".encode()
            return 400
        return 200


def _any(request: Request) -> Any:
    return json.loads(request.body or b"null")


@contextmanager
def standing(name: str | None = None) -> Iterator[StandIn]:
    """Run a receiver until the context ends."""
    stand_in = StandIn(name)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.answer("GET")

        def do_POST(self) -> None:
            self.answer("POST")

        def do_PUT(self) -> None:
            self.answer("PUT")

        def answer(self, method: str) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"] or 0))
            headers = {
                n.title() if n != n.lower() else n: v for n, v in self.headers.items()
            }
            url = f"{stand_in.url}{self.path}"
            made = Request(url=url, body=body, headers=headers, method=method)
            status = stand_in.take(made)
            if stand_in.loses:
                self.close_connection = True
                return
            self.send_response(status)
            if status in {301, 302, 307, 308}:
                self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.send_header("Content-Length", str(len(stand_in.answer)))
            self.end_headers()
            self.wfile.write(stand_in.answer)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
            """Print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    stand_in.url = f"{BOUND}:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield stand_in
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
