"""Server: the HTTP server for the kubelet and Prometheus.

In: an address, health checks, metrics. Out: `/livez`, `/readyz` (200 or 503, one word)
and `/metrics`. It does not: explain the state.
If the port is in use, the agent logs it and works without the server. Clients that
never finish their request use a limited number of threads, bytes and seconds.
"""

import io
import logging
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, override

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

REQUEST_BYTES = 16384
"""Bytes read of one request; Prometheus and the kubelet send a few hundred."""
REQUEST_SECONDS = 5.0
"""Seconds for a whole request, however slowly it arrives."""
MAX_CLIENTS = 32
"""Clients at the same time; for one more the server closes another connection."""
PLACE_SECONDS = 1.0
"""The longest wait for the place of a connection that was closed."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class StatusSources:
    """The functions and metrics that the responses are made from."""

    alive: Callable[[], bool]
    ready: Callable[[], bool]
    registry: CollectorRegistry


class _Bounded(io.RawIOBase):
    """Reads from a client up to a number of bytes and a deadline; then it ends."""

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
        """Read once; return 0 after the last byte or the deadline."""
        seconds = self._ends - self._now()
        if seconds <= 0 or not self._left:
            return 0
        self._connection.settimeout(seconds)
        count = self._connection.recv_into(memoryview(buffer)[: self._left])
        self._connection.settimeout(REQUEST_SECONDS)
        self._left -= count
        return count


class _Handler(BaseHTTPRequestHandler):
    """Handles one request."""

    sources: StatusSources
    timeout = REQUEST_SECONDS

    @override
    def setup(self) -> None:
        """Limit what is read; each write has the same time limit."""
        super().setup()
        self.rfile.close()
        self.rfile = io.BufferedReader(_Bounded(self.connection))

    def do_GET(self) -> None:
        """Respond to one of the three paths."""
        checks = {"/livez": self.sources.alive, "/readyz": self.sources.ready}
        if self.path == "/metrics":
            encode, kind = choose_encoder(self.headers.get("Accept", ""))
            self._send(200, kind, encode(self.sources.registry))
        elif self.path in checks:
            passed = checks[self.path]()
            word = b"ok\n" if passed else b"not ok\n"
            self._send(200 if passed else 503, "text/plain", word)
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
        """Log nothing: the kubelet sends a request every few seconds."""


class _Server(ThreadingHTTPServer):
    """One thread per request, a limited number; none keeps the process alive."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, place: tuple[str, int], handler: type[_Handler]) -> None:
        self._free = threading.BoundedSemaphore(MAX_CLIENTS)
        self._lock = threading.Lock()
        self._clients: dict[socket.socket, str] = {}
        if ":" in place[0]:
            self.address_family = socket.AF_INET6
        super().__init__(place, handler)

    @override
    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve in a thread; if too many are served, close another connection.

        Idle connections must not make the liveness probe fail.
        """
        if not self._free.acquire(blocking=False):
            self._close_one()
            if not self._free.acquire(timeout=PLACE_SECONDS):
                self.shutdown_request(request)
                return
        with self._lock:
            self._clients[request] = client_address[0]
        try:
            super().process_request(request, client_address)
        except BaseException:
            self._leave(request)
            raise

    @override
    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve, then free the place for the next client."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._leave(request)

    def _leave(self, request: socket.socket) -> None:
        with self._lock:
            self._clients.pop(request, None)
        self._free.release()

    def _close_one(self) -> None:
        """Close the oldest connection of the address that has the most of them."""
        with self._lock:
            for busiest, _ in Counter(self._clients.values()).most_common(1):
                oldest = next(c for c, a in self._clients.items() if a == busiest)
                del self._clients[oldest]
                with suppress(OSError):
                    oldest.shutdown(socket.SHUT_RDWR)

    @override
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Log a bug of the agent, but not a client that disconnected."""
        error = sys.exception()
        if not isinstance(error, OSError):
            logger.error("metrics request failed", exc_info=error)


class StatusServer:
    """The server and its thread; `port` 0 takes any free port."""

    def __init__(self, address: str, port: int, sources: StatusSources) -> None:
        handler = type("Handler", (_Handler,), {"sources": sources})
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
        """Stop the server."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def start_server(
    address: str, port: int, sources: StatusSources
) -> StatusServer | None:
    """Start the server; None, and a log line, if the port cannot be opened."""
    try:
        return StatusServer(address, port, sources)
    except OSError as error:
        logger.warning(
            "metrics server could not start",
            extra={"address": address, "port": port, "error": str(error)},
        )
        return None
