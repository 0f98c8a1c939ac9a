"""Pages: the pages of incidents, for a browser outside the lab's network namespace.

In: a socket that listens outside, the function URL inside. Out: each request of the
browser, sent to the function, and its response.
It does not: listen on another address than loopback, or change a request.
"""

import os
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import override

import httpx

PORT = 8600
"""Tried first, so that a page has the same address after each start."""
VARIABLE = "PARALLAX_LAB_PAGES"
"""The environment variable with the number of the inherited socket."""
SECONDS = 30.0
LONGEST_BODY = 64 * 1024
HOP_BY_HOP = frozenset(
    {"connection", "keep-alive", "transfer-encoding", "content-length"}
)
DECODED = "content-encoding"
"""The header of a coding that httpx has already removed."""


def listen() -> int:
    """Return the number of a socket on loopback that a command can inherit.

    It stays open until this process ends or starts the command in its place.
    """
    try:
        listener = socket.create_server(("127.0.0.1", PORT))
    except OSError:
        listener = socket.create_server(("127.0.0.1", 0))
    listener.set_inheritable(True)
    os.environ[VARIABLE] = str(listener.fileno())
    return listener.detach()


class Pages:
    """The pages of one stage; `url` is their address outside."""

    def __init__(self, listener: socket.socket) -> None:
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        self._listener = listener
        self._server: ThreadingHTTPServer | None = None
        self._function = ""

    @classmethod
    def inherited(cls) -> "Pages | None":
        """Return the pages on the socket that `listen` opened; None: there is none."""
        number = os.environ.get(VARIABLE)
        return cls(socket.socket(fileno=int(number))) if number else None

    def start(self, function_url: str) -> None:
        """Serve the function's pages in a thread, until `stop`."""
        self._function = function_url

        class Forward(_Forward):
            function = function_url

        server = ThreadingHTTPServer(
            self._listener.getsockname(), Forward, bind_and_activate=False
        )
        server.socket.close()
        server.socket = self._listener
        self._server = server
        threading.Thread(target=server.serve_forever, daemon=True).start()

    def inside(self, address: str) -> str:
        """Return the address in the namespace of a page that has one outside."""
        return address.replace(self.url, self._function, 1)

    def stop(self) -> None:
        """Stop serving."""
        if self._server:
            self._server.shutdown()
        self._listener.close()


class _Forward(BaseHTTPRequestHandler):
    """Sends one request on, without following a redirect: the browser does."""

    function = ""

    def do_GET(self) -> None:
        """Forward a page."""
        self._forward()

    def do_POST(self) -> None:
        """Forward a form."""
        self._forward()

    def _forward(self) -> None:
        length = min(int(self.headers.get("Content-Length") or 0), LONGEST_BODY)
        headers = {
            name: value
            for name, value in self.headers.items()
            if name.lower() not in {*HOP_BY_HOP, "host", "accept-encoding"}
        }
        try:
            response = httpx.request(
                self.command,
                f"{self.function}{self.path}",
                content=self.rfile.read(length),
                headers=headers,
                timeout=SECONDS,
            )
        except httpx.HTTPError as error:
            self.send_error(502, "the function does not respond", str(error))
            return
        self.send_response(response.status_code)
        for name, value in response.headers.items():
            if name.lower() not in {*HOP_BY_HOP, DECODED}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(response.content)))
        self.end_headers()
        self.wfile.write(response.content)

    @override
    def log_message(self, format: str, *args: object) -> None:
        """Log nothing: an address of a page is a secret."""
