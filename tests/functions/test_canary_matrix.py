"""Canaries as a matrix: each secret that enters the stack, each text that leaves it.

A real probe reads a real server, a real push is signed, and all functions run. `INPUTS`
lists the secrets by where they enter, `OUTPUTS` what leaves. `ALLOWED` has the cells in
which a text is expected, each with its reason; every other cell must be empty.
"""

import base64
import gzip
import json
import logging
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any, override

import pytest
from standardwebhooks import Webhook
from typer.testing import CliRunner

from parallax.cli import app as command_line
from parallax.groups.table import DynamoGroups
from parallax.incidents.table import DynamoIncidents
from parallax.journal.dynamodb import DynamoJournal
from parallax.links.address import Addresses
from parallax.links.key import LinkKey
from parallax.links.overview import PATH, overview_query
from parallax.links.signature import Signer
from parallax.model.key_id import HEADER
from parallax.model.probe import ProbeRun
from parallax.redrive import stack as stack_of
from parallax.status_page.destination import Bucket
from tests.conftest import Cloud
from tests.functions.diagnose.test_app import record
from tests.functions.exporter import test_app as exporter
from tests.functions.ingest.test_app import push
from tests.functions.one_invocation import CONTEXT
from tests.functions.report.test_app import URL, event
from tests.parallax.cli.test_redrive import deploy
from tests.parallax.mcp.clients import call
from tests.parallax.routes.standin import standing

KEY = base64.b64encode(b"CANARYagentkeyCANARYagent").decode()
INPUTS = {
    "response cookie": "CANARY-set-cookie",
    "response authorization": "CANARY-authorization",
    "response redirect": "CANARY-location",
    "response pair": "CANARY-header-pair",
    "response body": "CANARY-in-body",
    "target URL": "CANARY-url-token",
    "login": "CANARY-login-secret",
    "push cookie": "CANARY-push-cookie",
    "push query": "CANARY-push-query",
    "push signature": "CANARYsignature",
    "push unknown field": "CANARY-unknown-field",
    "agents' key": KEY,
    "Hetzner token": "CANARYhetznertoken",
    "metrics token": "CANARYmetricstoken0123456789",
    "OTLP headers": "CANARYotlpheaders",
    "heartbeat URL": "CANARYheartbeat",
    "Slack URL": "CANARYslackpath",
    "webhook secret": base64.b64encode(b"CANARYwebhooksecret=").decode(),
    "environment": "CANARY-environment",
}
"""Where a secret enters -> its text."""
ALLOWED: dict[tuple[str, str], str] = {}
"""(input, output) -> why the text may be there."""
for _output in ("journal", "snapshots", "incidents table", "report page", "mcp"):
    ALLOWED["response body", _output] = "bodies are not redacted (threat-model.md)"
for _output in ("findings queue", "alert mail", "command line", "routes"):
    ALLOWED["response body", _output] = "the first line of a body is evidence"
BODY = "<html>\n<p>CANARY-in-body</p> Authorization: Bearer {login}\n</html>"
TARGETS = """targets:
  - name: front
    url: {url}health?api_key=CANARY-url-token
    allow_private_addresses: true
    login: {{kind: bearer, secret: shop, allow_http: true}}
    public: {{title: Shop}}
"""


class Leaking(BaseHTTPRequestHandler):
    """A target that fails, and repeats each secret that it got or has."""

    def do_GET(self) -> None:
        """Respond 503 with secrets in headers and body."""
        text = BODY.format(login=INPUTS["login"]).encode()
        self.send_response(503)
        for name, value in (
            ("Set-Cookie", f"session={INPUTS['response cookie']}; Path=/"),
            ("Authorization", f"Bearer {INPUTS['response authorization']}"),
            ("Location", f"/login?token={INPUTS['response redirect']}"),
            ("X-Debug", f"session_token={INPUTS['response pair']}; upstream=1"),
            ("X-Request", self.headers.get("Authorization", "none")),
            ("X-Original-Url", self.path),
            ("Content-Length", str(len(text))),
        ):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text)

    @override
    def log_message(self, format: str, *args: object) -> None:
        """Write nothing."""


@pytest.fixture
def leaking() -> Iterator[str]:
    """Give the URL of such a target."""
    with HTTPServer(("127.0.0.1", 0), Leaking) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,)).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def pushed() -> dict[str, Any]:
    """Make a signed push with secrets where a sender may put them."""
    document = json.loads(push()) | {"secret": INPUTS["push unknown field"]}
    body, now = json.dumps(document), datetime.now(UTC)
    key = f"whsec_{KEY}"
    signature = Webhook(key).sign("msg_1", now, body)
    return {
        "rawPath": "/v1/observations",
        "rawQueryString": f"token={INPUTS['push query']}",
        "requestContext": {"http": {"method": "POST"}},
        "headers": {
            "webhook-id": "msg_1",
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": f"{signature} v1,{INPUTS['push signature']}",
            "cookie": f"a={INPUTS['push cookie']}",
            HEADER: "c1",
        },
        "body": body,
        "isBase64Encoded": False,
    }


