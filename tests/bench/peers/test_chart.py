"""The chart: an image that GitHub shows, with every bar in it."""

from xml.etree import ElementTree as ET

import pytest

from bench.peers.chart import INK, LABELS, MARGIN, OURS, PAPER, WIDTH, Panel, chart
from bench.peers.sample import Sample

SVG = "{http://www.w3.org/2000/svg}"
PANEL = Panel(
    "CPU <time>",
    (Sample("ours", "ms", (1.0, 2.0, 3.0)), Sample("peer & co", "ms", (4.0, 4.0, 6.0))),
    frozenset({"ours"}),
)


def bars(text: str) -> list[ET.Element]:
    """Return the bars of a chart, without its background."""
    found = ET.fromstring(text).iter(f"{SVG}rect")  # noqa: S314 - our own text
    return [one for one in found if one.get("fill") != PAPER]


def test_each_sample_is_a_bar_on_one_scale() -> None:
    """Twice the median is twice the width, and ours has its own color."""
    ours, peer = bars(chart([PANEL]))
    widths = [float(one.get("width", 0)) for one in (ours, peer)]
    assert widths[1] == pytest.approx(2 * widths[0], abs=0.2)
    assert ours.get("fill") == OURS != peer.get("fill")


def test_nothing_leaves_the_page() -> None:
    """Also the spread of the largest sample ends within the width."""
    root = ET.fromstring(chart([PANEL, PANEL]))  # noqa: S314 - our own text
    ends = [float(p.get("d", "").rpartition("H")[2]) for p in root.iter(f"{SVG}path")]
    assert len(ends) == 4
    assert MARGIN + LABELS < min(ends) <= max(ends) < WIDTH
    assert root.get("height") == root.get("viewBox", "").split()[-1]


def test_texts_are_escaped_and_legible_on_dark_pages() -> None:
    """Names are text, never markup, and the paper is a part of the image."""
    text = chart([PANEL])
    assert "CPU &lt;time&gt;" in text
    assert "peer &amp; co" in text
    assert f"fill='{PAPER}'" in text
    assert f"fill='{INK}'" in text
    assert "<script" not in text
