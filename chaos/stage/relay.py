"""Relay: an HTTP server before the emulator, at which requests can fail.

In: requests of functions to AWS, or pushes of agents. Out: the emulator's responses; or
a refusal, a lost answer, half an answer, a wait, a reset.
It does not: read more of a request than its service, operation and sender.
"""

import http.client
import re
import socket
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import override

from chaos.stage.injected import Injected

EMULATOR = ("127.0.0.1", 4566)
SERVICE = re.compile(r"Credential=[^/]+/\d+/[\w-]+/([\w-]+)/")
PUSH = ("reset", "lost-answer", "half", "slow", "status-503", "status-429")
"""What happens to a push of an agent."""
AWS = ("reset", "lost-answer", "half", "slow", "throttled", "error", "denied")
"""What happens to a request of a function."""
SLOW = 3.0
NO_LINGER = struct.pack("ii", 1, 0)
CODES = {
    "throttled": (400, "ThrottlingException"),
    "error": (500, "InternalServerError"),
    "denied": (403, "AccessDeniedException"),
    "status-503": (503, "ServiceUnavailable"),
    "status-429": (429, "TooManyRequestsException"),
}


@dataclass
class Relay:
    """One relay on a port of loopback; `site` names what a request concerns."""

    port: int
    kinds: tuple[str, ...]
    rate: float
    injected: Injected
    rng: Random
    site: Callable[[BaseHTTPRequestHandler, bytes], str]
    on: bool = False
    _server: ThreadingHTTPServer | None = field(default=None, init=False)

    def start(self) -> None:
        """Serve in threads until `stop`."""
        relay = self

        class Handler(_Handler):
            owner = relay

        self._server = _Server(("127.0.0.1", self.port), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """End the server."""
        if self._server:
            self._server.shutdown()
            self._server.server_close()

    def drawn(self) -> str | None:
        """Return the fault of the next request; None: it has none."""
        hit = self.on and self.rng.random() < self.rate
        return self.rng.choice(self.kinds) if hit else None


class _Server(ThreadingHTTPServer):
    """The server; it prints nothing about a connection that was reset."""

    @override
    def handle_error(self, request: object, client_address: object) -> None:
        """Print nothing."""


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    owner: Relay

    def _relay(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        relay, kind = self.owner, self.owner.drawn()
        site = relay.site(self, body)
        if kind:
            relay.injected.add(f"{kind}", site)
        if kind == "reset":
            self._reset()
            return
        if kind == "slow":
            time.sleep(SLOW)
        if kind in CODES:
            self._refuse(*CODES[kind])
            return
        try:
            answer, content = self._asked(body)
        except OSError:
            self._reset()
            return
        if kind == "lost-answer":
            self._reset()
            return
        self._answer(answer, content, half=kind == "half")
        if kind is None and answer.status < 300:  # noqa: PLR2004 - HTTP
            relay.injected.recovered(site)

    def _asked(self, body: bytes) -> tuple[http.client.HTTPResponse, bytes]:
        asking = http.client.HTTPConnection(*EMULATOR, timeout=70)
        try:
            asking.request(self.command, self.path, body, dict(self.headers.items()))
            answer = asking.getresponse()
            return answer, answer.read()
        finally:
            asking.close()

    def _answer(
        self, answer: http.client.HTTPResponse, content: bytes, *, half: bool
    ) -> None:
        with suppress(OSError):
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in {"content-length", "transfer-encoding", "date"}:
                    self.send_header(name, value)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content[: len(content) // 2] if half else content)
            if half:
                self._reset()

    def _refuse(self, status: int, code: str) -> None:
        aws = f'{{"__type": "com.amazonaws#{code}", "message": "chaos"}}'.encode()
        xml = f"<ErrorResponse><Error><Code>{code}</Code></Error></ErrorResponse>"
        is_json = "json" in self.headers.get("content-type", "")
        content = aws if is_json else xml.encode()
        with suppress(OSError):
            self.send_response(status)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    def _reset(self) -> None:
        """Close with a reset, so that the other side gets no end of a response."""
        self.close_connection = True
        with suppress(OSError):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
            self.connection.shutdown(socket.SHUT_RDWR)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _relay  # noqa: N815 - its names

    @override
    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""


def aws_site(handler: BaseHTTPRequestHandler, body: bytes) -> str:
    """Return service and operation of a request to AWS."""
    found = SERVICE.search(handler.headers.get("authorization", ""))
    service = found[1] if found else "aws"
    target = handler.headers.get("x-amz-target", "").rpartition(".")[2]
    action = re.search(rb"Action=(\w+)", body[:200])
    name = target or (action[1].decode() if action else handler.command)
    return f"{service}.{name}"


def push_site(handler: BaseHTTPRequestHandler, _body: bytes) -> str:
    """Return the id of a push, which stays when the agent sends it again."""
    return f"push {handler.headers.get('webhook-id', '')}"
