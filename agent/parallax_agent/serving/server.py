"""StatusServer: what the kubelet and Prometheus may ask the agent, over plain HTTP.

In: an address, whether the agent lives and is ready, its metrics. Out: `/livez`,
`/readyz` (200 or 503, one word) and `/metrics`. It does not: know why.
A port that is taken costs the answers, not the watch: that is told in the log. A client
that never ends its request, or many of them, cost a bounded number of threads, bytes
and seconds.
"""

import io
import logging
import socket
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, override

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

REQUEST_BYTES = 16384
"""Of one request; Prometheus and the kubelet send a few hundred."""
REQUEST_SECONDS = 5.0
"""For all of a request, however it trickles in."""
MAX_CLIENTS = 32
"""Served at the same time; one more is hung up on."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class StatusSources:
    """What is asked for each answer."""

    alive: Callable[[], bool]
    ready: Callable[[], bool]
    registry: CollectorRegistry


class _Bounded(io.RawIOBase):
    """What a client sends, up to a number of bytes and a moment; then it ends."""

    def __init__(
        self, connection: socket.socket, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._connection = connection
        self._now = now
        self._ends = now() + REQUEST_SECONDS
        self._left = REQUEST_BYTES

    @override
    def readable(self) -> bool:
        return True

    @override
    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # pyright: ignore[reportIncompatibleMethodOverride] - typeshed's own type of it is private
        """Read once; nothing comes after the last byte or the last moment."""
        seconds = self._ends - self._now()
        if seconds <= 0 or not self._left:
            return 0
        self._connection.settimeout(seconds)
        count = self._connection.recv_into(memoryview(buffer)[: self._left])
        self._connection.settimeout(REQUEST_SECONDS)
        self._left -= count
        return count


class _Handler(BaseHTTPRequestHandler):
    """One request."""

    answers: StatusSources
    timeout = REQUEST_SECONDS

    @override
    def setup(self) -> None:
        """Bound what is read; each piece that is written has as much time."""
        super().setup()
        self.rfile.close()
        self.rfile = io.BufferedReader(_Bounded(self.connection))

    def do_GET(self) -> None:
        """Answer one of the three paths."""
        asked = {"/livez": self.answers.alive, "/readyz": self.answers.ready}
        if self.path == "/metrics":
            encode, kind = choose_encoder(self.headers.get("Accept", ""))
            self._send(200, kind, encode(self.answers.registry))
        elif self.path in asked:
            well = asked[self.path]()
            word = b"ok\n" if well else b"not ok\n"
            self._send(200 if well else 503, "text/plain", word)
        else:
            self._send(
                404, "text/plain", b"not found: use /livez, /readyz or /metrics\n"
            )

    def _send(self, code: int, kind: str, body: bytes) -> None:
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    @override
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the kubelet asks every few seconds."""


class _Server(ThreadingHTTPServer):
    """A thread a request, a few at a time; none keeps the process alive."""

    daemon_threads = True

    def __init__(self, place: tuple[str, int], handler: type[_Handler]) -> None:
        self._free = threading.BoundedSemaphore(MAX_CLIENTS)
        if ":" in place[0]:
            self.address_family = socket.AF_INET6
        super().__init__(place, handler)

    @override
    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve in a thread, or hang up where too many are served."""
        if self._free.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    @override
    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve, then make room for the next client."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    @override
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Log a defect of ours; a client that left would fill the log."""
        error = sys.exception()
        if not isinstance(error, OSError):
            logger.error("metrics request failed", exc_info=error)


class StatusServer:
    """The server and its thread; `port` 0 takes any that is free."""

    def __init__(self, address: str, port: int, answers: StatusSources) -> None:
        handler = type("Handler", (_Handler,), {"answers": answers})
        self._server = _Server((address, port), handler)
        self._thread = threading.Thread(
            target=self._server.serve_forever, name="serving", daemon=True
        )
        self._thread.start()

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self._server.server_port

    def close(self) -> None:
        """Answer no more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def start_server(
    address: str, port: int, answers: StatusSources
) -> StatusServer | None:
    """Begin to serve; None, and a line in the log, where the port is not to be had."""
    try:
        return StatusServer(address, port, answers)
    except OSError as error:
        logger.warning(
            "metrics server could not start",
            extra={"address": address, "port": port, "error": str(error)},
        )
        return None
