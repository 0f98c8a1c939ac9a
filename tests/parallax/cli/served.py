"""Served: a web server on loopback for the commands that send requests.

In: nothing. Out: its URL. By path: `/` works, `/down` has HAProxy's 503, `/flaky` works
in two of three requests, `/go` redirects to `/`, `/loop` to itself, `/evil` tries to
control the terminal, `/hang` does not respond, nor
does anything to a POST.
It does not: speak TLS, or resolve a name.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import override

PAGE = (
    b"<html><body><h1>503 Service Unavailable</h1>\nNo server is available to handle "
    b"this request.\n</body></html>\n"
)
EVIL = "\x1b]0;owned\x07\x1b[2J\x9b31m"
EVIL_HEADER = "\x9b31m\x9b2J\x85"
"""Control characters above ASCII, which a header may contain."""


class Server(ThreadingHTTPServer):
    """Counts its requests; `released` ends the requests that hang."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.requests = count(1)
        self.served: list[str] = []
        self.released = threading.Event()

    def url(self, path: str = "/") -> str:
        """Return the URL of a path."""
        return f"http://127.0.0.1:{self.server_port}{path}"


class Handler(BaseHTTPRequestHandler):
    """Responds by path."""

    server: Server  # pyright: ignore[reportIncompatibleVariableOverride]

    def do_GET(self) -> None:
        """Respond, or wait until the test ends."""
        path = self.path.partition("?")[0]
        number = next(self.server.requests)
        self.server.served.append(path)
        if path == "/hang":
            self.server.released.wait()
            return
        fails = path == "/down" or (path == "/flaky" and number % 3 == 0)
        redirects = {"/go": {"Location": "/"}, "/loop": {"Location": "/loop"}}
        if path == "/evil":
            headers = {"Server": EVIL_HEADER, "X-A": EVIL_HEADER}
            self._write(503, headers, EVIL.encode(), EVIL_HEADER)
        elif path in redirects:
            self._write(302, redirects[path], b"")
        else:
            self._write(503 if fails else 200, {}, PAGE if fails else b"fine")

    def do_POST(self) -> None:
        """Hang, as an AWS that does not respond."""
        self.server.served.append(self.path)
        self.server.released.wait()

    def _write(
        self, code: int, headers: dict[str, str], body: bytes, reason: str | None = None
    ) -> None:
        self.send_response_only(code, reason)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", f"{len(body)}")
        self.end_headers()
        self.wfile.write(body)

    @override
    def log_message(self, format: str, *args: object) -> None:
        """Stay quiet."""


@contextmanager
def serving() -> Iterator[Server]:
    """Serve on a free port of loopback."""
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server
        finally:
            server.released.set()
            server.shutdown()
            thread.join()
