"""`exporter`: from a request of Prometheus to its text, and from a minute to OTLP."""

import base64
import gzip
import json
import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import json_format
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)

from parallax.aws import SecretError
from parallax.exporter.otlp_headers import HeadersError
from parallax.journal.dynamodb import DynamoJournal
from parallax.model.push import SCHEMA_V2, Heartbeat, Push
from parallax.routes.sending import RejectedError, UnavailableError
from tests.conftest import Cloud
from tests.parallax.exporter.test_exposition import read
from tests.parallax.journal.test_rounds import round_of
from tests.parallax.open_group import store
from tests.parallax.routes.standin import StandIn, standing

TOKEN, NEXT = "first-token-0123456789", "second-token-0123456789"
TARGETS = """
targets:
  - name: front
    url: https://front.example/
    labels: {team: shop}
    reached: {cluster: prod}
  - name: api
    url: https://api.example/
  - name: disabled
    url: https://disabled.example/
    enabled: false
"""


def event(
    authorization: str | None = f"Bearer {TOKEN}",
    path: str = "/metrics",
    method: str = "GET",
    **headers: str,
) -> dict[str, Any]:
    """Return the function URL's event, as Lambda sends it."""
    given = {"authorization": authorization} if authorization else {}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": "",
        "headers": given | named,
        "requestContext": {"http": {"method": method, "path": path}},
        "isBase64Encoded": False,
    }


@pytest.fixture
def places(cloud: Cloud, tmp_path: Path) -> dict[str, str]:
    """Give a stack with two healthy targets and an open incident, and its settings."""
    file = tmp_path / "targets.yaml"
    file.write_text(TARGETS)
    store(cloud.incidents)
    now = datetime.now(UTC) - timedelta(seconds=20)
    DynamoJournal(cloud.journal).record_round(round_of(0, 1, "front", "api", at=now))
    secret = f"{cloud.journal}-exporter"
    text = json.dumps({"metrics_token": f"{TOKEN},{NEXT}", "otlp_headers": "x-k=a%20b"})
    cloud.client("secretsmanager").create_secret(Name=secret, SecretString=text)
    return {
        "TARGETS": str(file),
        "JOURNAL_TABLE": cloud.journal,
        "INCIDENTS_TABLE": cloud.incidents,
        "METRICS_TOKEN_ARN": secret,
    }


def test_prometheus_gets_the_newest_results(
    load: Any, places: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    """Of both targets, the open incident and the counts; the log has no token."""
    caplog.set_level(logging.DEBUG, logger="parallax")
    app = load("exporter", **places)
    response = app.handler(event(), None)
    assert response["statusCode"] == 200
    assert response["headers"]["content-type"].startswith("text/plain; version=0.0.4")
    samples = read(response["body"])
    success = {s[1]["target"]: s[2] for s in samples if s[0] == "probe_success"}
    assert success == {"front": 1, "api": 1}
    values = {name: value for name, labels, value in samples if not labels}
    assert values["parallax_targets"] == 2
    assert values["parallax_targets_failing"] == 0
    assert values["parallax_incidents_open"] == 1
    assert "probe_ssl_earliest_cert_expiry" in response["body"]
    assert TOKEN not in caplog.text


@pytest.mark.parametrize("accepted", ["gzip", "deflate, GZIP;q=0.5", "*"])
def test_a_scrape_is_compressed_if_it_accepts_gzip(
    load: Any, places: dict[str, str], accepted: str
) -> None:
    """Prometheus always does."""
    app = load("exporter", **places)
    plain = app.handler(event(), None)["body"]
    response = app.handler(event(accept_encoding=accepted), None)
    assert response["isBase64Encoded"] is True
    assert response["headers"]["content-encoding"] == "gzip"
    body = gzip.decompress(base64.b64decode(response["body"])).decode()
    assert sorted(body.splitlines()) == sorted(plain.splitlines())


@pytest.mark.parametrize("accepted", ["", "br", "gzip;q=0", "identity"])
def test_a_scrape_is_plain_otherwise(
    load: Any, places: dict[str, str], accepted: str
) -> None:
    """As curl asks for it."""
    app = load("exporter", **places)
    response = app.handler(event(accept_encoding=accepted), None)
    assert "content-encoding" not in response["headers"]
    assert response["body"].startswith("# HELP probe_success")


@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        (f"Bearer {TOKEN}", 200),
        (f"bearer  {NEXT} ", 200),
        (f"Bearer {TOKEN}x", 401),
        (f"Bearer {TOKEN},{NEXT}", 401),
        (f"Basic {TOKEN}", 401),
        ("Bearer", 401),
        ("Bearer \u00e9\u0001", 401),
        ("Bearer \ud800", 401),
        (None, 401),
    ],
)
def test_only_a_valid_token_gets_metrics(
    load: Any, places: dict[str, str], authorization: str | None, status: int
) -> None:
    """Either one of two during a rotation; the response has no part of a token."""
    app = load("exporter", **places)
    response = app.handler(event(authorization), None)
    assert response["statusCode"] == status
    assert TOKEN not in json.dumps(response)
    if status == 401:
        assert response["headers"]["www-authenticate"] == "Bearer"
        assert "probe_success" not in response["body"]


