"""Canaries: secrets in every input of the functions, and none in what comes out.

Each secret begins with `CANARY`, or is one that a test names. A server, a receiver or
an API repeats what it gets, which is the worst that it can do with a secret.
"""

import json
import logging
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import product
from pathlib import Path
from types import ModuleType
from typing import Any, override

import boto3
import pytest

from parallax.diagnose.join import join
from parallax.diagnose.judge import judge
from parallax.incidents.table import DynamoIncidents
from parallax.inspect.problems import explain
from parallax.journal.dynamodb import DynamoJournal
from parallax.model.known_secret import parts, removed, spellings
from parallax.model.probe import ProbeRun
from parallax.model.wire import encode
from parallax.notify.event import cloud_event
from parallax.routes.kinds import KINDS
from tests.conftest import Cloud
from tests.functions.diagnose.test_app import record
from tests.functions.ingest.test_app import event, push
from tests.functions.one_invocation import CONTEXT
from tests.parallax.rendered import mail_of
from tests.parallax.routes.notices import body
from tests.parallax.routes.standin import standing

CANARY = "CANARY"
WHERE = "targets:\n  - name: front\n    url: {url}\n    allow_private_addresses: true\n"
HEADERS = (
    ("Set-Cookie", "session=CANARY-cookie-1; Path=/"),
    ("Authorization", "Bearer CANARY-bearer-2"),
    ("WWW-Authenticate", 'Basic realm="shop", nonce="CANARY-nonce-3"'),
    ("Location", "/login?token=CANARY-location-4#CANARY-fragment-5"),
    ("Link", "</next?sig=CANARY-link-6>; rel=next"),
    ("X-Api-Key", "CANARY-key-7"),
    ("Refresh", "5; url=https://u:CANARY-user-8@shop.example/?t=CANARY-refresh-9"),
    ("X-Debug", "session_token=CANARY-pair-10; upstream=10.0.0.1"),
    ("X-Original-Url", "/path?access_token=CANARY-original-11"),
    ("Cookie", "a=CANARY-cookie-12"),
)


