"""Notice: the mail's first lines, whatever is missing of the event."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parallax.model.finding import NotificationReason as Turn
from parallax.model.group import Acknowledged
from parallax.notify.findings_topic import message
from parallax.routes.notice import LINES, LONGEST, notice_of
from tests.parallax.notify.alerts import GROUP, alert, member
from tests.parallax.routes.notices import SOURCE, body, notice
from tests.parallax.sent_finding import FINDING, NOON

PAGE = "https://reports.example/i/abc?expires=1&signature=a%2Bb"


def test_a_notice_has_what_the_mail_has_first() -> None:
    """Its subject, its first lines, and no footer."""
    one = notice()
    mail = json.loads(body())["data"]["mail"]
    assert one.title == mail["subject"]
    assert mail["text"].startswith(one.text)
    assert len(one.text.splitlines()) <= LINES
    assert (one.group, one.source) == (GROUP, SOURCE)
    assert one.facts["targets"] == "shop-0, shop-1"
    assert one.facts["place"] == "load-balancer lb-1"


def test_the_link_of_the_incident_is_no_line_but_a_link() -> None:
    """With its signature unchanged, and first."""
    text, _ = message(alert(), SOURCE, lambda _: PAGE)
    one = notice_of(text, NOON)
    assert PAGE in json.loads(text)["data"]["mail"]["text"]
    assert PAGE not in one.text
    assert (one.links[0].text, one.links[0].url) == ("Incident", PAGE)


def test_a_late_alert_says_so() -> None:
    """A receiver that failed for hours does not show an old state as the present."""
    late = notice(late=timedelta(hours=7)).text
    assert late.startswith("This alert was delayed by 7 h 0 min.")
    assert "delayed" not in notice(late=timedelta(minutes=9)).text


def test_five_hundred_targets_are_counted() -> None:
    """Ten are named, whatever the event left out."""
    many = tuple(member(number) for number in range(500))
    one = notice(members=many)
    assert one.targets.startswith("shop-0, shop-1,")
    assert one.targets.endswith(" and 490 more")
    assert len(one.text) <= LONGEST


def test_an_event_that_kept_only_what_identifies_it_is_a_notice() -> None:
    """A huge text leaves no room for anything else; its end still closes."""
    huge = replace(FINDING, title="x" * 100_000)
    text, _ = message(
        alert(Turn.RESOLVED, finding=huge, cause="c" * 100_000, muted=True), SOURCE
    )
    one = notice_of(text, NOON)
    assert "all" in json.loads(text)["data"]["trimmed"]
    assert (one.group, one.has_ended, one.muted) == (GROUP, True, True)


def test_a_person_who_works_on_it_is_named() -> None:
    """So that nobody else begins."""
    one = notice(acknowledged=Acknowledged(by="ann", at=NOON))
    assert one.facts["acknowledged_by"] == "ann"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://shop.example/?token=abc&a=1", "token="),
        ("javascript:alert(1)", None),
        ("https://u:p@shop.example/", None),
        ("https://shop.example/" + "a" * 3000, None),
    ],
)
def test_only_what_can_be_opened_is_a_link(url: str, shown: str | None) -> None:
    """And no parameter with a secret name keeps its value."""
    links = notice(finding=replace(FINDING, url=url)).links
    assert len(links) == (0 if shown is None else 1)
    assert all("abc" not in link.url for link in links)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.text(max_size=10), inner, max_size=3)
        ),
    )
)
def test_what_is_no_alert_is_a_value_error(document: Any) -> None:
    """Nothing else: it becomes a dead letter, and blocks no queue."""
    with pytest.raises(ValueError):  # noqa: PT011 - any text
        notice_of(json.dumps(document), NOON)


@given(st.data())
def test_an_alert_with_one_odd_field_is_a_notice_or_a_value_error(
    data: st.DataObject,
) -> None:
    """Whatever somebody else publishes on the topic."""
    event = json.loads(body())
    odd = data.draw(st.none() | st.integers() | st.text(max_size=5) | st.just([]))
    part = data.draw(st.sampled_from([event, event["data"], event["data"]["mail"]]))
    part[data.draw(st.sampled_from(sorted(part)))] = odd
    try:
        notice_of(json.dumps(event), NOON)
    except ValueError:
        return


@pytest.mark.parametrize("instant", ["0001-01-01T00:00:00+14:00", "x", 7])
def test_an_instant_that_is_none_is_no_alert(instant: object) -> None:
    """The first year's first hours have no time in UTC."""
    event = json.loads(body())
    event["data"]["at"] = instant
    with pytest.raises(ValueError, match=r"alert|isoformat"):
        notice_of(json.dumps(event), NOON)