class World:
    """One stack with all functions, and the texts that came out of it."""

    def __init__(
        self, load: Callable[..., ModuleType], cloud: Cloud, bucket: str, targets: Path
    ) -> None:
        """Store the secrets; nothing runs yet."""
        self.cloud, self.bucket, self.targets = cloud, bucket, targets
        self.texts: dict[str, list[str]] = {}
        self.values = f"{cloud.journal}-values"
        self.logins = f"{cloud.journal}-logins"
        self.load = partial(
            load,
            TARGETS=targets,
            JOURNAL_TABLE=cloud.journal,
            INCIDENTS_TABLE=cloud.incidents,
            UPTIME_TABLE=cloud.incidents,
            DEAD_LETTERS_URL=cloud.dead_letters,
            SNAPSHOT_BUCKET=bucket,
            REPEAT_SECONDS="0.1",
            CONTROL_URL="",
            RESOLVERS="system",
            EVIDENCE_SECONDS="5",
            REPORT_URL=URL,
        )
        self.secret(self.logins, shop=INPUTS["login"])

    def secret(self, name: str, **fields: str) -> None:
        """Store a secret."""
        self.cloud.client("secretsmanager").create_secret(
            Name=name, SecretString=json.dumps(fields)
        )

    def saw(self, output: str, *texts: object) -> None:
        """Add texts of an output."""
        self.texts.setdefault(output, []).extend(str(text) for text in texts)

    def observe(self) -> None:
        """Probe, push and judge."""
        probe = self.load("probe", LOGINS_SECRET_ARN=self.logins)
        self.saw("function answers", probe.handler({}, CONTEXT))
        self.saw("function answers", probe.handler({"targets": ["front"]}, CONTEXT))
        ingest = self.load("ingest", AGENT_KEY_ARN=self.values)
        taken, refused = pushed(), pushed()
        refused["headers"][HEADER] = "other"
        for one, status in ((taken, 202), (refused, 401)):
            answer = ingest.handler(one, None)
            assert answer["statusCode"] == status, answer
            self.saw("ingest response", answer)
        since = datetime.now(UTC) - timedelta(minutes=5)
        runs = DynamoJournal(self.cloud.journal).recent("front", since)
        diagnose = self.load("diagnose")
        found = [record(run) for run in runs if isinstance(run, ProbeRun)]
        self.saw("function answers", diagnose.handler({"Records": found}, None))

    def items(self, table: str) -> list[dict[str, Any]]:
        """Return all items of a table."""
        return self.cloud.client("dynamodb").scan(TableName=table)["Items"]

    def publish(self) -> None:
        """Run the incidents' stream through notify, and alerts through it again."""
        notify = self.load(
            "notify",
            FINDINGS_TOPIC_ARN=self.cloud.findings,
            ALERTS_TOPIC_ARN=self.cloud.topic,
        )
        for _ in range(2):
            for number, image in enumerate(self.items(self.cloud.incidents)):
                if "payload" in image:
                    payload = base64.b64encode(bytes(image["payload"]["B"])).decode()
                    image["payload"] = {"B": payload}
                change = {"NewImage": image, "SequenceNumber": f"{number}"}
                one = {"eventName": "MODIFY", "dynamodb": change}
                self.saw("function answers", notify.handler({"Records": [one]}, None))
        mails = self.cloud.messages(self.cloud.inbox)
        findings = self.cloud.messages(self.cloud.queue)
        assert mails
        assert findings
        self.saw("alert mail", *mails)
        self.saw("findings queue", *findings)
        self.saw("dead letters", *self.cloud.messages(self.cloud.dead_letters))
        self.route(mails[0])

    def route(self, note: str) -> None:
        """Send an alert to a chat and to a webhook; keep the bodies."""
        with standing() as receiver:
            self.secret(
                f"{self.values}-routes",
                **FIELDS,
                slack_url=f"{receiver.url}/{INPUTS['Slack URL']}",
                webhook_url=f"{receiver.url}/hook",
                webhook_secret=f"whsec_{INPUTS['webhook secret']}",
            )
            for kind in ("slack", "webhook"):
                routes = self.load(
                    "routes",
                    ROUTES=kind,
                    ROUTES_ALLOW_PRIVATE="true",
                    ROUTES_SECRET_ARN=f"{self.values}-routes",
                )
                message = {
                    "messageId": "m",
                    "body": json.loads(note)["Message"],
                    "attributes": {"MessageGroupId": "g"},
                    "messageAttributes": {"route": {"stringValue": kind}},
                    "eventSource": "aws:sqs",
                }
                routes.handler({"Records": [message]}, None)
            assert len(receiver.accepted) == 2
            self.saw("routes", *(json.dumps(one) for one in receiver.accepted))

    def show(self) -> None:
        """Open each page, file, command and tool."""
        self.pages()
        app = self.load("exporter", METRICS_TOKEN_ARN=self.values)
        authorization = f"Bearer {INPUTS['metrics token']}"
        scraped = app.handler(exporter.event(authorization), None)
        assert scraped["statusCode"] == 200
        self.saw("metrics", scraped, app.handler(exporter.event("Bearer no"), None))
        name = self.cloud.incidents
        deploy(self.cloud, name, IncidentsTable=name, SnapshotBucketName=self.bucket)
        group = DynamoGroups(name).get().groups[0].id
        for words in (
            ["incidents", "--stack", name],
            ["incidents", "--stack", name, "--json"],
            ["show", group, "--stack", name],
            ["show", group, "--stack", name, "--json"],
            ["show", group, "--stack", name, "--mail"],
            ["show", "nothing", "--stack", name],
            ["targets", str(self.targets)],
            ["targets", str(self.targets), "--json"],
        ):
            done = CliRunner().invoke(command_line, words)
            self.saw("command line", done.output)
        for tool, arguments in (
            ("list_incidents", {}),
            ("show_incident", {"incident": group}),
            ("show_target", {"target": "front"}),
        ):
            self.saw("mcp", call(name, tool, **arguments))

    def pages(self) -> None:
        """Open the incident's page, the overview, and the status page with its feed."""
        groups = DynamoGroups(self.cloud.incidents)
        alert = groups.last(groups.get().groups[0].id)
        assert alert is not None
        key = LinkKey(self.cloud.incidents)
        address = Addresses(key, URL).of(alert)
        assert address is not None
        report = self.load("report")
        page = report.handler(event(address), None)
        assert page["statusCode"] == 200
        self.saw("report page", page, report.handler(event(f"{address}x"), None))
        signer = Signer(stack=self.cloud.incidents, key=key.read_or_create())
        query = overview_query(signer, datetime.now(UTC))
        overview = report.handler(event(f"{URL}{PATH}?{query}"), None)
        assert overview["statusCode"] == 200
        self.saw("overview", overview)
        diagnose = self.load(
            "diagnose",
            STATUS_PAGE_BUCKET=self.bucket,
            STATUS_PAGE_URL="https://status.example/",
            STATUS_PAGE_TITLE="Example",
        )
        diagnose.handler({"uptime": True}, None)
        assert diagnose.handler({"status_page": True}, None) == {"written": True}
        for name in ("index.html", "status.json", "feed.xml"):
            self.saw("status page", Bucket(self.bucket).read(name))

    def stored(self) -> None:
        """Read what is stored, decoded as the code decodes it."""
        since = datetime.now(UTC) - timedelta(minutes=5)
        runs = DynamoJournal(self.cloud.journal).recent("front", since)
        self.saw("journal", *runs, *self.items(self.cloud.journal))
        incident = DynamoIncidents(self.cloud.incidents).get("front")
        self.saw("incidents table", incident, *self.items(self.cloud.incidents))
        s3 = self.cloud.client("s3")
        for one in s3.list_objects_v2(Bucket=self.bucket).get("Contents", ()):
            if one["Key"].startswith("snapshots/"):
                body = s3.get_object(Bucket=self.bucket, Key=one["Key"])["Body"].read()
                self.saw("snapshots", gzip.decompress(body).decode())
        assert self.texts["snapshots"]


