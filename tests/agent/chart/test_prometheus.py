"""A real Prometheus with the rules, which scrapes a real agent and the exporter.

`docs/metrics.md` has the scrape configuration of the exporter; here it needs no token.
"""

import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
import yaml

from parallax_agent.serving.server import StatusServer, StatusSources
from tests.agent.chart.monitoring import agent, stack_metrics
from tests.agent.chart.test_dashboard import queries
from tests.agent.chart.test_rules import RULES, rules

START_SECONDS = 30.0
ENOUGH = "count_over_time(parallax_agent_dropped_reports_total[1m]) > 2"
"""`increase` needs two samples."""


def job(name: str, port: int, **more: Any) -> dict[str, Any]:
    """Return a scrape job of one target."""
    targets = [{"targets": [f"127.0.0.1:{port}"]}]
    return {"job_name": name, "static_configs": targets, **more}


@pytest.fixture(scope="module")
def ports() -> Iterator[tuple[int, int]]:
    """Serve the agent's metrics with its own server, and the exporter's."""
    sources = StatusSources(lambda: True, lambda: True, agent().registry)
    served = StatusServer("127.0.0.1", 0, sources)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/plain; version=0.0.4")
            self.end_headers()
            self.wfile.write(stack_metrics().encode())

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
            """Print nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield served.port, server.server_port
        server.shutdown()
    served.close()


@pytest.fixture(scope="module")
def prometheus(
    ports: tuple[int, int], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    """Run Debian's Prometheus until it has enough samples."""
    folder = tmp_path_factory.mktemp("prometheus")
    configuration = {
        "global": {"scrape_interval": "500ms", "scrape_timeout": "500ms"}
        | {"evaluation_interval": "500ms"},
        "rule_files": [str(RULES)],
        "scrape_configs": [
            job("parallax-agent", ports[0]),
            job("parallax", ports[1], honor_labels=True),
        ],
    }
    file = folder / "prometheus.yml"
    file.write_text(yaml.safe_dump(configuration))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    program = shutil.which("prometheus")
    assert program, "prometheus is missing: make setup"
    words = (f"--config.file={file}", f"--storage.tsdb.path={folder}/data")
    process = subprocess.Popen(  # noqa: S603 - Debian's program
        [program, *words, f"--web.listen-address={address}"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        with httpx.Client(base_url=f"http://{address}") as client:
            deadline = time.monotonic() + START_SECONDS
            while not found(client, ENOUGH):
                assert time.monotonic() < deadline
                threading.Event().wait(0.1)
            yield client
    finally:
        process.terminate()
        process.wait(timeout=20)


def found(prometheus: httpx.Client, query: str) -> list[dict[str, Any]]:
    """Return the series that a query finds; none before Prometheus listens."""
    with suppress(httpx.TransportError):
        response = prometheus.get("/api/v1/query", params={"query": query})
        if response.is_success:
            return response.json()["data"]["result"]
    return []


@pytest.mark.parametrize("query", queries())
def test_every_panel_shows_something(prometheus: httpx.Client, query: str) -> None:
    """With one agent and the exporter, no query of the dashboard is empty."""
    assert found(prometheus, query)


def test_the_variable_lists_the_targets(prometheus: httpx.Client) -> None:
    """Of the agents and of the internet, each once."""
    response = prometheus.get(
        "/api/v1/label/target/values", params={"match[]": 'probe_success{target!=""}'}
    )
    assert response.json()["data"] == ["front", "plain"]


def test_prometheus_loads_every_rule(prometheus: httpx.Client) -> None:
    """And evaluates each without an error."""
    deadline = time.monotonic() + START_SECONDS
    health, loaded = {"unknown"}, list[dict[str, Any]]()
    while "unknown" in health:
        assert time.monotonic() < deadline
        groups = prometheus.get("/api/v1/rules").json()["data"]["groups"]
        loaded = [rule for group in groups for rule in group["rules"]]
        health = {rule["health"] for rule in loaded}
    assert health == {"ok"}
    written = [rule["alert"] for group in rules() for rule in group["rules"]]
    assert sorted(rule["name"] for rule in loaded) == sorted(written)


def test_inside_and_outside_are_told_apart_by_the_role(
    prometheus: httpx.Client,
) -> None:
    """The exporter's series have none, and their URL as `instance`."""
    (outside,) = found(prometheus, 'probe_success{role="",target="front"}')
    inside = found(prometheus, 'probe_success{role!="",target="front"}')
    assert outside["metric"]["instance"] == "https://front.example:8443/health"
    assert {one["metric"]["role"] for one in inside} == {"ingress", "pod"}
