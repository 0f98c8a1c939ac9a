"""What a response lacks of a rule, in words without a value of the response."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parallax.model.probe import Check
from parallax.model.target import HeaderRule, Healthy, JsonRule
from parallax.rule import Response, digest, unmet

BODY = '{"status": "ok", "items": [{"id": 7}], "secret": "s3cret"}'
GOOD = Response(
    status_code=200,
    headers=(("Content-Type", "application/json; charset=utf-8"), ("X-V", "3")),
    body=BODY,
    seconds=1.5,
)


@pytest.mark.parametrize(
    "rule",
    [
        Healthy(),
        Healthy(status_codes=tuple(range(200, 300))),
        Healthy(body_contains="ok", body_contains_all=("items", "id")),
        Healthy(body_lacks=("error", "Error")),
        Healthy(body_matches=r'"id": \d+'),
        Healthy(headers=(HeaderRule(name="content-type", contains="JSON"),)),
        Healthy(headers=(HeaderRule(name="x-v", equals="3"), HeaderRule(name="X-V"))),
        Healthy(json=(JsonRule(path="status", equals="ok"),)),
        Healthy(json=(JsonRule(path="$.items[0].id", exists=True),)),
        Healthy(max_seconds=1.5),
    ],
)
def test_a_response_that_has_everything_is_healthy(rule: Healthy) -> None:
    """Nothing is unmet."""
    assert unmet(rule, GOOD) == ()


@pytest.mark.parametrize(
    ("rule", "check", "text"),
    [
        (Healthy(status_codes=(204, 301)), Check.STATUS, "the status is not 204, 301"),
        (Healthy(max_seconds=1.4), Check.SECONDS, "slower than 1.4 s"),
        (Healthy(body_contains="yes"), Check.BODY, "the body lacks 'yes'"),
        (Healthy(body_contains_all=("ok", "x")), Check.BODY, "the body lacks 'x'"),
        (Healthy(body_lacks=("ok",)), Check.BODY, "the body contains 'ok'"),
        (Healthy(body_matches="z+"), Check.BODY, "the body does not match 'z+'"),
        (
            Healthy(headers=(HeaderRule(name="X-V", equals="4"),)),
            Check.HEADERS,
            "the header x-v is not '4'",
        ),
        (
            Healthy(headers=(HeaderRule(name="Content-Type", contains="html"),)),
            Check.HEADERS,
            "the header content-type lacks 'html'",
        ),
        (
            Healthy(headers=(HeaderRule(name="Age"),)),
            Check.HEADERS,
            "there is no header age",
        ),
        (
            Healthy(json=(JsonRule(path="secret", equals="ok"),)),
            Check.JSON,
            "the JSON's secret is not 'ok'",
        ),
        (
            Healthy(json=(JsonRule(path="status", equals=True),)),
            Check.JSON,
            "the JSON's status is not true",
        ),
        (
            Healthy(json=(JsonRule(path="$.items[1]", exists=True),)),
            Check.JSON,
            "the JSON has no $.items[1]",
        ),
    ],
)
def test_what_a_response_lacks_is_named(rule: Healthy, check: Check, text: str) -> None:
    """One phrase for each part, with the rule's own values."""
    (one,) = unmet(rule, GOOD)
    assert (one.check, one.text) == (check, text)


@pytest.mark.parametrize("body", ["<html>", "", '{"a": ', "[" * 20_000, "1" * 5000])
def test_a_body_that_is_not_json_is_named_so(body: str) -> None:
    """Broken, empty, nested too deeply, or with a number that Python refuses."""
    rule = Healthy(json=(JsonRule(path="a", exists=True),))
    (one,) = unmet(rule, Response(status_code=200, body=body))
    assert one.check is Check.JSON
    assert one.text in {"the body is not JSON", "the JSON has no a"}


def test_json_of_a_body_that_was_cut_is_not_read() -> None:
    """Half a document proves nothing about a value."""
    rule = Healthy(json=(JsonRule(path="a", exists=True),))
    (one,) = unmet(rule, Response(status_code=200, body='{"a": 1}', is_cut=True))
    assert one.text == "the body is longer than is read"


def test_a_wrong_status_is_the_only_unmet_part() -> None:
    """An error page also lacks the text of the page; that says nothing more."""
    rule = Healthy(body_contains="x", max_seconds=1)
    assert len(unmet(rule, Response(status_code=503, seconds=9))) == 1


def test_only_rules_that_an_earlier_agent_misjudges_have_a_digest() -> None:
    """Statuses and one text are judged by every version alike."""
    assert digest(Healthy(status_codes=(200, 204), body_contains="ok")) is None
    slow = digest(Healthy(max_seconds=2))
    assert slow is not None
    assert slow != digest(Healthy(max_seconds=3))


@given(st.text(max_size=80), st.text(min_size=1, max_size=80))
def test_no_value_of_a_response_is_repeated(body: str, wanted: str) -> None:
    """The phrases come from the rule alone, on one line."""
    rule = Healthy(body_contains=wanted, json=(JsonRule(path="a", equals=wanted),))
    first = unmet(rule, Response(status_code=200, body=""))
    found = unmet(rule, Response(status_code=200, body=body))
    known = {one.text for one in first} | {
        f"the JSON's a is not {wanted!r}",
        "the JSON has no a",
    }
    assert all(one.text in known or "JSON" in one.text for one in found)
    assert all("\n" not in one.text for one in found)
