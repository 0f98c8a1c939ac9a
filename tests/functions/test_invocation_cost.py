"""What one healthy invocation costs: the memory that is billed, and bytes of log."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, override

import pytest

from parallax.journal.dynamodb import DynamoJournal
from parallax.links.address import Addresses
from parallax.links.key import LinkKey
from parallax.links.overview import overview_query
from parallax.links.signature import Signer
from parallax.uptime.history import PARTS, History, part_of
from parallax.uptime.table import Histories
from parallax.uptime.tally import DAY, Tally
from tests.conftest import Cloud
from tests.functions.diagnose.test_app import record, run
from tests.functions.exporter.test_app import TOKEN
from tests.functions.exporter.test_app import event as scrape
from tests.functions.ingest.test_app import KEY, event, push
from tests.functions.template import CODE, FUNCTIONS, ROOT, STEPS
from tests.parallax.inspect.api import Api
from tests.parallax.open_group import ALERT, BOARD, GROUP, member, store
from tests.parallax.routes.notices import PLACE, body
from tests.parallax.routes.standin import StandIn, standing

LINE_BYTES = 400
"""The most that a healthy invocation logs: one short line."""
RUNTIME_MEGABYTES = 25
"""What Lambda's own processes use beside the function's."""
HEADROOM = 1.5


class Healthy(BaseHTTPRequestHandler):
    """A target that responds 200, and below /v1 the Hetzner API."""

    api = Api()

    def do_GET(self) -> None:
        """Respond with two KB, or with a list of the API."""
        body = b"x" * 2048
        if self.path.startswith("/v1/"):
            _, _, body = self.api.answer(self.path, self.headers["authorization"])
        self.send_response(HTTPStatus.OK)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    @override
    def log_message(self, format: str, *args: object) -> None:
        """Write nothing."""


@pytest.fixture
def target() -> Iterator[str]:
    """Give the URL of a healthy target."""
    with HTTPServer(("127.0.0.1", 0), Healthy) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def invoke(step: str, given: Any, places: dict[str, str]) -> tuple[list[str], Any]:
    """Invoke a function in its own process; return its log and its result."""
    done = subprocess.run(  # noqa: S603 - our own module
        [sys.executable, "-m", "tests.functions.one_invocation", CODE[step]],
        cwd=ROOT,
        env=os.environ
        | {f"PARALLAX_{name}": value for name, value in places.items()}
        | {"AWS_LAMBDA_FUNCTION_NAME": "f", "POWERTOOLS_SERVICE_NAME": step},
        input=json.dumps(given),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    *log, result = done.stdout.splitlines()
    return log, json.loads(result)


def opened(cloud: Cloud) -> Any:
    """Store an incident of 500 targets; return the request of who opens its link."""
    members = tuple(member(f"target-{number}") for number in range(500))
    board = replace(BOARD, groups=(replace(GROUP, members=members[::-1]),))
    fresh = replace(ALERT, at=datetime.now(UTC), members=members)
    store(cloud.incidents, board, fresh)
    link = Addresses(LinkKey(cloud.incidents), "").of(fresh)
    assert link is not None
    path, _, query = link.partition("?")
    http = {"http": {"method": "GET"}}
    return {"rawPath": path, "rawQueryString": query, "requestContext": http}


def looked_over(cloud: Cloud, file: Path) -> tuple[Any, dict[str, str]]:
    """Store 90 days of 500 targets; return who opens the overview, and its places."""
    targets = [f"target-{number}" for number in range(500)]
    lines = [f"- {{name: {name}, url: https://{name}.example/}}" for name in targets]
    file.write_text("\n".join(["targets:", *lines]))
    today = int(datetime.now(UTC).timestamp()) // DAY
    for part in range(PARTS):
        days = {today - n: Tally(DAY - part, n % 7 * part) for n in range(90)}
        known = {name: days for name in targets if part_of(name) == part}
        new = History(part=part, until=today * DAY, targets=known)
        Histories(cloud.incidents).put(new, None)
    signer = Signer(
        stack=cloud.incidents, key=LinkKey(cloud.incidents).read_or_create()
    )
    query = overview_query(signer, datetime.now(UTC))
    http = {"http": {"method": "GET"}}
    event = {"rawPath": "/o", "rawQueryString": query, "requestContext": http}
    return event, {"TARGETS": str(file), "UPTIME_TABLE": cloud.incidents}


@pytest.fixture
def receiver() -> Iterator[StandIn]:
    """Run a receiver of alerts on loopback."""
    with standing("webhook") as stand_in:
        yield stand_in


def copied() -> dict[str, Any]:
    """Return a message of the routes' queue: an alert for one receiver."""
    return {
        "messageId": "m",
        "body": body(),
        "attributes": {"MessageGroupId": "webhook-1"},
        "messageAttributes": {"route": {"stringValue": "webhook"}},
        "eventSource": "aws:sqs",
    }


