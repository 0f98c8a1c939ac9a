"""A request becomes a link and a form, and anything else is refused."""

import base64
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parallax.links.signature import Link
from parallax.report.request import (
    BODY_BYTES,
    FORM_TYPE,
    RequestRefused,
    read_request,
)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


def event(method: str = "GET", path: str = "/i/g", query: str = "s=a&e=1") -> Any:
    """Return the event of a function URL."""
    return {
        "rawPath": path,
        "rawQueryString": query,
        "requestContext": {"http": {"method": method}},
    }


def post(body: Any, kind: str = FORM_TYPE, **more: Any) -> Any:
    """Return the event of a form."""
    return event("POST") | {"headers": {"Content-Type": kind}, "body": body} | more


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_link_is_read_from_path_and_query(method: str) -> None:
    """Parameters that a mail program or a chat adds are ignored."""
    request = read_request(event(method, query="utm_source=mail&s=a&e=1"))
    assert request.link == Link(group="g", expiry="1", signature="a")
    assert request.form is None


@pytest.mark.parametrize("query", ["", "s=a", "s=a&s=a&e=1", "&" * 50, "x" * 9_000])
def test_a_query_without_both_parameters_holds_no_link(query: str) -> None:
    """It has an empty expiry or signature, which no key verifies."""
    link = read_request(event(query=query)).link
    assert not (link.expiry and link.signature)


@pytest.mark.parametrize("encoded", [False, True])
def test_a_form_is_read(encoded: bool) -> None:  # noqa: FBT001 - a parameter
    """As text, or as base64, which function URLs use for it."""
    body = urlencode({"do": "acknowledge", "by": "Ana Böhm"})
    if encoded:
        body = base64.b64encode(body.encode()).decode()
    kind = f"{FORM_TYPE}; charset=UTF-8"
    request = read_request(post(body, kind, isBase64Encoded=encoded))
    assert request.form == {"do": "acknowledge", "by": "Ana Böhm"}


@pytest.mark.parametrize(
    ("given_event", "status_code"),
    [
        (event(path="/"), 404),
        (event(path="/favicon.ico"), 404),
        (event("DELETE"), 405),
        (event("OPTIONS"), 405),
        (post("do=mute", "application/json"), 415),
        (post("do=mute", ""), 415),
        (post("x" * (BODY_BYTES + 1)), 413),
        (post("x" * 6_000_000), 413),
        (post("no base64!", isBase64Encoded=True), 400),
        (post(base64.b64encode(b"\xff\xfe").decode(), isBase64Encoded=True), 400),
        (post({"do": "mute"}), 413),
        ({}, 400),
        (None, 400),
        ({"rawPath": 1, "requestContext": {"http": {"method": "GET"}}}, 400),
    ],
)
def test_what_is_none_of_its_requests_is_refused(
    given_event: Any, status_code: int
) -> None:
    """With a status and a sentence."""
    with pytest.raises(RequestRefused) as refused:
        read_request(given_event)
    assert refused.value.status_code == status_code
    assert refused.value.text.endswith(".")


@given(json_values)
def test_any_event_is_read_or_refused(anything: Any) -> None:
    """Nothing else is raised, at any depth."""
    form = {"headers": anything, "body": anything, "isBase64Encoded": anything}
    kind = {"headers": {"content-type": FORM_TYPE}, "body": anything}
    query = {"rawQueryString": anything}
    events: list[Any] = [
        anything,
        {"requestContext": anything},
        event() | query,
        event("POST") | form,
        event("POST") | kind | {"isBase64Encoded": anything},
    ]
    for one in events:
        with suppress(RequestRefused):
            read_request(one)
