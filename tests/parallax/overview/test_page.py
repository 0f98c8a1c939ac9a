"""Specification of the overview as HTML: `parallax.overview.page` and its parts."""

import re
import time
from dataclasses import replace
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parallax.journal.newest_probes import NewestProbe
from parallax.model.group import Acknowledged, Groups
from parallax.model.judgement import NOT_ESTABLISHED, Constancy
from parallax.overview.bars import Bars
from parallax.overview.days import HEIGHTS, Kind, in_words, kind_of, kinds_of
from parallax.overview.filters import filter_in
from parallax.overview.state import Status
from parallax.overview.style import CSS, POLICY
from parallax.uptime.tally import DAY, NOTHING, Tally, runs
from tests.parallax.hostile import poisoned
from tests.parallax.open_group import GROUP_ID
from tests.parallax.overview.stack import (
    HEALTHY,
    LINK,
    NOW,
    TODAY,
    Stack,
    failing,
    group,
    named,
)
from tests.parallax.report.html_tree import Page

LARGEST = 150_000
RENDER_SECONDS = 0.5
"""Ten times the measured time: a slow machine does not fail."""


def rows(page: str) -> list[str]:
    """Return the names of the targets on a page."""
    return re.findall(r"<li><b>(.*?)</b>", page)


def _id(number: int) -> str:
    return f"00000000-0000-0000-0000-{number:012}"


def outages(number: int) -> dict[int, Tally]:
    """Return 90 days with three outages, different ones for each number."""
    days = {7 * number % 90, 31 * number % 89, 53 * number % 83}
    return HEALTHY | {TODAY - d: Tally(DAY, 60 * (1 + number % 99)) for d in days}


def test_a_failing_target_links_to_its_incident() -> None:
    """And says since when it fails; the cause is said once, above the rows."""
    page = Stack([named("front"), named("docs")], failing("front")).page
    assert rows(page) == ["front", "docs"]
    assert "</a> for 12 min, since 12:28 UTC</span>" in page
    link = re.search(rf'href="(/i/{GROUP_ID}\?s=[^"]*e=1797000000)"', page)
    assert link is not None
    assert page.count(link[1].replace("&", "&amp;")) + page.count(link[1]) >= 2
    title = "The load balancer's health check uses the wrong port"
    assert f"{title}</a> on lb-1 · front · for 12 min, since 12:28 UTC" in page
    assert "lb-health-check-wrong-port" not in page


def test_who_works_on_an_incident_is_shown() -> None:
    """So that nobody starts a second time, and everybody sees that nobody did."""
    page = Stack([named("front")], failing("front")).page
    assert '<span class="warn">not acknowledged</span>' in page
    done = Acknowledged(by="Ana", at=NOW)
    page = Stack([named("front")], failing("front", acknowledged=done)).page
    assert "Ana works on it" in page


def test_a_cause_that_is_not_established_is_said_in_words() -> None:
    """The id of the cause is for programs."""
    page = Stack([named("front")], failing("front", cause=NOT_ESTABLISHED)).page
    assert "Cause not established</a> on lb-1" in page


def test_uptime_and_budget_are_shown() -> None:
    """Seven minutes of outage leave 36 of 43 minutes at 99.9 percent."""
    stack = Stack([named("front", slo=99.9)])
    stack.days["front"] = HEALTHY | {TODAY - 3: Tally(DAY, 420)}
    assert "99.99 %" in stack.page
    assert "36 min left of 43 min (30 days, SLO 99.9 %)" in stack.page
    assert "90 days: 7 min of outage on 1 day (2026-11-27 7 min)" in stack.page


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ({}, "Error budget: no data (30 days, SLO 99.9 %)"),
        ({TODAY: Tally(40_000)}, "43 min left of 43 min, data for 2% (30"),
        (HEALTHY | {TODAY - 2: Tally(DAY, 3600)}, "43 min, overspent by 16 min"),
        (
            HEALTHY | {TODAY: Tally(40_000, 600)},
            "33 min left of 43 min, burn rate 4.7",
        ),
    ],
)
def test_a_budget_says_what_is_known(days: dict[int, Tally], expected: str) -> None:
    """Little data is not a full budget, and a fast burn is marked."""
    stack = Stack([named("front", slo=99.9)])
    stack.days["front"] = days
    assert expected in stack.page


