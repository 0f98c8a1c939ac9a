"""The waterfall: both probes with one scale, and the phase in which one failed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parallax.model.probe import ErrorType, Phases, Probe, ProbeRun, Role
from parallax.model.snapshot_excerpt import Excerpt
from parallax.report.waterfall import WIDTH, bars, milliseconds, waterfall
from tests.parallax.sent_finding import NOON

GOOD = Probe(
    role=Role.FIRST,
    request_id="",
    url="https://shop.example/",
    started_at=NOON - timedelta(minutes=1),
    healthy=True,
    duration=0.041,
    status_code=200,
    phases=Phases(
        resolve=0.004, connect=0.002, tls=0.009, processing=0.025, transfer=0.001
    ),
)
SLOW = replace(
    GOOD,
    started_at=NOON,
    healthy=False,
    status_code=None,
    duration=10.0,
    error_type=ErrorType.TIMEOUT,
    error_phase="processing",
    phases=Phases(resolve=0.004, connect=0.002, tls=0.009),
)


def shown(*probes: Probe, **changes: Any) -> ET.Element:
    """Return the part of the page for a run of these probes."""
    run = ProbeRun(target="shop", started_at=NOON, probes=probes)
    excerpt = Excerpt(taken_at=NOON, run=run, **changes)
    made = waterfall(excerpt)
    assert made is not None
    return made


def texts(part: ET.Element) -> str:
    """Return all text."""
    return " ".join(" ".join(part.itertext()).split())


def fills(part: ET.Element) -> Iterator[tuple[str, int, int]]:
    """Yield class, place and width of each bar."""
    for rect in part.iter("rect"):
        if rect.get("class") != "rail":
            box = (int(rect.get(name, "")) for name in ("x", "width"))
            yield str(rect.get("class")), *box  # type: ignore[misc]


def test_both_probes_stand_side_by_side() -> None:
    """With what each got, and one row for each phase."""
    part = shown(SLOW, last_good=GOOD)
    text = texts(part)
    assert "Failing probe: timeout" in text
    assert "Last good probe: 200" in text
    assert "wait 10.0 s, failed" in text
    assert "transfer not reached" in text
    assert "wait 25 ms" in text
    assert len(list(part.iter("table"))) == 2


def test_the_failing_phase_is_red_and_fills_the_common_scale() -> None:
    """The good probe's bars are small beside it."""
    found = list(fills(shown(SLOW, last_good=GOOD)))
    red = [(at, width) for kind, at, width in found if "bad" in kind]
    assert len(red) == 1
    assert red[0][1] > 0.99 * WIDTH
    others = [width for kind, _, width in found if "bad" not in kind]
    assert max(others) < 10


def test_without_a_good_probe_the_page_says_so() -> None:
    """As with a snapshot of an earlier release."""
    assert "No good probe to compare with" in texts(shown(SLOW))


def test_a_good_repeat_serves_as_the_good_probe() -> None:
    """Of an intermittent failure."""
    part = shown(SLOW, replace(GOOD, role=Role.REPEAT))
    assert "Last good probe: 200" in texts(part)


def test_plain_http_has_no_tls_phase() -> None:
    """It is not shown as missing."""
    plain = replace(GOOD, url="http://shop.example/", phases=Phases(connect=0.1))
    assert [bar.name for bar in bars(plain)] == [
        "resolve",
        "connect",
        "wait",
        "transfer",
    ]


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.00034, "0.3 ms"), (0.041, "41 ms"), (10.04, "10.0 s")]
)
def test_times_have_few_digits(seconds: float, text: str) -> None:
    """A reader compares magnitudes."""
    assert milliseconds(seconds) == text


def test_without_external_probes_there_is_no_waterfall() -> None:
    """The path still shows the inside."""
    assert waterfall(Excerpt(taken_at=NOON)) is None


times = st.none() | st.floats(0, 1e6)


@given(
    phases=st.builds(
        Phases,
        resolve=times,
        connect=times,
        tls=times,
        processing=times,
        transfer=times,
    ),
    duration=st.floats(0, 1e6),
    phase=st.sampled_from([None, "resolve", "tls", "processing", "other"]),
)
def test_every_bar_is_inside_the_picture(
    phases: Phases, duration: float, phase: str | None
) -> None:
    """Whatever the phases are."""
    probe = replace(SLOW, phases=phases, duration=duration, error_phase=phase)
    for _, at, width in fills(shown(probe, last_good=GOOD)):
        assert at >= 0
        assert width > 0
        assert at + width <= WIDTH + 1
