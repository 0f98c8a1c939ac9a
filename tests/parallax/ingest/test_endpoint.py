"""The endpoint gives the time of receipt to whatever stores and answers."""

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from standardwebhooks import Webhook

from parallax.ingest.answer import Answers
from parallax.ingest.endpoint import Endpoint
from parallax.model.push import SCHEMA_V2, Heartbeat, Push
from parallax.model.wire import encode

KEY = "whsec_" + base64.b64encode(b"k" * 24).decode()


class Received:
    """A journal that remembers when heartbeats were received."""

    def __init__(self, *, away: bool = False) -> None:
        self.times: list[datetime] = []
        self.away = away

    def record_heartbeat(self, push: Push, received_at: datetime) -> None:
        """Store a heartbeat."""
        assert push.heartbeat
        if self.away:
            raise ConnectionError("no table")
        self.times.append(received_at)

    def record(self, report: Any) -> None:
        """Store a report; none comes."""
        raise AssertionError(report)

    def keep(self, cluster: str, part: Any, now: datetime) -> None:
        """Store a reading; none comes."""
        raise AssertionError((cluster, part, now))


def event(now: datetime) -> dict[str, Any]:
    """Return the function URL's event of a heartbeat."""
    beat = Heartbeat(sequence=1, interval=60.0, targets=1)
    push = Push(schema=SCHEMA_V2, cluster="c", node="n", sent_at=now, heartbeat=beat)
    body = json.dumps(encode(push))
    return {
        "rawPath": "/v1/observations",
        "requestContext": {"http": {"method": "POST"}},
        "headers": {
            "webhook-id": "1",
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(KEY).sign("1", now, body),
        },
        "body": body,
        "isBase64Encoded": False,
    }


ANSWERS = Answers(
    open_incidents=dict,
    lacking=lambda _cluster, _digests, _now: (),
    next_seconds=lambda _node, now: now.timestamp(),
)


def test_a_heartbeat_is_stored_with_the_time_of_its_receipt() -> None:
    """The answer is of the same instant."""
    journal, before = Received(), datetime.now(UTC)
    endpoint = Endpoint(lambda: [KEY], journal, ANSWERS)
    response = endpoint.respond(event(before))
    (at,) = journal.times
    assert before <= at <= datetime.now(UTC)
    assert response.status_code == 202
    assert response.body["next_seconds"] == at.timestamp()


def test_a_journal_that_is_away_is_logged_and_answered_with_503(caplog: Any) -> None:
    """The agent keeps its push, and the log has the reason."""
    endpoint = Endpoint(lambda: [KEY], Received(away=True), ANSWERS)
    assert endpoint.respond(event(datetime.now(UTC))).status_code == 503
    (record,) = caplog.records
    assert record.message == "push was not stored"
    assert "no table" in str(record.exc_info[1].exceptions)


def test_a_push_of_another_key_is_not_stored() -> None:
    """Any of the keys fits; none of another stack does."""
    other = "whsec_" + base64.b64encode(b"o" * 24).decode()
    journal = Received()
    endpoint = Endpoint(lambda: [other], journal, ANSWERS)
    assert endpoint.respond(event(datetime.now(UTC))).status_code == 401
    both = replace(endpoint, keys=lambda: [other, KEY])
    assert both.respond(event(datetime.now(UTC))).status_code == 202
    assert len(journal.times) == 1
