"""Ingest's answers, from the function URL's event to the journal."""

import base64
import json
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.stub import Stubber
from standardwebhooks import Webhook

from parallax import aws, settings
from parallax.incidents.table import DynamoIncidents
from parallax.journal import observation
from parallax.journal.dynamodb import DynamoJournal
from parallax.model.cluster import NodeReport
from parallax.model.finding import Incident, State
from parallax.model.key_id import HEADER
from parallax.model.push import SCHEMA, Push
from parallax.model.wire import encode

KEY = "whsec_" + base64.b64encode(b"k" * 24).decode()
BOUND = "whsec_" + base64.b64encode(b"d" * 24).decode()
"""The key `d1` of cluster `d`."""


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
    body: bytes,
    key: str = KEY,
    *,
    packed: bool = False,
    minutes: int = 0,
    key_id: str | None = None,
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
        }
        | ({HEADER: key_id} if key_id else {}),
        "body": base64.b64encode(body).decode() if packed else body.decode(),
        "isBase64Encoded": packed,
    }


def app(load: Any, cloud: Any, **places: str) -> Any:
    """Load ingest with a key in the emulator's Secrets Manager."""
    name = cloud.journal + "-key"
    text = json.dumps({"hetzner_token": "", "agent_key": f" {KEY},d/d1={BOUND}"})
    cloud.client("secretsmanager").create_secret(Name=name, SecretString=text)
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
REFUSED: dict[str, tuple[Callable[[], dict[str, Any]], int, str]] = {
    "a bad signature": (lambda: event(push(), FORGED), 401, "No matching signature"),
    "an old timestamp": (lambda: event(push(), minutes=6), 401, "timestamp too old"),
    "an unknown schema": (
        lambda: event(push(schema="v9")),
        400,
        "unknown schema 'v9'",
    ),
    "2 MB": (
        lambda: event(push(pad="x" * 2 * 1024**2)),
        413,
        "the limit is 1048576",
    ),
    "a field of another kind": (lambda: event(push(sent_at="noon")), 400, "sent_at: "),
    "no name to store under": (
        lambda: event(push(target="")),
        400,
        "reports.0.target: ",
    ),
    "another path": (lambda: event(push()) | {"rawPath": "/"}, 404, "only POST"),
}
"""Made when a test needs them: a signature is valid for five minutes."""


@pytest.mark.parametrize("what", REFUSED)
def test_a_rejection_states_why_and_loses_nothing_else(
    load: Any, cloud: Any, what: str
) -> None:
    """It has its status and a sentence, stores nothing, and the next push is taken."""
    ingest, since = app(load, cloud), datetime.now(UTC) - timedelta(minutes=1)
    made, status_code, message = REFUSED[what]
    response = ingest.handler(made(), None)
    assert response["statusCode"] == status_code
    assert message in json.loads(response["body"])["message"]
    assert DynamoJournal(cloud.journal).recent("front", since) == ()
    assert ingest.handler(event(push()), None)["statusCode"] == 202
    assert len(DynamoJournal(cloud.journal).recent("front", since)) == 1


