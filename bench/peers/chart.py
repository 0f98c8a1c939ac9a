"""Chart: bars with their spread, as an SVG file that GitHub shows in light and dark.

In: panels of samples. Out: the text of the file.
It does not: choose what is shown, or load anything: no script, no font, no style sheet.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from bench.peers.sample import Sample

WIDTH, LABELS, ROW, HEAD, MARGIN = 760, 190, 24, 38, 16
"""Pixels: all, of the names on the left, of a bar, of a title, around all."""
NUMBERS = 150
"""Pixels of the numbers on the right."""
OURS, OTHERS, INK, PAPER = "#0b7285", "#adb5bd", "#212529", "#ffffff"
_TEXT = "font-family='system-ui, sans-serif' font-size='13' fill='" + INK + "'"

_SPREAD = f"stroke='{INK}' stroke-width='2' opacity='0.7'"


@dataclass(frozen=True, slots=True)
class Panel:
    """A title and bars on one scale, which begins at zero; `ours` is highlighted."""

    title: str
    samples: tuple[Sample, ...]
    ours: frozenset[str]


def chart(panels: Sequence[Panel]) -> str:
    """Return the file's text, one panel below the other."""
    parts: list[str] = []
    top = float(MARGIN)
    for panel in panels:
        parts += _panel(panel, top)
        top += HEAD + ROW * len(panel.samples) + MARGIN
    size = f"width='{WIDTH}' height='{top:.0f}' viewBox='0 0 {WIDTH} {top:.0f}'"
    names = "; ".join(escape(panel.title) for panel in panels)
    head = f"<svg xmlns='http://www.w3.org/2000/svg' {size} role='img'>"
    paper = f"<rect width='100%' height='100%' rx='6' fill='{PAPER}'/>"
    return "\n".join([head, f"<title>{names}</title>", paper, *parts, "</svg>\n"])


def _panel(panel: Panel, top: float) -> list[str]:
    title = _label(MARGIN, top + 18, panel.title, "font-weight='600'")
    most = max(sample.spread[1] for sample in panel.samples)
    scale = (WIDTH - 2 * MARGIN - LABELS - NUMBERS) / most
    lines = [title]
    for place, sample in enumerate(panel.samples):
        is_ours = sample.name in panel.ours
        lines += _bar(sample, top + HEAD + ROW * place, scale, is_ours=is_ours)
    return lines


def _bar(sample: Sample, top: float, scale: float, *, is_ours: bool) -> list[str]:
    left, middle = MARGIN + LABELS, top + ROW / 2 - 2
    low, high = (left + scale * value for value in sample.spread)
    width, color = scale * sample.middle, OURS if is_ours else OTHERS
    numbers, place = f"{sample.text} {sample.unit}", f"x='{left}' y='{top:.1f}'"
    return [
        _label(MARGIN, middle + 4, sample.name),
        f"<rect {place} width='{width:.1f}' height='{ROW - 6}' fill='{color}'/>",
        f"<path d='M{low:.1f} {middle:.1f}H{high:.1f}' {_SPREAD}/>",
        _label(max(high, left + width) + 8, middle + 4, numbers),
    ]


def _label(left: float, bottom: float, text: str, more: str = "") -> str:
    return f"<text x='{left:.1f}' y='{bottom:.1f}' {_TEXT} {more}>{escape(text)}</text>"
