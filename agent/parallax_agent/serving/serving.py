"""Serving: what the kubelet and Prometheus may ask the agent, over plain HTTP.

In: an address, whether the agent lives and is ready, its metrics. Out: `/livez`,
`/readyz` (200 or 503, one word) and `/metrics`. It does not: know why.
A port that is taken costs the answers, not the watch: that is told in the log.
"""

import logging
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import override

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answers:
    """What is asked for each answer."""

    alive: Callable[[], bool]
    ready: Callable[[], bool]
    registry: CollectorRegistry


class _Handler(BaseHTTPRequestHandler):
    """One request."""

    answers: Answers
    timeout = 5

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
            self._send(404, "text/plain", b"/livez, /readyz and /metrics are here\n")

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
    """A thread a request; none keeps the process alive."""

    daemon_threads = True

    def __init__(self, place: tuple[str, int], handler: type[_Handler]) -> None:
        if ":" in place[0]:
            self.address_family = socket.AF_INET6
        super().__init__(place, handler)


class Serving:
    """The server and its thread; `port` 0 takes any that is free."""

    def __init__(self, address: str, port: int, answers: Answers) -> None:
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


def serve(address: str, port: int, answers: Answers) -> Serving | None:
    """Begin to serve; None, and a line in the log, where the port is not to be had."""
    try:
        return Serving(address, port, answers)
    except OSError as error:
        logger.warning("not serving on %s:%d: %s", address, port, error)
        return None