def test_a_report_too_large_for_the_journal_is_not_sent_again(
    load: Any, cloud: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What no attempt can store is refused for good, by its size."""
    monkeypatch.setattr(observation, "ITEM_LIMIT", 10)
    response = app(load, cloud).handler(event(push()), None)
    assert response["statusCode"] == 413
    assert "more than the limit of 10" in response["body"]


def test_an_unreachable_journal_asks_for_a_retry(load: Any, cloud: Any) -> None:
    """What can't be stored now is the agent's to keep: 503."""
    ingest = app(load, cloud, JOURNAL_TABLE="gone")
    assert ingest.handler(event(push()), None)["statusCode"] == 503


def test_one_report_too_large_costs_only_itself(load: Any, cloud: Any) -> None:
    """The others are stored, and the response states how many were not, and why."""
    ingest, document = app(load, cloud), json.loads(push())
    (report,) = document["reports"]
    noise = random.Random(9).randbytes(400_000).hex()  # noqa: S311 - no secret
    reading = {"read_at": report["sent_at"], "problems": [noise]}
    document["reports"] = [
        report | {"target": "api"},
        report | {"target": "large", "reading": reading},
        report,
    ]
    response = ingest.handler(event(json.dumps(document).encode()), None)
    assert response["statusCode"] == 202
    body = json.loads(response["body"])
    assert body["refused"] == 1
    assert body["message"].startswith("stored 2 of 3; reports.1: report of large: ")
    since, journal = datetime.now(UTC), DynamoJournal(cloud.journal)
    found = {name: len(journal.recent(name, since)) for name in ("front", "api")}
    assert found == {"front": 1, "api": 1}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"interval": 3700}, "reports.1.interval: expected 1 to 3600 seconds"),
        ({"interval": float("inf")}, "reports.1.interval: expected 1 to 3600 seconds"),
        ({"probes": [{"role": "of a later version"}]}, "reports.1.probes.0.role: "),
        ({"target": "\ud800"}, "reports.1.target: expected a name"),
        (
            {"reading": {"read_at": "2026-01-01T00:00:00Z", "problems": ["\ud800"]}},
            "reports.1.reading.problems.0: expected text without half",
        ),
        ({"reading": {"read_at": "noon"}}, "reports.1.reading.read_at: "),
    ],
)
def test_one_wrong_report_costs_only_itself(
    load: Any, cloud: Any, change: dict[str, Any], reason: str
) -> None:
    """The others are stored; the response states which one was not, and why."""
    ingest, document = app(load, cloud), json.loads(push())
    (report,) = document["reports"]
    document["reports"] = [
        report | {"target": "api"},
        report | {"target": "wrong"} | change,
        report,
    ]
    response = ingest.handler(event(json.dumps(document).encode()), None)
    assert response["statusCode"] == 202
    body = json.loads(response["body"])
    assert body["refused"] == 1
    assert body["message"].startswith(f"stored 2 of 3; {reason}")
    since, journal = datetime.now(UTC), DynamoJournal(cloud.journal)
    names = ("front", "wrong", "api")
    found = {name: len(journal.recent(name, since)) for name in names}
    assert found == {"front": 1, "wrong": 0, "api": 1}


@pytest.mark.parametrize(
    "failure",
    [
        aws.SecretError("cannot read the secret key: ThrottlingException"),
        OSError(24, "too many open files"),
        MemoryError(),
        ImportError("standardwebhooks"),
        settings.SettingsError("PARALLAX_JOURNAL_TABLE: is not set"),
        EndpointConnectionError(endpoint_url="x"),
        RuntimeError("a bug of ours"),
    ],
    ids=repr,
)
@pytest.mark.parametrize("where", ["secret", "store"])
def test_a_failure_of_ours_makes_the_agent_keep_its_push(
    load: Any,
    cloud: Any,
    monkeypatch: pytest.MonkeyPatch,
    failure: Exception,
    where: str,
) -> None:
    """Whatever fails, of AWS, of the machine or of ours: 503, and no reason in it."""
    ingest = app(load, cloud)

    def fail(*_: object) -> Any:
        raise failure

    monkeypatch.setattr(f"parallax.ingest.endpoint.{where}", fail)
    response = ingest.handler(event(push()), None)
    message = {"message": "temporarily unavailable, retry"}
    assert (response["statusCode"], json.loads(response["body"])) == (503, message)


@pytest.mark.parametrize(
    ("word", "status_code"),
    [
        ("ThrottlingException", 202),
        ("InternalServiceError", 202),
        ("AccessDeniedException", 202),
        ("ResourceNotFoundException", 503),
        ("InvalidRequestException", 503),
    ],
)
def test_a_cached_key_serves_on_while_secrets_manager_is_away(
    load: Any,
    cloud: Any,
    monkeypatch: pytest.MonkeyPatch,
    word: str,
    status_code: int,
) -> None:
    """Past its age too; a key whose secret was deleted is revoked when read again."""
    ingest = app(load, cloud)
    assert ingest.handler(event(push()), None)["statusCode"] == 202
    secrets = aws._secrets()
    now = monotonic() + 10 * aws.SECRET_SECONDS
    monkeypatch.setattr(secrets, "_now", lambda: now)
    with Stubber(secrets.provider.client) as stub:
        stub.add_client_error("get_secret_value", word)
        for _ in range(3):
            response = ingest.handler(event(push()), None)
            assert response["statusCode"] == status_code


def test_a_key_that_was_put_into_the_secret_needs_no_deployment(
    load: Any, cloud: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`put-secret-value` with both keys: from the next refresh each is accepted."""
    ingest = app(load, cloud)
    assert ingest.handler(event(push()), None)["statusCode"] == 202
    text = json.dumps({"hetzner_token": "t", "agent_key": f"{KEY},{FORGED}"})
    cloud.client("secretsmanager").put_secret_value(
        SecretId=f"{cloud.journal}-key", SecretString=text
    )
    now = monotonic() + aws.SECRET_SECONDS
    monkeypatch.setattr(aws._secrets(), "_now", lambda: now)
    for key in (KEY, FORGED):
        assert ingest.handler(event(push(), key), None)["statusCode"] == 202


def test_a_key_of_another_cluster_stores_nothing_and_says_so(
    load: Any, cloud: Any
) -> None:
    """403 with both names in the response and in the log; its own cluster is taken."""
    ingest, since = app(load, cloud), datetime.now(UTC) - timedelta(minutes=1)
    refused = ingest.handler(event(push(), BOUND, key_id="d1"), None)
    assert refused["statusCode"] == 403
    assert "cluster 'd', and the push is of cluster 'c'" in refused["body"]
    assert DynamoJournal(cloud.journal).recent("front", since) == ()
    own = json.loads(push())
    own["k8s.cluster.name"] = own["reports"][0]["k8s.cluster.name"] = "d"
    taken = event(json.dumps(own).encode(), BOUND, key_id="d1")
    assert ingest.handler(taken, None)["statusCode"] == 202


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"agent_key": ["x"]}'])
def test_a_secret_that_is_malformed_asks_for_a_retry(
    load: Any, cloud: Any, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    """503: the agents keep their pushes until the secret is right again."""
    ingest = app(load, cloud)
    assert ingest.handler(event(push()), None)["statusCode"] == 202
    secrets = aws._secrets()
    now = monotonic() + aws.SECRET_SECONDS
    monkeypatch.setattr(secrets, "_now", lambda: now)
    monkeypatch.setattr(secrets.provider, "get", lambda *_, **__: text)
    response = ingest.handler(event(push()), None)
    assert response["statusCode"] == 503
    assert KEY not in response["body"]


def test_a_key_that_was_removed_from_the_secret_ends_in_five_minutes(
    load: Any, cloud: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other keys of the secret go on."""
    ingest = app(load, cloud)
    assert ingest.handler(event(push()), None)["statusCode"] == 202
    cloud.client("secretsmanager").put_secret_value(
        SecretId=f"{cloud.journal}-key",
        SecretString=json.dumps({"agent_key": f"c/new={FORGED}"}),
    )
    now = monotonic() + aws.SECRET_SECONDS
    monkeypatch.setattr(aws._secrets(), "_now", lambda: now)
    assert ingest.handler(event(push()), None)["statusCode"] == 401
    taken = event(push(), FORGED, key_id="new")
    assert ingest.handler(taken, None)["statusCode"] == 202


def test_without_a_key_to_verify_with_the_agent_keeps_its_push(
    load: Any, cloud: Any
) -> None:
    """Secrets Manager never gave one: 503, not a refusal for good."""
    ingest = app(load, cloud)
    with Stubber(aws._secrets().provider.client) as stub:
        stub.add_client_error("get_secret_value", "InternalServiceError")
        assert ingest.handler(event(push()), None)["statusCode"] == 503


@pytest.mark.parametrize(
    ("change", "status_code"),
    [
        ({"headers": None}, 401),
        ({"headers": {}}, 401),
        ({"requestContext": {}}, 400),
        ({"body": "no base64!", "isBase64Encoded": True}, 400),
        ({"body": None}, 401),
    ],
)
def test_a_malformed_event_gets_an_answer(
    load: Any, cloud: Any, change: dict[str, Any], status_code: int
) -> None:
    """It is unsigned, and it does not crash the function."""
    response = app(load, cloud).handler(event(push()) | change, None)
    assert response["statusCode"] == status_code


def test_a_hostile_request_costs_one_short_line_of_log(
    load: Any, cloud: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """Eight KB of a header are neither logged nor sent back."""
    hostile = event(push())
    hostile["headers"]["content-encoding"] = "\x1b[2J\n" + "x" * 8_000
    response = app(load, cloud).handler(hostile, None)
    assert response["statusCode"] == 400
    (line,) = caplog.records
    for text in (line.getMessage(), json.loads(response["body"])["message"]):
        assert len(text) < 200
        assert not set(text) & {"\x1b", "\n"}


def open_incident(cloud: Any, subject: str) -> None:
    """Store an incident that has just begun."""
    now = datetime.now(UTC)
    incident = Incident(
        id="1",
        subject=subject,
        state=State.FIRING,
        since=now,
        changed_at=now,
        cause="lb-no-target",
    )
    DynamoIncidents(cloud.incidents).put(incident)


@pytest.mark.parametrize(("target", "interval"), [("cart", 10), ("front", None)])
def test_while_a_target_fails_the_response_shortens_the_interval(
    load: Any, cloud: Any, target: str, interval: int | None
) -> None:
    """Of an agent of schema v1; a healthy target changes no interval."""
    open_incident(cloud, "cart")
    ingest = app(load, cloud, INCIDENTS_TABLE=cloud.incidents)
    body = json.loads(ingest.handler(event(push(target=target)), None)["body"])
    assert body.get("interval_seconds") == interval
    assert "full" not in body


def test_incidents_that_cannot_be_read_lose_no_push(load: Any, cloud: Any) -> None:
    """Stored reports are reported as stored."""
    ingest = app(load, cloud, INCIDENTS_TABLE="no-such-table")
    assert ingest.handler(event(push()), None)["statusCode"] == 202
