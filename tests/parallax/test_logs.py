"""Logs: whatever is logged, and by whom, is one line of JSON."""

import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parallax.logs import open_log, with_context

CONTEXT = SimpleNamespace(
    function_name="probe",
    memory_limit_in_mb=1024,
    invoked_function_arn="arn:aws:lambda:eu-central-1:000000000000:function:probe",
    aws_request_id="request-1",
)
layer = logging.getLogger("parallax.somewhere")


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Open a log of service `probe`, and leave the layer's logger as it was."""
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "probe")
    package = logging.getLogger("parallax")
    before = vars(package) | {"handlers": [*package.handlers]}
    yield open_log()
    vars(package).clear()
    vars(package).update(before)
    package.setLevel(package.level)


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """Return what was written, one object a line; nothing may be beside it."""
    written = capsys.readouterr()
    assert written.err == ""
    return [json.loads(line) for line in written.out.splitlines()]


@pytest.mark.usefixtures("log")
def test_a_line_of_the_layer_has_the_function_s_form(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A message with arguments, and fields, from the standard library's logging."""
    layer.warning("left out: %s", "why", extra={"target": "front"})
    (line,) = lines(capsys)
    assert (line["level"], line["service"]) == ("WARNING", "probe")
    assert (line["message"], line["target"]) == ("left out: why", "front")


def test_it_is_opened_once(log: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """A second log writes no line twice."""
    open_log().info("once")
    log.info("twice")
    assert [line["message"] for line in lines(capsys)] == ["once", "twice"]


def test_the_context_is_on_every_line_of_its_invocation(
    log: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """Lines before, after, and of an invocation by hand have none."""

    @with_context(log)
    def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
        layer.warning("within")
        return event

    for context in (None, CONTEXT, None):
        assert handler({"a": 1}, context) == {"a": 1}
    log.info("after")
    found = [line.get("function_request_id") for line in lines(capsys)]
    assert found == [None, "request-1", None, None]


def test_an_exception_is_one_line_and_still_raised(
    log: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its traceback is a field of the line."""

    @with_context(log)
    def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
        return {"missing": event["missing"]}

    with pytest.raises(KeyError):
        handler({}, CONTEXT)
    (line,) = lines(capsys)
    assert (line["level"], line["message"]) == ("ERROR", "invocation failed")
    assert line["function_request_id"] == "request-1"
    assert "Traceback" in line["exception"]
    assert 'event["missing"]' in line["exception"]


def test_a_message_that_looks_like_json_stays_text(
    log: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """Foreign text cannot add fields."""
    log.warning('{"level": "INFO"}')
    (line,) = lines(capsys)
    assert (line["level"], line["message"]) == ("WARNING", '{"level": "INFO"}')


@pytest.mark.parametrize(
    "value", [object(), {(1, 2): "a key"}, float("nan"), {1}, b"bytes"]
)
def test_a_value_that_json_does_not_know_is_shown_as_text(
    log: Any, capsys: pytest.CaptureFixture[str], value: object
) -> None:
    """Nothing raises, and the line's other fields stay."""
    log.info("logged", value=value, target="front")
    (line,) = lines(capsys)
    assert str(value) in str(line["value"])
    assert line["target"] == "front"


def test_a_value_that_holds_itself_is_shown_as_text(
    log: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """The log does not run in a circle."""
    circle: list[object] = []
    circle.append(circle)
    log.info("logged", value=circle)
    assert lines(capsys)[0]["value"] == "[[...]]"


@given(st.text(st.characters(), max_size=20))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_one_line_and_comes_back(
    log: Any, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    """Controls and lone surrogates are escaped; the reader gets them back."""
    capsys.readouterr()
    layer.error("%s", text, extra={"reason": text})
    log.error(text)
    written = capsys.readouterr().out
    assert not any(c in written for c in "\x1b\x9b\x00\u202e\u2028\r")
    found = [json.loads(line) for line in written.split("\n")[:-1]]
    assert [(x["message"], x.get("reason")) for x in found] == [
        (text, text),
        (text, None),
    ]


def test_in_lambda_the_libraries_lines_have_the_same_form() -> None:
    """The runtime's plain handler is replaced, and no line is written twice."""
    code = """
import logging, sys
logging.getLogger().addHandler(logging.StreamHandler(sys.stdout))
from parallax.logs import open_log
log = open_log()
log.info("own")
logging.getLogger("parallax.stream").warning("the layer's")
logging.getLogger("botocore.retries").warning("retry %d", 2)
"""
    run = subprocess.run(  # noqa: S603 - our own interpreter and text
        [sys.executable, "-c", code],
        env={
            **os.environ,
            "AWS_LAMBDA_FUNCTION_NAME": "f",
            "POWERTOOLS_SERVICE_NAME": "s",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stderr == ""
    found = [json.loads(line) for line in run.stdout.splitlines()]
    assert [x["message"] for x in found] == ["own", "the layer's", "retry 2"]
    assert {x["service"] for x in found} == {"s"}


def test_the_level_is_the_environment_s() -> None:
    """POWERTOOLS_LOG_LEVEL holds for the function and for the layer."""
    code = """
import logging
from parallax.logs import open_log
log = open_log()
log.info("own")
logging.getLogger("parallax.stream").info("the layer's")
log.warning("shown")
"""
    run = subprocess.run(  # noqa: S603 - our own interpreter and text
        [sys.executable, "-c", code],
        env={**os.environ, "POWERTOOLS_LOG_LEVEL": "WARNING"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert [json.loads(x)["message"] for x in run.stdout.splitlines()] == ["shown"]


def test_the_log_brings_no_slow_library_into_a_cold_start() -> None:
    """The probe opens it; pydantic, dnspython and boto3 stay out."""
    code = (
        "import sys, parallax.logs;"
        "print([m for m in ('pydantic', 'dns', 'boto3') if m in sys.modules])"
    )
    run = subprocess.run(  # noqa: S603 - our own interpreter and text
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"