def test_a_token_that_was_replaced_is_refused_within_five_minutes(
    load: Any, cloud: Cloud, places: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new value of the secret needs no deployment."""
    app = load("exporter", **places)
    assert app.handler(event(), None)["statusCode"] == 200
    cloud.client("secretsmanager").put_secret_value(
        SecretId=places["METRICS_TOKEN_ARN"],
        SecretString=json.dumps({"metrics_token": NEXT}),
    )
    from parallax import aws  # noqa: PLC0415 - its cache is the subject

    later = aws._secrets()._now() + aws.SECRET_SECONDS + 1
    monkeypatch.setattr(aws._secrets(), "_now", lambda: later)
    assert app.handler(event(), None)["statusCode"] == 401
    assert app.handler(event(f"Bearer {NEXT}"), None)["statusCode"] == 200


def test_without_a_token_every_scrape_is_refused(
    load: Any, places: dict[str, str]
) -> None:
    """A stack that only sends OTLP has the URL too."""
    app = load("exporter", **places | {"METRICS_TOKEN_ARN": ""})
    assert app.handler(event(), None)["statusCode"] == 401
    assert app.handler(event("Bearer "), None)["statusCode"] == 401


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [("/", "GET", 404), ("/metrics/", "GET", 404), ("/metrics", "POST", 405)],
)
def test_other_requests_are_refused(
    load: Any, places: dict[str, str], path: str, method: str, status: int
) -> None:
    """Before the token is compared."""
    app = load("exporter", **places)
    assert app.handler(event(None, path, method), None)["statusCode"] == status


def test_an_error_of_aws_is_raised(load: Any, places: dict[str, str]) -> None:
    """Lambda then responds 502, Prometheus sets `up` to 0, and the alarm counts it."""
    app = load("exporter", **places | {"METRICS_TOKEN_ARN": "no-such-secret"})
    with pytest.raises(SecretError):
        app.handler(event(), None)


def test_agents_that_are_late_are_silent(
    load: Any, cloud: Cloud, places: dict[str, str]
) -> None:
    """A heartbeat counts until half a minute after the next one was due."""
    app = load("exporter", **places)
    # None has ever sent one: that is not zero.
    assert "parallax_agents" not in app.handler(event(), None)["body"]
    journal = DynamoJournal(cloud.journal)
    for node, age in (("a", 10), ("b", 80), ("c", 120)):
        at = datetime.now(UTC) - timedelta(seconds=age)
        beat = Heartbeat(sequence=1, interval=60.0, targets=1)
        push = Push(
            schema=SCHEMA_V2, cluster="prod", node=node, sent_at=at, heartbeat=beat
        )
        journal.record_heartbeat(push, at)
    samples = read(app.handler(event(), None)["body"])
    agents = {name: value for name, labels, value in samples if "cluster" in labels}
    assert agents == {"parallax_agents_reporting": 2, "parallax_agents_silent": 1}


@pytest.fixture
def receiver() -> Any:
    """Run a receiver that reads OTLP with the protocol's own library."""
    with standing() as stand_in:
        stand_in.take = lambda request: _take(stand_in, request)  # type: ignore[method-assign]
        yield stand_in


def _take(stand_in: StandIn, request: Any) -> int:
    if stand_in.status != 200:
        return stand_in.status
    headers = {name.lower(): value for name, value in request.headers.items()}
    assert headers["content-type"] == "application/json"
    body = gzip.decompress(request.body)
    message = json_format.Parse(body, ExportMetricsServiceRequest())
    stand_in.accepted.append((headers, message))
    return 200


def pushing(places: dict[str, str], receiver: StandIn, **more: str) -> dict[str, str]:
    """Return the settings of a stack that sends to a receiver."""
    otlp = {
        "OTLP_URL": f"{receiver.url}/v1/metrics",
        "OTLP_HEADERS_ARN": places["METRICS_TOKEN_ARN"],
        "ROUTES_ALLOW_PRIVATE": "true",
    }
    return places | otlp | more


def test_a_push_sends_what_a_scrape_gets(
    load: Any, places: dict[str, str], receiver: StandIn
) -> None:
    """Compressed JSON, with the headers of the secret."""
    app = load("exporter", **pushing(places, receiver))
    scraped = read(app.handler(event(), None)["body"])
    sent = app.handler({"push": True}, None)
    assert sent == {"requests": 1, "rejected_points": 0}
    ((headers, message),) = receiver.accepted
    assert headers["x-k"] == "a b"
    (scope,) = message.resource_metrics[0].scope_metrics
    points = sum(len(metric.gauge.data_points) for metric in scope.metrics)
    assert points == len(scraped)


@pytest.mark.parametrize(
    ("status", "error"), [(503, UnavailableError), (401, RejectedError)]
)
def test_a_push_that_fails_is_an_error_of_the_function(
    load: Any, places: dict[str, str], receiver: StandIn, status: int, error: type
) -> None:
    """So that the alarm counts it; a scrape still works."""
    receiver.status = status
    app = load("exporter", **pushing(places, receiver))
    with pytest.raises(error):
        app.handler({"push": True}, None)
    assert app.handler(event(), None)["statusCode"] == 200


def test_points_that_a_receiver_rejects_are_logged(
    load: Any,
    places: dict[str, str],
    receiver: StandIn,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """With its message on one line; the rest was accepted."""
    partial = {"rejectedDataPoints": "3", "errorMessage": "too\nold"}
    receiver.answer = json.dumps({"partialSuccess": partial}).encode()
    app = load("exporter", **pushing(places, receiver))
    assert app.handler({"push": True}, None)["rejected_points"] == 3
    (line,) = [r for r in caplog.records if r.message == "receiver rejected points"]
    assert "\n" not in vars(line)["reason"]


@pytest.mark.parametrize(
    "answer", [b"", b"[]", b"{}", b'{"partialSuccess": 1}', b"\xff"]
)
def test_any_other_answer_of_a_receiver_is_a_success(
    load: Any, places: dict[str, str], receiver: StandIn, answer: bytes
) -> None:
    """The status counts."""
    receiver.answer = answer
    app = load("exporter", **pushing(places, receiver))
    assert app.handler({"push": True}, None)["rejected_points"] == 0


def test_wrong_headers_stop_a_push(
    load: Any, cloud: Cloud, places: dict[str, str], receiver: StandIn
) -> None:
    """Nothing is sent without its authorization."""
    cloud.client("secretsmanager").put_secret_value(
        SecretId=places["METRICS_TOKEN_ARN"],
        SecretString=json.dumps({"otlp_headers": "no pair"}),
    )
    app = load("exporter", **pushing(places, receiver))
    with pytest.raises(HeadersError):
        app.handler({"push": True}, None)
    assert receiver.accepted == []


def test_a_receiver_with_a_private_address_is_refused(
    load: Any, places: dict[str, str], receiver: StandIn
) -> None:
    """Unless RoutesAllowPrivate is true: the URL could name the metadata service."""
    app = load("exporter", **pushing(places, receiver, ROUTES_ALLOW_PRIVATE="false"))
    with pytest.raises(RejectedError):
        app.handler({"push": True}, None)