FIELDS = {
    "agent_key": f"c/c1=whsec_{KEY}",
    "hetzner_token": INPUTS["Hetzner token"],
    "metrics_token": INPUTS["metrics token"],
    "otlp_headers": f"authorization={INPUTS['OTLP headers']}",
    "heartbeat_url": f"https://beat.example/{INPUTS['heartbeat URL']}",
}
OUTPUTS = {
    "function answers",
    "ingest response",
    "alert mail",
    "findings queue",
    "dead letters",
    "routes",
    "report page",
    "overview",
    "status page",
    "metrics",
    "command line",
    "mcp",
    "journal",
    "incidents table",
    "snapshots",
    "log",
}
"""What leaves the stack."""


def test_no_secret_of_any_input_is_in_any_output(  # noqa: PLR0913, PLR0917 - one for each fixture
    load: Callable[..., ModuleType],
    cloud: Cloud,
    bucket: str,
    tmp_path: Path,
    leaking: str,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each cell of the matrix is empty, or is listed with a reason and is used."""
    caplog.set_level(logging.DEBUG)
    for noisy in ("botocore", "urllib3"):
        caplog.set_level(logging.INFO, noisy)
    stack_of.client.cache_clear()
    monkeypatch.setenv("SOME_TOKEN", INPUTS["environment"])
    file = tmp_path / "targets.yaml"
    file.write_text(TARGETS.format(url=leaking))
    world = World(load, cloud, bucket, file)
    world.secret(world.values, **FIELDS)
    world.observe()
    world.publish()
    world.show()
    world.stored()
    printed = capsys.readouterr()
    own = [r for r in caplog.records if not r.name.startswith(("botocore", "urllib3"))]
    world.saw("log", printed.out, printed.err, *(str(vars(r)) for r in own))
    assert set(world.texts) == OUTPUTS
    found = {
        (entered, left)
        for left, texts in world.texts.items()
        for entered, secret in INPUTS.items()
        if any(secret in text for text in texts)
    }
    assert found - ALLOWED.keys() == set()
    assert ALLOWED.keys() - found == set()
    stack_of.client.cache_clear()
