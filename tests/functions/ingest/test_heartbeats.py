"""Ingest's answers to pushes of schema v2, and what each costs."""

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from standardwebhooks import Webhook

from parallax import aws
from parallax.incidents.table import DynamoIncidents
from parallax.journal.dynamodb import DynamoJournal
from parallax.journal.observation import moment
from parallax.model.cluster import ClusterReading, Node, NodeReport
from parallax.model.finding import Incident, State
from parallax.model.push import SCHEMA_V2, Heartbeat, Push
from parallax.model.reading_parts import split
from parallax.model.wire import encode
from tests.parallax.journal.units import write_units

KEY = "whsec_" + base64.b64encode(b"k" * 24).decode()
NOW = datetime.now(UTC)
READING = ClusterReading(
    read_at=NOW,
    nodes=tuple(Node(name=f"worker-{n:03}") for n in range(100)),
    endpoints=(),
    problems=("Ingresses: forbidden",),
)
REF, PARTS, PROBLEMS = split(READING)


def push(node: str = "worker-001", **changes: Any) -> Push:
    """Make a push with a heartbeat that refers to the list of nodes."""
    fields: dict[str, Any] = {
        "schema": SCHEMA_V2,
        "cluster": "c",
        "node": node,
        "sent_at": datetime.now(UTC),
        "heartbeat": Heartbeat(
            sequence=1, interval=60.0, targets=20, nodes=PARTS[1].digest
        ),
    }
    return Push(**(fields | changes))


def report(push: Push) -> NodeReport:
    """Make a report of the push's node, with digests only."""
    return NodeReport(
        target="front",
        cluster=push.cluster,
        node=push.node,
        sent_at=push.sent_at,
        interval=10.0,
        reading_ref=REF,
        problems=PROBLEMS,
    )


def event(push: Push) -> dict[str, Any]:
    """Make the function URL's event of a signed push."""
    now, body = datetime.now(UTC), json.dumps(encode(push))
    return {
        "rawPath": "/v1/observations",
        "requestContext": {"http": {"method": "POST"}},
        "headers": {
            "webhook-id": "msg_1",
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(KEY).sign("msg_1", now, body),
        },
        "body": body,
    }


@pytest.fixture
def ingest(load: Any, cloud: Any) -> Any:
    """Load ingest with a key and both tables."""
    name = cloud.journal + "-key"
    cloud.client("secretsmanager").create_secret(
        Name=name, SecretString=json.dumps({"agent_key": KEY})
    )
    places = {"JOURNAL_TABLE": cloud.journal, "INCIDENTS_TABLE": cloud.incidents}
    return load("ingest", AGENT_KEY_ARN=name, **places)


def answer(ingest: Any, given: Push) -> dict[str, Any]:
    """Return the body of the answer to a push that is stored."""
    response = ingest.handler(event(given), None)
    assert response["statusCode"] == 202
    return json.loads(response["body"])


@pytest.fixture
def written(ingest: Any) -> list[int]:
    """Return the write units of the puts into the journal from now on."""
    del ingest  # it has set the emulator's address
    units: list[int] = []

    def count(params: dict[str, Any], **_: Any) -> None:
        units.append(write_units(params["Item"]))

    events = aws.client("dynamodb").meta.events
    events.register("provide-client-params.dynamodb.PutItem", count)
    return units


def test_a_heartbeat_costs_one_write_unit(
    ingest: Any, cloud: Any, written: list[int]
) -> None:
    """A healthy node writes nothing else, and no report."""
    for number in range(3):
        body = answer(ingest, push(f"worker-{number:03}"))
        assert (body["message"], body["full"]) == ("stored", [])
    assert written == [1, 1, 1]
    journal = DynamoJournal(cloud.journal)
    assert len(journal.agents("c").heartbeats) == 3
    assert journal.recent("front", NOW) == ()


def test_a_report_costs_little_and_the_reading_is_written_once(
    ingest: Any, cloud: Any, written: list[int]
) -> None:
    """Ten nodes of a cluster of 100: one heartbeat and one report each."""
    for number in range(10):
        given = push(f"worker-{number:03}")
        parts = PARTS if number < 2 else ()
        body = answer(
            ingest,
            replace(given, reports=(report(given),), readings=parts),
        )
        assert body["readings"] == []
    assert sorted(written) == [1] * 21 + [max(written)]
    reports = DynamoJournal(cloud.journal).recent("front", NOW)
    assert [one.reading for one in reports if isinstance(one, NodeReport)] == (
        [READING] * 10
    )


def test_an_agent_is_asked_for_the_readings_that_are_not_stored(ingest: Any) -> None:
    """By their digests, until it has sent them."""
    given = push()
    body = answer(ingest, replace(given, reports=(report(given),)))
    assert body["readings"] == [PARTS[1].digest, PARTS[0].digest]
    body = answer(ingest, push(readings=PARTS))
    assert (body["message"], body["readings"]) == ("stored 2", [])


def test_while_a_target_fails_agents_are_asked_for_full_reports(
    ingest: Any, cloud: Any
) -> None:
    """Also a node that has only sent its heartbeat."""
    incident = Incident(
        id="1",
        subject="front",
        state=State.PENDING,
        since=NOW,
        changed_at=NOW,
        cause="lb-no-target",
    )
    DynamoIncidents(cloud.incidents).put(incident)
    body = answer(ingest, push())
    assert (body["full"], body["interval_seconds"]) == (["front"], 10)


@pytest.mark.parametrize(
    ("ended_ago", "shortest", "longest"), [(None, 10, 10), (5, 50, 60), (1, 5, 7)]
)
def test_the_next_heartbeat_follows_the_next_round(
    ingest: Any, cloud: Any, ended_ago: float | None, shortest: float, longest: float
) -> None:
    """A round that has just ended may still start an incident, so it is soon."""
    if ended_ago is not None:
        ended = datetime.now(UTC) - timedelta(seconds=ended_ago)
        item = {
            "pk": {"S": "#rounds"},
            "sk": {"S": "0"},
            "started_at": {"S": moment(ended - timedelta(seconds=0.5))},
            "ended_at": {"S": moment(ended)},
            "of": {"N": "1"},
        }
        cloud.client("dynamodb").put_item(TableName=cloud.journal, Item=item)
    assert shortest <= answer(ingest, push())["next_seconds"] <= longest


def test_a_wrong_reading_loses_neither_heartbeat_nor_report(
    ingest: Any, cloud: Any
) -> None:
    """It is refused, and the answer names it."""
    given = push()
    document = encode(replace(given, reports=(report(given),)))
    wrong = encode(PARTS[0]) | {"digest": PARTS[1].digest}
    signed = event(given)
    signed["body"] = json.dumps(document | {"readings": [wrong]})
    now = datetime.now(UTC)
    signature = Webhook(KEY).sign("msg_1", now, signed["body"])
    signed["headers"]["webhook-timestamp"] = str(int(now.timestamp()))
    signed["headers"]["webhook-signature"] = signature
    body = json.loads(ingest.handler(signed, None)["body"])
    assert body["refused"] == 1
    assert body["message"].startswith("stored 1 of 2; readings.0.digest: expected")
    journal = DynamoJournal(cloud.journal)
    assert len(journal.agents("c").heartbeats) == len(journal.recent("front", NOW)) == 1
