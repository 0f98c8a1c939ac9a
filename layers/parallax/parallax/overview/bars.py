"""Bars: 90 days of a target as a small picture, one bar for each day.

In: tallies. Out: SVG, and the same in words with the newest dates. The
height of a bar shows its kind, not only its color. Equal pictures are drawn once and
used many times: most targets had no outage, and a page of 500 must be small.
It does not: show a number of probes, or count an outage that is still open.
"""

from dataclasses import dataclass, field
from itertools import groupby

from parallax.overview.days import HEIGHTS, in_words, kinds_of, uptime_text
from parallax.report.elements import Node, element
from parallax.uptime.tally import Runs, Tally, runs

STEP, WIDTH, HEIGHT = 3, 2, 20
"""Units of a day, of its bar, and of the highest bar."""


@dataclass(frozen=True, slots=True)
class Picture:
    """The picture of a target: the id of what is drawn, and the same in words.

    `uptime` is the uptime as text, with its period; None: there is no data.
    """

    drawn: str
    words: str
    uptime: str | None

    @property
    def node(self) -> Node:
        """Return the picture; `Bars.symbols` must be on the same page."""
        use = element("use", href=f"#{self.drawn}")
        return element("svg", element("title", self.words), use, role="img")


@dataclass(slots=True)
class Bars:
    """The pictures of one page; equal days make one picture.

    `today` is the day of the last bar, as a number of days since 1970.
    """

    today: int
    weight: int = 0
    """About how many bytes the symbols have."""
    _symbols: dict[str, Node] = field(default_factory=dict[str, Node])
    _known: dict[Runs, Picture] = field(default_factory=dict[Runs, Picture])

    def picture(self, tallies: tuple[Tally, ...]) -> Picture:
        """Return the picture of these days."""
        found = runs(tallies)
        if known := self._known.get(found):
            return known
        kinds = kinds_of(found)
        symbol = self._symbols.get(kinds)
        if symbol is None:
            symbol = _symbol(f"d{len(self._symbols)}", kinds)
            self._symbols[kinds] = symbol
            self.weight += weight(symbol)
        words = in_words(found, kinds, self.today)
        made = Picture(symbol.get("id", ""), words, uptime_text(found))
        self._known[found] = made
        return made

    def symbols(self) -> Node:
        """Return what the pictures refer to."""
        return element(
            "svg",
            *self._symbols.values(),
            width="0",
            height="0",
            aria_hidden="true",
            class_="hidden",
        )


def weight(node: Node) -> int:
    """Return about how many bytes an element has: tags, attributes and texts.

    A row is ASCII but for hostile texts; counting characters takes a third of the time.
    """
    size = 0
    for part in node.iter():
        size += 2 * len(part.tag) + 5 + len(part.text or "") + len(part.tail or "")
        for name, value in part.items():
            size += len(name) + len(value) + 4
    return size


def _symbol(name: str, kinds: str) -> Node:
    box = f"0 0 {len(kinds) * STEP - (STEP - WIDTH)} {HEIGHT}"
    return element(
        "symbol", *_paths(kinds), id=name, viewBox=box, preserveAspectRatio="none"
    )


def _paths(kinds: str) -> list[Node]:
    """Return one path for each kind; its dashes are the bars."""
    lines: dict[str, str] = {}
    day = 0
    for kind, run in groupby(kinds):
        count = len([*run])
        x, y = day * STEP, HEIGHT - HEIGHTS[kind] / 2
        length = count * STEP - (STEP - WIDTH)
        lines[kind] = lines.get(kind, "") + f"M{x} {y:g}h{length}"
        day += count
    return [element("path", d=d, class_=kind) for kind, d in lines.items()]
