"""All that a function logs is JSON with the keys that an operator filters by."""

import json
import logging
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import pytest

CONTEXT = SimpleNamespace(
    function_name="a-function",
    memory_limit_in_mb=1024,
    invoked_function_arn="arn:aws:lambda:eu-central-1:000000000000:function:a",
    aws_request_id="request-1",
)
KEYS = {"level", "message", "service", "function_request_id", "timestamp"}
PUSH = {
    "rawPath": "/v1/observations",
    "requestContext": {"http": {"method": "POST"}},
    "headers": {"webhook-signature": "v1,c2VjcmV0"},
    "body": "the body",
}
SCRAPE = {
    "rawPath": "/metrics",
    "requestContext": {"http": {"method": "GET"}},
    "headers": {"authorization": "Bearer c2VjcmV0"},
}
CASES: dict[str, tuple[dict[str, Any], str]] = {
    "probe": ({}, "parallax.targets.load"),
    "inspect": ({}, "parallax.targets.load"),
    "ingest": (PUSH, "parallax.ingest.endpoint.accept"),
    "diagnose": ({"snapshot": {}}, "decode_snapshot"),
    "notify": ({"finding": {}}, "decode"),
    "exporter": (SCRAPE, "parallax.exporter.exporting.Endpoint"),
    "report": (PUSH, "parallax.report.endpoint.read_request"),
}
"""For each function an event, and the step that is made to log and to fail."""


@pytest.mark.parametrize("function", CASES)
def test_every_line_is_json_with_the_invocation_s_keys(
    load: Any,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    function: str,
) -> None:
    """A line of a module of the layer, and an exception with its traceback."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    app = load(function)
    event, step = CASES[function]

    def fail(*_: object, **__: object) -> None:
        logging.getLogger("parallax.stream").warning("left out: %s", "a\nb\x9b\ud800")
        raise RuntimeError("two\nlines")

    place = step if "." in step else f"{app.__name__}.{step}"
    monkeypatch.setattr(place, fail)
    with suppress(RuntimeError):
        app.handler(event, CONTEXT)
    written = capsys.readouterr()
    lines = [json.loads(line) for line in written.out.splitlines()]
    assert written.err == ""
    assert lines[0]["message"] == "left out: a\nb\x9b\ud800"
    assert "RuntimeError: two\nlines" in lines[1]["exception"]
    for line in lines:
        assert line.keys() >= KEYS
        assert line["service"] == function
        assert line["function_request_id"] == "request-1"
    assert "c2VjcmV0" not in written.out
    assert "the body" not in written.out
    assert caplog.records[0].name == "parallax.stream"


def test_a_buried_record_is_logged_with_its_reason(
    load: Any, cloud: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """The layer's own line, from a batch with an unreadable record."""
    notify = load(
        "notify",
        INCIDENTS_TABLE=cloud.incidents,
        FINDINGS_TOPIC_ARN=cloud.findings,
        ALERTS_TOPIC_ARN=cloud.topic,
        DEAD_LETTERS_URL=cloud.dead_letters,
    )
    image = {"pk": {"S": "broken"}}
    batch = {"Records": [{"eventName": "MODIFY", "dynamodb": {"NewImage": image}}]}
    notify.handler(batch, CONTEXT)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert all(line.keys() >= KEYS for line in lines)
    (line,) = (x for x in lines if x["level"] == "ERROR")
    assert line["message"] == "record was sent to the dead-letter queue"
    assert "UnreadableError" in line["reason"]