def test_a_target_without_a_goal_has_no_budget() -> None:
    """And one without data has no uptime."""
    stack = Stack([named("front")])
    stack.days["front"] = {}
    assert "SLO 9" not in stack.page
    assert "90 days: no data" in stack.page
    assert "no uptime yet" in stack.page


def test_sources_that_cannot_be_read_are_named() -> None:
    """The rest of the page is shown."""
    text = "The uptime cannot be read now."
    assert text in Stack([named("front")], problems=(text,)).page


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, ["a", "b", "c"]),
        ({"label": "team=shop"}, ["a"]),
        ({"label": "team=sho"}, []),
        ({"q": "B.EXAMPLE"}, ["b"]),
        ({"q": "team"}, ["a", "b"]),
        ({"state": "up"}, ["b", "c"]),
        ({"state": "failing"}, ["a"]),
        ({"state": "nonsense", "from": "x"}, ["a", "b", "c"]),
        ({"from": "1"}, ["b", "c"]),
        ({"from": "9"}, []),
    ],
)
def test_filters_need_no_script(fields: dict[str, str], expected: list[str]) -> None:
    """Each is a field of the address; an unknown value changes nothing."""
    targets = [
        named("a", labels=(("team", "shop"),)),
        named("b", labels=(("team", "pay"),)),
        named("c"),
    ]
    page = Stack(targets, failing("a"), fields=fields).page
    assert rows(page) == expected
    if not expected:
        assert "No URL matches." in page or "no more URLs" in page


def test_the_form_keeps_the_link_and_what_was_chosen() -> None:
    """Otherwise the page would refuse the filtered address."""
    fields = {"label": "team=shop", "state": "up", "q": '"><b>'}
    page = Stack([named("a", labels=(("team", "shop"),))], fields=fields).page
    for name, value in (part.split("=") for part in LINK.split("&")):
        assert f'name="{name}" value="{value}"' in page
    assert '<option value="team=shop" selected' in page
    searches = [i for i in Page(page).of("input") if i.get("name") == "q"]
    assert [one["value"] for one in searches] == ['"><b>']


@pytest.mark.parametrize(
    ("stack", "most"),
    [
        (Stack([named(f"service-{n:04}", slo=99.9) for n in range(500)]), 500),
        (Stack([named(f"service-{n:04}") for n in range(1000)]), 500),
        (
            Stack(
                [named(f"service-{n:04}", slo=99.9) for n in range(500)],
                failing(*(f"service-{n:04}" for n in range(500))),
                days={f"service-{n:04}": outages(n) for n in range(500)},
            ),
            500,
        ),
        (
            Stack(
                [
                    named(f"service-{n:04}", labels=(("team", f"{n % 50} {'x' * 40}"),))
                    for n in range(500)
                ],
                Groups(
                    groups=tuple(
                        group(*(f"service-{m:04}" for m in range(n, n + 9)), id=_id(n))
                        for n in range(0, 270, 9)
                    )
                ),
                days={f"service-{n:04}": outages(n) for n in range(500)},
            ),
            500,
        ),
    ],
)
def test_no_page_is_larger_than_150_kilobytes(stack: Stack, most: int) -> None:
    """500 targets fit; more, or many failing ones, continue on the next page."""
    seen: list[str] = []
    for _ in range(9):
        page = stack.page
        assert len(page.encode()) < LARGEST
        assert 0 < len(rows(page)) <= most
        seen += rows(page)
        if "Next page" not in page:
            break
        stack.fields = {"from": f"{len(seen)}"}
        assert f"from={len(seen)}" in page
    assert seen == [one.target.name for one in stack.states]


