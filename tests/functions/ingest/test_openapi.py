"""Ingest's real handler against docs/api/openapi.json: what it sends is described."""

import gzip
import json
from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from parallax.incidents.table import DynamoIncidents
from parallax.ingest.statuses import STATUSES
from parallax.model.cluster import ClusterReading, Node, NodeReport
from parallax.model.finding import Incident, State
from parallax.model.push import SCHEMA_V2, Heartbeat, Push
from parallax.model.reading_parts import part
from parallax.model.wire import encode
from tests.functions.ingest.test_app import BOUND, FORGED, app, event, push

DOCUMENT = json.loads(Path("docs/api/openapi.json").read_text())
OPERATION = DOCUMENT["paths"]["/v1/observations"]["post"]
OF_INGEST = {str(status.code) for status in STATUSES if not status.by_aws}


def strict(schema: Any) -> Any:
    """Return a schema in which a field that is not described is an error."""
    if isinstance(schema, list):
        return [strict(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: strict(value) for key, value in schema.items()}
    if "properties" in made and "additionalProperties" not in made:
        made["additionalProperties"] = False
    return made


def validator(schema: Any) -> Draft202012Validator:
    """Return a validator of a schema of the document, without unknown fields."""
    components = strict(deepcopy(DOCUMENT["components"]))
    return Draft202012Validator(strict(schema) | {"components": components})


def request_schema() -> Draft202012Validator:
    """Return a validator of a push; ingest ignores fields that it does not know."""
    content = OPERATION["requestBody"]["content"]["application/json"]
    components = {"components": DOCUMENT["components"]}
    return Draft202012Validator(content["schema"] | components)


def v2(**changes: Any) -> bytes:
    """Make a push of the second schema, with a heartbeat, a report and a reading."""
    now = datetime.now(UTC)
    nodes = (Node(name="n"),)
    reading = part(ClusterReading(read_at=now, nodes=nodes))
    report = NodeReport(
        target="front", cluster="c", node="n", sent_at=now, interval=15.0
    )
    made = Push(
        schema=SCHEMA_V2,
        cluster="c",
        node="n",
        sent_at=now,
        heartbeat=Heartbeat(sequence=1, interval=60.0, targets=1, nodes="0" * 32),
        readings=(reading,),
        reports=(report,),
    )
    return json.dumps(encode(made) | changes).encode()


def packed(body: bytes) -> dict[str, Any]:
    """Make the event of a compressed push, whose plain body is signed."""
    import base64  # noqa: PLC0415 - only here

    made = event(body, packed=True)
    made["headers"]["content-encoding"] = "gzip"
    return made | {"body": base64.b64encode(gzip.compress(body)).decode()}


def encoded(name: str) -> dict[str, Any]:
    """Make the event of a push with an encoding that is not supported."""
    made = event(push())
    made["headers"]["content-encoding"] = name
    return made


WRONG = {"target": "wrong", "interval": 0}
REQUESTS: dict[str, tuple[Callable[[], dict[str, Any]], int]] = {
    "a push of schema v1": (lambda: event(push()), 202),
    "a push of schema v2": (lambda: event(v2()), 202),
    "a heartbeat": (lambda: event(v2(readings=[], reports=[])), 202),
    "gzip": (lambda: packed(v2()), 202),
    "stored in part": (
        lambda: event(v2(reports=[*json.loads(v2())["reports"], WRONG], readings=[])),
        202,
    ),
    "an empty push": (lambda: event(v2(heartbeat=None, readings=[], reports=[])), 400),
    "another schema": (lambda: event(push(schema="v3")), 400),
    "no JSON": (lambda: event(b"{"), 400),
    "zstd": (lambda: encoded("zstd"), 400),
    "no request": (dict, 400),
    "another key": (lambda: event(push(), FORGED), 401),
    "an old signature": (lambda: event(push(), minutes=6), 401),
    "another cluster": (lambda: event(push(), BOUND, key_id="d1"), 403),
    "another path": (lambda: event(push()) | {"rawPath": "/"}, 404),
    "2 MB": (lambda: event(push(pad="x" * 2 * 1024**2)), 413),
    "a bomb": (lambda: packed(push(pad="x" * 2 * 1024**2)), 413),
}


def assert_described(response: dict[str, Any]) -> str:
    """Check a response against the document; return its status."""
    code = str(response["statusCode"])
    described = OPERATION["responses"][code]
    assert described["x-sent-by"] == "ingest"
    ((media_type, content),) = described["content"].items()
    assert response["headers"]["content-type"] == media_type
    validator(content["schema"]).validate(json.loads(response["body"]))
    return code


def test_every_response_is_described_and_every_described_one_is_sent(
    load: Any, cloud: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each status of the table, with a body without unknown fields."""
    incidents = DynamoIncidents(cloud.incidents)
    now = datetime.now(UTC)
    for name, age in (("young", 1), ("old", 60)):
        since = now - timedelta(minutes=age)
        incidents.put(
            Incident(
                id=name,
                subject=name,
                state=State.FIRING,
                since=since,
                changed_at=since,
                cause="lb-no-target",
            )
        )
    ingest = app(load, cloud, INCIDENTS_TABLE=cloud.incidents)
    seen, fields = set[str](), set[str]()
    for what, (request, status_code) in REQUESTS.items():
        response = ingest.handler(request(), None)
        assert response["statusCode"] == status_code, what
        seen.add(assert_described(response))
        fields |= set(json.loads(response["body"]))

    def fail(*_: object) -> Any:
        raise OSError(24, "too many open files")

    monkeypatch.setattr("parallax.ingest.endpoint.store", fail)
    seen.add(assert_described(ingest.handler(event(push()), None)))
    assert seen == OF_INGEST
    stored = DOCUMENT["components"]["schemas"]["StoredV2"]["properties"]
    assert fields == set(stored)


def test_the_response_to_schema_v1_has_all_its_fields(load: Any, cloud: Any) -> None:
    """During a young incident, and with a report that is refused."""
    since = datetime.now(UTC)
    DynamoIncidents(cloud.incidents).put(
        Incident(
            id="front",
            subject="front",
            state=State.FIRING,
            since=since,
            changed_at=since,
            cause="lb-no-target",
        )
    )
    ingest = app(load, cloud, INCIDENTS_TABLE=cloud.incidents)
    document = json.loads(push())
    document["reports"].append(WRONG)
    response = ingest.handler(event(json.dumps(document).encode()), None)
    assert assert_described(response) == "202"
    schema = DOCUMENT["components"]["schemas"]["StoredV1"]
    assert set(json.loads(response["body"])) == set(schema["properties"])


@pytest.mark.parametrize("body", [push(), v2(), v2(readings=[], reports=[])])
def test_what_is_accepted_is_described(body: bytes) -> None:
    """Both versions of a push, each by exactly one of the schemas."""
    request_schema().validate(json.loads(body))


@pytest.mark.parametrize(
    "change",
    [
        {"heartbeat": {"sequence": -1, "interval": 60, "targets": 1}},
        {"heartbeat": {"sequence": 1, "interval": 3601, "targets": 1}},
        {"heartbeat": {"sequence": 1, "interval": 60, "targets": 1, "nodes": "x"}},
        {"sent_at": 5},
        {"k8s.node.name": None},
        {"heartbeat": None, "readings": [{"digest": "X" * 32, "reading": {}}]},
        {"schema": "io.parallax.observations.v3"},
    ],
)
def test_what_is_described_as_invalid_is_rejected(
    load: Any, cloud: Any, change: dict[str, Any]
) -> None:
    """The document's bounds are those of the code."""
    body = v2(**({"reports": [], "readings": []} | change))
    assert not request_schema().is_valid(json.loads(body))
    assert app(load, cloud).handler(event(body), None)["statusCode"] == 400
