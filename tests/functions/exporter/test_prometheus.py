"""A real Prometheus scrapes the exporter, as docs/metrics.md configures it."""

import base64
import re
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from parallax import aws
from parallax.exporter import endpoint
from parallax.exporter.endpoint import Endpoint
from parallax.exporter.view import View
from tests.functions.exporter.test_app import TOKEN, event
from tests.functions.template import ROOT
from tests.parallax.exporter.views import NOW, VIEW

CONFIGURATION = re.compile(r"```yaml\n(scrape_configs:.*?)```", re.DOTALL)
START_SECONDS = 30.0


class Stack:
    """The exporter behind an HTTP server; a test changes its view."""

    view: View = VIEW
    url: str = ""

    def respond(self, headers: Any) -> tuple[int, dict[str, str], bytes]:
        """Respond to a request as the function URL does."""
        from aws_lambda_powertools.utilities.data_classes import (  # noqa: PLC0415 - slow
            LambdaFunctionUrlEvent,
        )

        given = event(None) | {"headers": {k.lower(): v for k, v in headers.items()}}
        found = Endpoint("arn", lambda: self.view).respond(
            LambdaFunctionUrlEvent(given)
        )
        body = found["body"]
        raw = base64.b64decode(body) if found.get("isBase64Encoded") else body.encode()
        return found["statusCode"], found["headers"], raw


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    """Run the exporter on loopback, with a token and no table."""
    monkeypatch.setattr(endpoint, "secret", lambda _arn, _field: TOKEN)
    served = Stack()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = served.respond(self.headers)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
            """Print nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        served.url = f"127.0.0.1:{server.server_port}"
        yield served
        server.shutdown()


@pytest.fixture
def prometheus(stack: Stack, tmp_path: Path) -> Iterator[httpx.Client]:
    """Run Debian's Prometheus with the documented configuration, once a second."""
    page = (ROOT / "docs/metrics.md").read_text()
    (documented,) = CONFIGURATION.findall(page)
    token = tmp_path / "token"
    token.write_text(TOKEN)
    written = re.sub(r"\[[\w.-]+lambda-url[\w.-]+\]", f"[{stack.url}]", documented)
    written = re.sub(r"credentials_file: .*", f"credentials_file: {token}", written)
    written = written.replace("scheme: https", "scheme: http")
    written = re.sub(r"scrape_(interval|timeout): \d+s", r"scrape_\1: 1s", written)
    configuration = tmp_path / "prometheus.yml"
    configuration.write_text(written)
    program = shutil.which("prometheus")
    assert program is not None, "make setup installs Debian's package prometheus"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(  # noqa: S603 - Debian's program
        [
            program,
            f"--config.file={configuration}",
            f"--storage.tsdb.path={tmp_path / 'data'}",
            f"--web.listen-address=127.0.0.1:{port}",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
            yield client
    finally:
        process.terminate()
        process.wait(timeout=20)


def ask(prometheus: httpx.Client, query: str) -> list[tuple[dict[str, str], str]]:
    """Return labels and value of each series that a query finds now."""
    with suppress(httpx.TransportError):
        response = prometheus.get("/api/v1/query", params={"query": query})
        if response.is_success:
            found = response.json()["data"]["result"]
            return [(one["metric"], one["value"][1]) for one in found]
    return []


def await_(prometheus: httpx.Client, query: str, count: int) -> Any:
    """Return what a query finds once it finds so many series."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if len(found := ask(prometheus, query)) == count:
            return found
        threading.Event().wait(0.1)
    pytest.fail(f"{query}: not {count} series within {START_SECONDS:g} s")


def test_prometheus_stores_results_and_ends_the_series_of_a_stale_target(
    stack: Stack, prometheus: httpx.Client
) -> None:
    """The URL is `instance`; a target without a probe disappears at the next scrape."""
    found = await_(prometheus, "probe_success", 2)
    by_target = {labels["target"]: (labels, value) for labels, value in found}
    labels, value = by_target["front"]
    assert (labels["instance"], labels["job"]) == (VIEW.targets[0].url, "parallax")
    assert "exported_instance" not in labels
    assert (value, by_target["plain"][1]) == ("1", "0")
    ((_, days),) = ask(prometheus, "(probe_ssl_earliest_cert_expiry - time()) / 86400")
    assert float(days) == pytest.approx(
        (NOW + timedelta(days=30)).timestamp() / 86400 - time.time() / 86400, abs=1
    )
    stack.view = replace(VIEW, probes={"front": VIEW.probes["front"]})
    await_(prometheus, "probe_success", 1)
    # An error of AWS is a failed scrape, and all series end.
    stack.respond = lambda _headers: (502, {}, b"")  # type: ignore[method-assign]
    await_(prometheus, "probe_success", 0)
    assert ask(prometheus, 'up{job="parallax"}')[0][1] == "0"


def test_the_secret_is_read_by_the_name_that_the_template_gives_it() -> None:
    """The test above replaces only the read itself."""
    assert endpoint.secret is aws.secret
    assert f'"{endpoint.TOKEN_FIELD}"' in (ROOT / "template.yaml").read_text()
