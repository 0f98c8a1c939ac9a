"""Ingest's answers, from the function URL's event to the journal."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from standardwebhooks import Webhook

from parallax.incidents import DynamoIncidents
from parallax.journal import DynamoJournal, observation
from parallax.model.cluster import NodeReport
from parallax.model.finding import Incident, State
from parallax.model.push import SCHEMA, Push
from parallax.model.wire import encode

KEY = "whsec_" + base64.b64encode(b"k" * 24).decode()


def push(**changes: Any) -> bytes:
    """Make a push of one report; `target` changes the report, the rest the push."""
    now = datetime.now(UTC)
    report = NodeReport(
        target=changes.pop("target", "front"),
        cluster="c",
        node="n",
        sent_at=now,
        interval=15.0,
    )
    value = Push(schema=SCHEMA, cluster="c", node="n", sent_at=now, reports=(report,))
    return json.dumps(encode(value) | changes).encode()


def event(
    body: bytes, key: str = KEY, *, packed: bool = False, minutes: int = 0
) -> dict[str, Any]:
    """Make the function URL's event of a push, signed so many minutes ago."""
    now = datetime.now(UTC) - timedelta(minutes=minutes)
    return {
        "rawPath": "/v1/observations",
        "requestContext": {"http": {"method": "POST"}},
        "headers": {
            "webhook-id": "msg_1",
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(key).sign("msg_1", now, body.decode()),
        },
        "body": base64.b64encode(body).decode() if packed else body.decode(),
        "isBase64Encoded": packed,
    }


def app(load: Any, cloud: Any, **places: str) -> Any:
    """Load ingest with a key in the emulator's Secrets Manager."""
    name = cloud.journal + "-key"
    cloud.client("secretsmanager").create_secret(Name=name, SecretString=f" {KEY}")
    found = {"JOURNAL_TABLE": cloud.journal, "AGENT_KEY_ARN": name}
    return load("ingest", **(found | places))


def test_a_signed_push_is_stored_once(load: Any, cloud: Any) -> None:
    """Delivered twice, plain and in base64, it is one report."""
    ingest, body = app(load, cloud), push()
    for packed in (False, True):
        assert ingest.handler(event(body, packed=packed), None)["statusCode"] == 202
    since = datetime.now(UTC) - timedelta(minutes=1)
    assert len(DynamoJournal(cloud.journal).recent("front", since)) == 1


FORGED = "whsec_" + base64.b64encode(b"f" * 24).decode()
REFUSED = {
    "a bad signature": (event(push(), FORGED), 401, "No matching signature"),
    "an old timestamp": (event(push(), minutes=6), 401, "timestamp too old"),
    "an unknown schema": (event(push(schema="v9")), 400, "unknown schema 'v9'"),
    "2 MB": (event(push(pad="x" * 2 * 1024**2)), 413, "no more than 1048576"),
    "a field of another kind": (event(push(sent_at="noon")), 400, "sent_at: "),
    "no name to store under": (event(push(target="")), 400, "cannot be stored"),
    "another path": (event(push()) | {"rawPath": "/"}, 404, "only POST"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_refusal_says_why_and_loses_nothing_else(
    load: Any, cloud: Any, what: str
) -> None:
    """It has its status and a sentence, stores nothing, and the next push is taken."""
    ingest, since = app(load, cloud), datetime.now(UTC) - timedelta(minutes=1)
    refused, status_code, said = REFUSED[what]
    answer = ingest.handler(refused, None)
    assert answer["statusCode"] == status_code
    assert said in json.loads(answer["body"])["message"]
    assert DynamoJournal(cloud.journal).recent("front", since) == ()
    assert ingest.handler(event(push()), None)["statusCode"] == 202
    assert len(DynamoJournal(cloud.journal).recent("front", since)) == 1


def test_a_report_too_large_for_the_journal_is_not_sent_again(
    load: Any, cloud: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What no attempt can store is refused for good, by its size."""
    monkeypatch.setattr(observation, "ITEM_LIMIT", 10)
    answer = app(load, cloud).handler(event(push()), None)
    assert answer["statusCode"] == 413
    assert "more than the 10" in answer["body"]


def test_a_journal_out_of_reach_asks_to_come_again(load: Any, cloud: Any) -> None:
    """What can't be stored now is the agent's to keep: 503."""
    ingest = app(load, cloud, JOURNAL_TABLE="gone")
    assert ingest.handler(event(push()), None)["statusCode"] == 503


def test_while_a_target_fails_the_answer_asks_to_come_sooner(
    load: Any, cloud: Any
) -> None:
    """The incident of the target tells; one that is well asks for nothing."""
    ingest = app(load, cloud, INCIDENTS_TABLE=cloud.incidents)
    assert "interval_seconds" not in ingest.handler(event(push()), None)["body"]
    now = datetime.now(UTC)
    DynamoIncidents(cloud.incidents).put(
        Incident(
            id="1",
            subject="cart",
            state=State.FIRING,
            since=now,
            changed_at=now,
            cause="lb-no-target",
        )
    )
    answered = ingest.handler(event(push(target="cart")), None)
    assert json.loads(answered["body"])["interval_seconds"] == 10


def test_incidents_that_cannot_be_read_lose_no_push(load: Any, cloud: Any) -> None:
    """What was stored is told as stored."""
    ingest = app(load, cloud, INCIDENTS_TABLE="no-such-table")
    assert ingest.handler(event(push()), None)["statusCode"] == 202