def test_500_targets_take_little_time() -> None:
    """Measured: 26 ms of CPU; docs/decisions/0024."""
    days = {f"service-{n}": outages(n) for n in range(0, 500, 4)}
    stack = Stack([named(f"service-{n}", slo=99.9) for n in range(500)], days={**days})
    started = time.process_time()
    assert stack.page
    assert time.process_time() - started < RENDER_SECONDS


def test_hostile_text_stays_text() -> None:
    """In names, labels, causes and the search."""
    bad = "<script>alert(1)</script>"
    (made,) = poisoned(failing(f"front{bad}", cause=bad)).groups
    board = Groups(groups=(replace(made, id=GROUP_ID),))
    target = poisoned(named(f"front{bad}", labels=(("team", bad),)))
    page = Stack([target], board, fields={"q": "front", "state": "failing"}).page
    assert not Page(page).of("script")
    assert "INJECTED" in page
    assert "&lt;script&gt;" in page
    assert "\x1b" not in page
    assert "\u202e" not in page
    assert not Page(page).problems


@given(st.text(max_size=30), st.text(max_size=30))
def test_any_search_gives_a_well_formed_page(search: str, label: str) -> None:
    """Whatever a scanner puts into the address."""
    page = Stack([named("a")], fields={"q": search, "label": label}).page
    assert not Page(page).problems


def test_the_policy_allows_the_style_and_nothing_else() -> None:
    """No script, no font, no image, no frame."""
    assert "script" not in Stack([named("a")]).page.lower()
    assert POLICY.startswith("default-src 'none'; style-src 'sha256-")
    assert "url(" not in CSS
    assert "@import" not in CSS


def test_many_incidents_are_shortened() -> None:
    """The pages of all others are linked from their targets."""
    many = tuple(group(f"t{n}", id=_id(n)) for n in range(30))
    page = Stack([named("t1")], Groups(groups=many)).page
    assert "10 more" in page


@pytest.mark.parametrize(
    ("tally", "kind"),
    [
        (NOTHING, Kind.NO_DATA),
        (Tally(known=60), Kind.GOOD),
        (Tally(known=DAY, outage=60), Kind.SHORT),
        (Tally(known=DAY, outage=900), Kind.LONG),
        (Tally(known_in_maintenance=60, outage_in_maintenance=60), Kind.MAINTENANCE),
    ],
)
def test_each_day_has_a_kind(tally: Tally, kind: Kind) -> None:
    """The height of its bar differs, not only its color."""
    assert kind_of(tally) is kind
    assert len({HEIGHTS[one] for one in Kind}) == len(Kind)


def test_equal_pictures_are_drawn_once() -> None:
    """Runs of equal days are one line with dashes."""
    bars = Bars(TODAY)
    good, other = (Tally(DAY),) * 90, (*(NOTHING,) * 60, *(Tally(DAY),) * 30)
    assert bars.picture(good).drawn == bars.picture(good).drawn
    assert bars.picture(good).drawn != bars.picture(other).drawn
    first, second = ET.fromstring(ET.tostring(bars.symbols()))  # noqa: S314 - our own
    assert [path.get("d") for path in first] == ["M0 13h269"]
    assert [path.get("d") for path in second] == ["M0 18.5h179", "M180 13h89"]


def test_filters_are_short() -> None:
    """A long search or number is cut, not refused."""
    found = filter_in({"q": "x" * 999, "from": "9" * 99}, LINK)
    assert (len(found.search), found.start) == (100, 0)


def test_the_bar_of_today_shows_an_outage_that_is_not_counted_yet() -> None:
    """The history is half an hour late: uptime and budget have the outage at once."""
    page = Stack([named("front", slo=99.9)], failing("front")).page
    assert "90 days: 12 min of outage on 1 day (2026-11-30 12 min)" in page
    assert "Uptime, 90 days: 99.99 %" in page
    assert "Error budget: 31 min left of 43 min" in page
    assert "counted until 12:05 UTC; an open outage counts until now" in page


