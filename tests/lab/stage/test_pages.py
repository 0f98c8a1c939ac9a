"""Pages: a browser outside reaches the function inside, unchanged."""

import gzip
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import override

import httpx
import pytest

from lab.stage import pages
from lab.stage.pages import Pages, listen


class Function(BaseHTTPRequestHandler):
    """Shows a page, and redirects after a form."""

    def do_GET(self) -> None:
        """Return the requested path."""
        if self.path.endswith(".json"):
            body = gzip.compress(b"{}")
            self.answer(200, body, **{"Content-Encoding": "gzip"})
            return
        self.answer(200, self.path.encode())

    def do_POST(self) -> None:
        """Redirect to what the form contains."""
        form = self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(303, b"", Location=f"/i/{form.decode()}")

    def answer(self, status: int, body: bytes, **headers: str) -> None:
        """Send a response."""
        self.send_response(status)
        for name, value in (headers | {"Content-Length": str(len(body))}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    @override
    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""


@pytest.fixture
def function() -> Iterator[str]:
    """Return the address of a function."""
    server = HTTPServer(("127.0.0.1", 0), Function)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/_aws/lambda-url/x"
    server.shutdown()
    server.server_close()


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pages]:
    """Return pages on a free port."""
    monkeypatch.setenv(pages.VARIABLE, "")
    monkeypatch.setattr(pages, "PORT", 0)
    listen()
    found = Pages.inherited()
    assert found
    yield found
    found.stop()


def test_a_page_and_a_form_reach_the_function(opened: Pages, function: str) -> None:
    """The path stays, and the browser follows the redirect itself."""
    opened.start(function)
    with httpx.Client() as browser:
        page = browser.get(f"{opened.url}/i/abc?e=1")
        assert (page.status_code, page.text) == (200, "/_aws/lambda-url/x/i/abc?e=1")
        form = browser.post(f"{opened.url}/i/abc", content=b"def")
        assert (form.status_code, form.headers["location"]) == (303, "/i/def")


def test_a_function_that_is_gone_is_stated(opened: Pages) -> None:
    """It stops with the stage, or has not started yet."""
    opened.start("http://127.0.0.1:1")
    assert httpx.get(f"{opened.url}/i/abc").status_code == 502


def test_an_address_outside_has_one_inside(opened: Pages, function: str) -> None:
    """The demo saves a page from within the namespace."""
    opened.start(function)
    assert opened.inside(f"{opened.url}/i/abc") == f"{function}/i/abc"


def test_a_stage_without_a_socket_has_no_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests start a stage without a browser."""
    monkeypatch.delenv(pages.VARIABLE, raising=False)
    assert Pages.inherited() is None


def test_a_compressed_response_is_readable(opened: Pages, function: str) -> None:
    """As a raw snapshot is: what arrives here is already decoded."""
    opened.start(function)
    with httpx.Client() as browser:
        found = browser.get(f"{opened.url}/i/abc/snapshot.json")
    assert (found.status_code, found.text) == (200, "{}")
    assert "content-encoding" not in found.headers
