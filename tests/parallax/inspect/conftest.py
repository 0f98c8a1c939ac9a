"""The API of `tests.parallax.inspect.api`, served over HTTP."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar, override

import pytest

from tests.parallax.inspect.api import Api


@pytest.fixture
def api() -> Iterator[Api]:
    """Yield an API and stop its server."""
    made = Api()

    class Handler(BaseHTTPRequestHandler):
        protocol_version: ClassVar[str] = "HTTP/1.1"  # pyright: ignore[reportIncompatibleVariableOverride]
        # Head and body are two writes; the second would wait for the first's ACK.
        disable_nagle_algorithm: ClassVar[bool] = True  # pyright: ignore[reportIncompatibleVariableOverride]

        def do_GET(self) -> None:
            code, headers, body = made.answer(
                self.path, self.headers.get("authorization")
            )
            self.send_response(code)
            # A test may lie about the length: an answer is cut short then.
            for name, value in ({"Content-Length": str(len(body))} | headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        @override
        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    thread = threading.Thread(target=http.serve_forever, args=(0.02,))
    thread.start()
    made.url = f"http://127.0.0.1:{http.server_port}/v1"
    yield made
    http.shutdown()
    thread.join()
    http.server_close()