@pytest.fixture
def printed(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> Callable[[], str]:
    """Return what was printed and logged so far, at every level."""
    caplog.set_level(logging.DEBUG, "parallax")

    def read() -> str:
        output = capsys.readouterr()
        return output.out + output.err + caplog.text

    return read


class Leaking(BaseHTTPRequestHandler):
    """A target that fails, with a secret in each header that may have one."""

    def do_GET(self) -> None:
        """Respond 503."""
        self.send_response(503)
        for name, value in HEADERS:
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

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


def stored(cloud: Cloud) -> list[str]:
    """Return every item and every message that the functions left."""
    tables = [cloud.journal, cloud.incidents]
    items = [
        str(item)
        for table in tables
        for item in boto3.client("dynamodb").scan(TableName=table)["Items"]
    ]
    queues = (cloud.inbox, cloud.queue, cloud.dead_letters)
    return [*items, *(text for url in queues for text in cloud.messages(url))]


def test_secrets_of_a_response_are_in_nothing_that_is_stored_or_sent(
    load: Callable[..., ModuleType],
    cloud: Cloud,
    tmp_path: Path,
    leaking: str,
    printed: Callable[[], str],
) -> None:
    """From the probe to snapshot, finding, event, mail, log and tables."""
    file = tmp_path / "targets.yaml"
    file.write_text(WHERE.format(url=leaking))
    places: dict[str, Any] = {
        "TARGETS": file,
        "JOURNAL_TABLE": cloud.journal,
        "INCIDENTS_TABLE": cloud.incidents,
        "DEAD_LETTERS_URL": cloud.dead_letters,
        "REPEAT_SECONDS": "0.1",
        "CONTROL_URL": "",
        "RESOLVERS": "system",
        "EVIDENCE_SECONDS": "5",
    }
    probe = load("probe", **places)
    answer = probe.handler({"targets": ["front"]}, CONTEXT)
    target = probe.probing.load()[0]
    since = datetime.now(UTC) - timedelta(minutes=5)
    runs = DynamoJournal(cloud.journal).recent("front", since)
    assert any("[redacted]" in str(run) for run in runs)
    load("diagnose", **places).handler(
        {"Records": [record(run) for run in runs if isinstance(run, ProbeRun)]}, None
    )
    incident = DynamoIncidents(cloud.incidents).get("front")
    assert incident is not None
    assert incident.finding is not None
    snapshot = join(target, runs, taken_at=incident.finding.judged_at)
    texts = [
        *stored(cloud),
        json.dumps(answer),
        json.dumps([encode(run) for run in runs]),
        json.dumps(encode(snapshot)),
        json.dumps(encode(incident)),
        str(judge(snapshot)),
        json.dumps(cloud_event(incident.finding)),
        str(mail_of(incident.finding)),
        printed(),
    ]
    assert [text for text in texts if CANARY in text] == []


PLACE = {
    "slack_url": "http://HOST/services/T0CANARY/B0CANARY/CANARYslackpath",
    "teams_url": "http://HOST/workflows/CANARYteams?sig=CANARYteamssig",
    "pagerduty_key": "CANARYpagerdutykey",
    "pagerduty_url": "http://HOST/v2/enqueue",
    "opsgenie_key": "CANARYopsgeniekey",
    "opsgenie_url": "http://HOST/v2/alerts",
    "alertmanager_url": "http://HOST",
    "alertmanager_token": "CANARYalertmanager",
    "webhook_url": "http://HOST/hook/CANARYwebhookpath",
    "webhook_secret": "whsec_Q0FOQVJZQ0FOQVJZQ0FOQVJZQ0FOQVJZ",
    "ntfy_url": "http://HOST/CANARYtopic",
    "ntfy_token": "tk_CANARYntfytoken",
}
OTHERS = {
    "hetzner_token": "CANARYhetznertoken",
    "agent_key": "whsec_Q0FOQVJZQUdFTlRLRVlDQU5BUllBR0VO",
    "metrics_token": "CANARYmetricstoken0123456789",
    "otlp_headers": "authorization=CANARYotlpheaders",
}


@pytest.mark.parametrize(("kind", "status"), [*product(KINDS, (400, 500))])
def test_a_receiver_that_repeats_the_secrets_puts_them_nowhere(
    kind: str,
    status: int,
    load: Callable[..., ModuleType],
    cloud: Cloud,
    printed: Callable[[], str],
) -> None:
    """Not into a log, a dead letter, a table, or the answer of a trial."""
    with standing() as receiver:
        host = receiver.url.removeprefix("http://")
        place = {n: v.replace("HOST", host) for n, v in PLACE.items()} | OTHERS
        paths = [v.removeprefix(receiver.url) for v in place.values()]
        stated = f"{place[PLACE_OF[kind]].removeprefix(receiver.url)} "
        receiver.status, receiver.answer = status, (stated + " ".join(paths)).encode()
        name = f"{cloud.journal}-canaries"
        cloud.client("secretsmanager").create_secret(
            Name=name, SecretString=json.dumps(place)
        )
        routes = load(
            "routes",
            INCIDENTS_TABLE=cloud.incidents,
            DEAD_LETTERS_URL=cloud.dead_letters,
            ROUTES=kind,
            ROUTES_ALLOW_PRIVATE="true",
            ROUTES_SECRET_ARN=name,
        )
        answer = routes.handler({"test": kind}, None)
        copy = {
            "messageId": "m",
            "body": body(),
            "attributes": {"MessageGroupId": "g"},
            "messageAttributes": {"route": {"stringValue": kind}},
            "eventSource": "aws:sqs",
        }
        problem = ""
        try:
            routes.handler({"Records": [copy]}, None)
        except Exception as error:  # noqa: BLE001 - its text is what the test reads
            problem = str(error)
        assert receiver.requests
    texts = [*stored(cloud), str(answer), problem, printed()]
    secrets = ("CANARY", "Q0FOQVJZ")
    assert [t for t in texts if any(secret in t for secret in secrets)] == []


PLACE_OF = {
    "slack": "slack_url",
    "teams": "teams_url",
    "pagerduty": "pagerduty_key",
    "opsgenie": "opsgenie_key",
    "alertmanager": "alertmanager_token",
    "webhook": "webhook_secret",
    "ntfy": "ntfy_token",
}


def test_a_refused_push_puts_nothing_of_its_headers_anywhere(
    load: Callable[..., ModuleType],
    cloud: Cloud,
    printed: Callable[[], str],
) -> None:
    """A stranger's cookie, authorization and query, and the key of the stack."""
    name = f"{cloud.journal}-key"
    key = OTHERS["agent_key"]
    cloud.client("secretsmanager").create_secret(
        Name=name, SecretString=json.dumps({"agent_key": key})
    )
    ingest = load("ingest", JOURNAL_TABLE=cloud.journal, AGENT_KEY_ARN=name)
    forged = event(push(), "whsec_" + "Zm9yZ2Vk" * 4)
    forged["headers"] |= {"cookie": "a=CANARY", "authorization": "Bearer CANARY"}
    forged["headers"]["webhook-signature"] += " v1,CANARYsignature"
    forged["rawQueryString"] = "token=CANARY"
    answers = [ingest.handler(forged, None)]
    answers.append(ingest.handler(event(b"{CANARY", key), None))
    assert {one["statusCode"] for one in answers} <= {400, 401}
    for text in [str(answers), printed(), *stored(cloud)]:
        assert not any(one in text for one in ("CANARY", key))


def test_an_api_that_repeats_the_token_does_not_put_it_into_a_reading() -> None:
    """A token of Hetzner has 64 letters and digits; a proxy may show the request."""
    from hcloud import APIException  # noqa: PLC0415

    token = "aB3" * 21 + "x"
    text = f"bad request: Authorization: Bearer {token}"
    assert token not in explain(APIException(502, text, {}))[1]
    assert token not in explain(ValueError(text))[1]


def test_a_known_secret_is_removed_in_each_spelling() -> None:
    """As a URL, JSON, HTML and Base64 have it; a short one and a host stay."""
    known = spellings(parts(["https://host.example/a/p4th-secret?sig=s/g+secret", "k"]))
    for spelled in known:
        assert "secret" not in removed(known, f"no {spelled} here")
    assert removed(known, "host.example k") == "host.example k"
    # The answer was cut inside of the secret.
    assert removed(known, "no such p4th-se") == "no such [redacted]"
