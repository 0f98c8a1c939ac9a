"""HAR recordings: the responses of a browser, in any depth."""

import base64
import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parallax.cli.har import read_har
from parallax.cli.responses import read_responses
from parallax.cli.transcript import NotAResponse

BODY = "no healthy upstream"


def response(status: int, **more: Any) -> dict[str, Any]:
    """Make one response of a recording."""
    return {
        "status": status,
        "statusText": "Service Unavailable",
        "httpVersion": "HTTP/1.1",
        "headers": [{"name": "server", "value": "envoy"}],
        "content": {"text": BODY},
    } | more


def recording(*responses: dict[str, Any]) -> bytes:
    """Make a file of these responses."""
    entries = [{"request": {}, "response": r} for r in responses]
    return json.dumps({"log": {"entries": entries}}).encode()


def test_the_last_failing_response_counts() -> None:
    """After the failure a browser still loads its icons."""
    found = read_responses(recording(response(301), response(503), response(200)))
    assert [r.status_code for r in found.all] == [301, 503, 200]
    assert (found.chosen.status_code, found.chosen.body) == (503, BODY)
    assert found.chosen.headers == (("server", "envoy"),)
    assert found.chosen.reason == "Service Unavailable"


@pytest.mark.parametrize(
    "given",
    [response(503), {"response": response(503)}, [{"response": response(503)}]],
    ids=["a response", "an entry", "entries"],
)
def test_a_part_of_a_recording_is_enough(given: object) -> None:
    """People paste one entry, as the browser copies it."""
    assert read_har(json.dumps(given).encode())[0].body == BODY


def test_http2_has_no_reason_and_pseudo_headers_are_left_out() -> None:
    """As in the output of curl."""
    headers = [{"name": ":status", "value": "503"}, {"name": "a", "value": "b"}]
    given = response(503, httpVersion="h2", headers=headers)
    found = read_har(recording(given))[0]
    assert (found.reason, found.headers) == (None, (("a", "b"),))


def test_a_body_in_base64_is_decoded() -> None:
    """Browsers store some bodies like this; one that is not base64 is kept."""
    packed = base64.b64encode(BODY.encode()).decode()
    content = {"text": packed, "encoding": "base64"}
    broken = {"text": "abc", "encoding": "base64"}
    found = read_har(recording(response(503, content=content)))
    assert found[0].body == BODY
    assert read_har(recording(response(503, content=broken)))[0].body == "abc"


@pytest.mark.parametrize(
    "given",
    [b"{", b"[]", b"{}", b'{"log": 1}', recording(response(0)), b"[" * 100_000],
    ids=["cut off", "a list", "an object", "no entries", "no response", "deep"],
)
def test_other_json_is_refused(given: bytes) -> None:
    """The error says what is missing."""
    with pytest.raises(NotAResponse, match="JSON"):
        read_har(given)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["log", "entries", "response", "status", "headers"])
            | st.sampled_from(["content", "text", "encoding", "name", "httpVersion"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(deadline=None)
@given(JSON)
def test_any_json_is_read_or_refused(value: object) -> None:
    """Nothing but `NotAResponse` is raised."""
    with suppress(NotAResponse):
        assert read_har(json.dumps(value).encode())
