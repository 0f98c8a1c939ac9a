"""What the browser tests stand on: Debian's Chromium, and a server of the pages.

In: chromium and axe-core as `make pages` installed them, or `PARALLAX_AXE`.
Out: fixtures. It does not: reach another host; a test that would, fails.
"""

import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, override

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from parallax.report.response import Response
from tests.parallax.overview.pages import PAGES as OVERVIEWS
from tests.parallax.report.incidents import PAGES

ROOT = Path(__file__).resolve().parents[2]
ALL = {**PAGES, **OVERVIEWS}
CHROMIUM = "/usr/bin/chromium"
AXE = Path(os.environ.get("PARALLAX_AXE", ROOT / ".tools/axe/axe.min.js"))


@dataclass
class Site:
    """A server of the pages; `url` is its address."""

    url: str
    pages: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """Serve each page with the headers that the function sends."""
    pages = {f"/{name}": make().encode() for name, make in ALL.items()}

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """Return a page; nothing for the icon, which a browser requests itself."""
            none = Response(204).encode()
            event = pages.get(self.path, none)
            body = event["body"].encode()
            self.send_response(event["statusCode"])
            for name, value in event["headers"].items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        @override
        def log_message(self, format: str, *args: object) -> None:
            """Log nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Site(f"http://127.0.0.1:{server.server_address[1]}", pages)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start Chromium once; without a sandbox, since CI is root."""
    with sync_playwright() as driver:
        started = driver.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-dev-shm-usage"],
        )
        yield started
        started.close()


@dataclass
class Opened:
    """A page in the browser, and what went wrong while it was used."""

    page: Page
    problems: list[str]
    requests: list[str]


@pytest.fixture
def open_page(browser: Browser, site: Site) -> Iterator[Any]:
    """Return a function that opens a page; afterwards nothing was refused or failed."""
    contexts = list[Any]()
    seen = list[Opened]()

    def open_it(
        name: str, *, width: int = 390, theme: Any = "light", **options: Any
    ) -> Opened:
        context = browser.new_context(
            viewport={"width": width, "height": 844}, color_scheme=theme, **options
        )
        contexts.append(context)
        opened = Opened(context.new_page(), [], [])
        seen.append(opened)
        page = opened.page
        page.on("console", lambda m: opened.problems.append(f"{m.type}: {m.text}"))
        page.on("pageerror", lambda error: opened.problems.append(str(error)))
        page.on("request", lambda request: opened.requests.append(request.url))
        page.goto(f"{site.url}/{name}")
        return opened

    yield open_it
    for context in contexts:
        context.close()
    for opened in seen:
        assert opened.problems == []
        hosts = {url.split("/", 3)[2] for url in opened.requests}
        assert hosts <= {site.url.removeprefix("http://")}
