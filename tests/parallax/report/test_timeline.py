"""The timeline: a strip of probes, and the moments."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from parallax.model.snapshot import PastProbe
from parallax.model.snapshot_excerpt import Excerpt, excerpt_of
from parallax.report.timeline import WIDTH, Later, timeline
from tests.parallax.open_group import ALERT
from tests.parallax.report.incidents import finding_of, recorded
from tests.parallax.sent_finding import NOON


def test_the_strip_shows_each_probe_by_height_and_color() -> None:
    """And a text for who does not see it."""
    snapshot = recorded("lb-health-check-wrong-port")
    part = timeline(finding_of(snapshot), excerpt_of(snapshot))
    assert part is not None
    marks = [r for r in part.iter("rect") if r.get("class") != "rail"]
    assert len(marks) == len(snapshot.past)
    failing = {r.get("height") for r in marks if "bad" in str(r.get("class"))}
    good = {r.get("height") for r in marks if "good" in str(r.get("class"))}
    assert failing.isdisjoint(good)
    label = next(part.iter("svg")).get("aria-label")
    assert label is not None
    assert "28 of 30 probes were good" in label
    assert "first failed probe" in "".join(part.itertext())


def test_without_a_snapshot_the_moments_remain() -> None:
    """Without both there is no part."""
    part = timeline(ALERT.finding, None)
    assert part is not None
    assert list(part.iter("svg")) == []
    assert timeline(replace(ALERT.finding, timeline=()), None) is None


@given(minutes=st.lists(st.integers(-90, 5), min_size=1, max_size=40))
def test_every_mark_is_inside_the_strip(minutes: list[int]) -> None:
    """Also of probes in any order, or later than the snapshot by a clock."""
    past = tuple(
        PastProbe(started_at=NOON + timedelta(minutes=m), healthy=bool(m % 2))
        for m in minutes
    )
    part = timeline(ALERT.finding, Excerpt(taken_at=NOON, past=past))
    assert part is not None
    for rect in part.iter("rect"):
        left, width = (int(str(rect.get(name))) for name in ("x", "width"))
        assert 0 <= left <= left + width <= WIDTH


def strip_of(later: Later) -> str:
    """Return the text of the strip of a recording and what came after it."""
    snapshot = recorded("lb-health-check-wrong-port")
    part = timeline(finding_of(snapshot), excerpt_of(snapshot), later)
    assert part is not None
    return str(next(part.iter("svg")).get("aria-label"))


def test_a_strip_that_ends_before_the_page_says_until_when_it_is() -> None:
    """An ended incident has no later probes: red at its end is not the present."""
    snapshot = recorded("lb-health-check-wrong-port")
    later = Later(now=snapshot.taken_at + timedelta(minutes=19))
    part = timeline(finding_of(snapshot), excerpt_of(snapshot), later)
    assert part is not None
    assert "28 of 30 probes until 04:18:27 were good" in "".join(part.itertext())


def test_the_strip_of_an_open_incident_runs_until_now() -> None:
    """After hours without a known probe it has the last half hour only."""
    end = recorded("lb-health-check-wrong-port").taken_at
    probe = PastProbe(started_at=end + timedelta(minutes=1), healthy=False)
    soon = Later(now=end + timedelta(minutes=2), probes=(probe,))
    assert strip_of(soon).startswith("28 of 31 probes were good from 03:50:08 to 04:20")
    hours = replace(probe, started_at=end + timedelta(hours=3))
    late = Later(now=end + timedelta(hours=3), probes=(hours,))
    assert strip_of(late).startswith("0 of 1 probes were good from 07:13:")
