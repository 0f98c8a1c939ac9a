"""Servers: what the tests' HTTP servers have in common.

In: a handler. Out: a server on a loopback port, in a thread of its own.
"""

import json
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Quiet(BaseHTTPRequestHandler):
    """A handler without terminal output that uses HTTP/1.1."""

    protocol_version = "HTTP/1.1"
    server: Any

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the library has it
        """Log nothing."""

    def answer(
        self,
        code: int,
        body: bytes,
        kind: str = "application/json",
        retry_after: str | None = None,
    ) -> None:
        """Send one complete response."""
        self.send_response(code)
        if retry_after is not None:
            self.send_header("Retry-After", retry_after)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Server(ThreadingHTTPServer):
    """A server in a thread of its own, on a loopback port of its own."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(
        self,
        handler: type[Quiet],
        port: int = 0,
        address: str = "127.0.0.1",
        context: ssl.SSLContext | None = None,
    ) -> None:
        self.requests: list[tuple[str, str]] = []
        super().__init__((address, port), handler)
        if context is not None:
            self.socket = context.wrap_socket(self.socket, server_side=True)
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        """The server's URL."""
        return f"http://127.0.0.1:{self.server_port}"

    def stop(self) -> None:
        """Stop listening; open streams end with the process."""
        self.shutdown()
        self.server_close()


def json_of(value: object) -> bytes:
    """Return a value as JSON bytes."""
    return json.dumps(value).encode()