@pytest.mark.parametrize(
    ("until", "seconds"), [(None, 720), (0, 720), (-300, 300), (60, 0)]
)
def test_no_second_of_an_open_outage_counts_twice(
    until: int | None, seconds: int
) -> None:
    """What the history has is not added again."""
    (state,) = Stack([named("front")], failing("front")).states
    at = None if until is None else int(NOW.timestamp()) + until if until else 0
    assert sum(state.uncounted(at, NOW).values()) == seconds
    (up,) = Stack([named("front")]).states
    assert up.uncounted(None, NOW) == {}


def test_an_open_outage_is_split_at_midnight() -> None:
    """The day before keeps its part of what was not counted yet."""
    (state,) = Stack([named("front")], failing("front")).states
    midnight = NOW.replace(hour=0, minute=0)
    since = replace(state.member, since=midnight - timedelta(hours=1))  # type: ignore[type-var]
    late = replace(state, member=since)
    open_ = late.uncounted(None, midnight + timedelta(minutes=20))
    assert open_ == {TODAY - 1: 3600, TODAY: 1200}


def test_an_intermittent_failure_is_not_counted_in_full() -> None:
    """Only its probes show how long users were without service."""
    (state,) = Stack([named("front")], failing("front")).states
    some = replace(state.member, constancy=Constancy.INTERMITTENT)  # type: ignore[type-var]
    assert replace(state, member=some).uncounted(None, NOW) == {}


def test_an_uptime_of_few_days_says_so() -> None:
    """100 % of a month is not 100 % of 90 days."""
    stack = Stack([named("front")])
    stack.days["front"] = {TODAY - n: Tally(DAY) for n in range(9, 40)}
    assert "Uptime, 31 of 90 days: 100 %" in stack.page


def test_a_target_without_data_comes_before_maintenance() -> None:
    """Nobody knows whether it works, so it is a warning, with its last probe."""
    stack = Stack([named("mail")])
    stack.newest["mail"] = NewestProbe(NOW - timedelta(hours=2), healthy=True)
    assert '<span class="warn">no data, last probe 2 h ago</span>' in stack.page
    assert Status.NO_DATA < Status.MAINTENANCE


def test_the_words_of_a_picture_have_dates_and_maintenance() -> None:
    """The three newest outages, and days with nothing but maintenance."""
    days = (*[Tally(DAY, 60)] * 4, Tally(0, 0, 0, 0, DAY), NOTHING)
    found = runs(days)
    assert in_words(found, kinds_of(found), TODAY) == (
        "6 days: 4 min of outage on 4 days (2026-11-28 1 min, 2026-11-27 1 min,"
        " 2026-11-26 1 min, earlier ones), only maintenance on 1 day,"
        " no data on 1 day"
    )


def test_each_number_leads_to_its_targets() -> None:
    """A click on `1 failing` shows it alone."""
    page = Stack([named("a"), named("b")], failing("a")).page
    links = [
        one["href"] for one in Page(page).of("a") if "state" in (one.get("class") or "")
    ]
    assert links == [f"?{LINK}&state=failing", f"?{LINK}&state=up"]


def test_texts_do_not_run_together_without_css() -> None:
    """A mail program or a text browser shows words."""
    text = re.sub(r"<[^>]*>", "", Stack([named("front", slo=99.9)]).page)
    assert (
        "front up 90 days: no outage Uptime, 90 days: 100 % Error budget: 43 min left"
        in text
    )


def test_bars_are_seen_against_the_page_and_each_other() -> None:
    """At least 3:1 (WCAG 2.2, 1.4.11), in both themes."""
    pages = re.findall(r"--bg: (#\w+)", CSS)[:2]
    for theme, page in enumerate(pages):
        names = ("ok", "short", "long", "apart", "none")
        seen = {n: re.findall(rf"--{n}: (#\w+)", CSS)[theme] for n in names}
        assert all(_contrast(color, page) >= 3 for color in seen.values())
        assert _contrast(seen["ok"], seen["apart"]) >= 3


def _contrast(one: str, other: str) -> float:
    """Return the contrast of two colors, by the formula of WCAG 2.2."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(color: str) -> float:
    parts = [int(color[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in parts
    ]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
