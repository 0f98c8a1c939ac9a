"""A function URL's event: its headers and body, or a refusal, and never a crash."""

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parallax.ingest.rejection import PushRejected
from parallax.ingest.request import read_request

EVENT: dict[str, Any] = {
    "rawPath": "/v1/observations",
    "requestContext": {"http": {"method": "POST"}},
    "headers": {"Webhook-Id": "msg_1"},
    "body": "größer",
    "isBase64Encoded": False,
}


def refusal(event: object) -> PushRejected:
    """Return the refusal that an event meets."""
    with pytest.raises(PushRejected) as caught:
        read_request(event)
    return caught.value


def test_headers_and_body_are_read() -> None:
    """Names of headers in lower case; the body as the bytes that were sent."""
    found = read_request(EVENT)
    assert found.headers == {"webhook-id": "msg_1"}
    assert found.body == "größer".encode()
    packed = base64.b64encode(b"\x00\xff").decode()
    there = EVENT | {"body": packed, "isBase64Encoded": True}
    assert read_request(there).body == b"\x00\xff"


@pytest.mark.parametrize("headers", [None, [], "x", {"a": None, 1: "x"}])
def test_an_event_without_headers_has_none(headers: Any) -> None:
    """It is refused later, for its missing signature."""
    event = EVENT | {"headers": headers}
    assert "webhook-id" not in read_request(event | {"body": None}).headers


@pytest.mark.parametrize(
    ("change", "status_code", "text"),
    [
        ({"requestContext": None}, 400, "the event is not a request to a function URL"),
        (
            {"requestContext": {"http": []}},
            400,
            "the event is not a request to a function URL",
        ),
        ({"rawPath": "/"}, 404, "not found; only POST /v1/observations is supported"),
        ({"rawPath": None}, 404, "not found; only POST /v1/observations is supported"),
        ({"body": "%%%", "isBase64Encoded": True}, 400, "the body is not base64"),
        ({"body": "abc", "isBase64Encoded": True}, 400, "the body is not base64"),
        ({"body": "ü", "isBase64Encoded": True}, 400, "the body is not base64"),
        ({"body": "\ud800"}, 400, "the body is not UTF-8"),
        ({"body": {"a": 1}}, 400, "the body is not text"),
    ],
)
def test_a_malformed_event_is_refused_by_its_part(
    change: dict[str, Any], status_code: int, text: str
) -> None:
    """With a status and one sentence that repeats nothing of it."""
    found = refusal(EVENT | change)
    assert (found.status_code, found.text) == (status_code, text)


@pytest.mark.parametrize("event", [None, [], "x", {}, 1])
def test_what_is_no_event_is_refused(event: object) -> None:
    """As in an invocation by hand."""
    assert refusal(event).status_code == 400


json_like = st.recursive(
    st.none() | st.booleans() | st.text(max_size=9) | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(sorted(EVENT)), json_like))
def test_no_event_is_a_crash(parts: dict[str, Any]) -> None:
    """Whatever its parts contain, it is a request or a rejection with 4xx."""
    try:
        found = read_request(EVENT | parts)
        assert isinstance(found.body, bytes)
    except PushRejected as refused:
        assert refused.status_code in {400, 404}  # noqa: PT017 - either outcome is right