@pytest.fixture
def healthy(
    cloud: Cloud, target: str, receiver: StandIn, tmp_path: Path
) -> dict[str, Callable[[], tuple[Any, dict[str, str], str]]]:
    """Give healthy events, with the settings and a part of the response.

    Each is made when it is called: 500 targets take seconds to store.
    """
    file = tmp_path / "targets.yaml"
    file.write_text(
        f"targets:\n  - name: front\n    url: {target}\n"
        "    allow_private_addresses: true\n    reached: {load_balancer: lb-prod}\n"
    )
    name = f"{cloud.journal}-secret"
    routes = PLACE | {"webhook_url": receiver.url}
    values = {"hetzner_token": "t", "agent_key": KEY, "metrics_token": TOKEN}
    text = json.dumps(routes | values)
    cloud.client("secretsmanager").create_secret(Name=name, SecretString=text)
    failing = run("front", 30)
    first = replace(failing.first, healthy=True, status_code=200)
    observed = replace(failing, probes=(first,))
    DynamoJournal(cloud.journal).record(observed)
    places = {
        "TARGETS": str(file),
        "JOURNAL_TABLE": cloud.journal,
        "INCIDENTS_TABLE": cloud.incidents,
        "DEAD_LETTERS_URL": cloud.dead_letters,
        "AGENT_KEY_ARN": name,
        "HETZNER_TOKEN_ARN": name,
        "METRICS_TOKEN_ARN": name,
        "HETZNER_ENDPOINT": f"{target}v1",
        "RESOLVERS": "system",
        "ROUTES": "webhook",
        "ROUTES_SECRET_ARN": name,
        "ROUTES_ALLOW_PRIVATE": "true",
    }
    topic = {"ALERTS_TOPIC_ARN": cloud.topic}
    queue = {"FINDINGS_TOPIC_ARN": cloud.findings}
    waiting = {"deliver": "waiting"}

    def overview() -> tuple[Any, dict[str, str], str]:
        opening, more = looked_over(cloud, tmp_path / "500.yaml")
        return opening, places | more, "target-123"

    judged, sent = {"Records": [record(observed)]}, {"Records": [copied()]}
    return {
        "probe": lambda: ({}, places, '"failing": []'),
        "inspect": lambda: ({}, places, '"load_balancer": "lb-prod"'),
        "ingest": lambda: (event(push()), places, "202"),
        "diagnose": lambda: (judged, places, '"batchItemFailures"'),
        "listen": lambda: ({"listen": True}, places, "{"),
        "notify": lambda: (waiting, places | topic, '{"topic": []}'),
        "publish": lambda: (waiting, places | queue, '{"queue": []}'),
        "routes": lambda: (sent, places, '{"batchItemFailures": []}'),
        "report": lambda: (opened(cloud), places, "target-499"),
        "overview": overview,
        "exporter": lambda: (scrape(), places, "parallax_target_info"),
    }


@pytest.mark.parametrize(
    ("case", "step"),
    [
        *((step, step) for step in STEPS),
        ("listen", "diagnose"),
        ("overview", "report"),
    ],
)
def test_a_healthy_invocation_fits_its_memory_and_logs_one_short_line(
    case: str,
    step: str,
    healthy: dict[str, Callable[[], tuple[Any, dict[str, str], str]]],
) -> None:
    """Half as much memory again is left, and the log is at most one line."""
    given, places, expected = healthy[case]()
    log, result = invoke(step, given, places)
    assert expected in json.dumps(result["response"])
    # Metrics in the log are not text; parallax.metrics decides how many there are.
    lines = [line for line in log if '"_aws"' not in line]
    assert len(lines) <= 1
    assert sum(len(line.encode()) + 1 for line in lines) <= LINE_BYTES
    memory = FUNCTIONS[f"{step.title()}Function"]["MemorySize"]
    assert HEADROOM * (result["megabytes"] + RUNTIME_MEGABYTES) <= memory
