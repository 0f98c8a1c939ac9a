"""Bars: 90 days of a target as a small picture, one bar for each day.

In: tallies. Out: SVG, and the same in words. The height of a bar shows its kind, not
only its color. Equal pictures are drawn once and used many times: most targets had no
outage, and a page of 500 must be small.
It does not: show a number of probes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from itertools import groupby

from parallax.report.elements import Node, element
from parallax.uptime.objective import uptime
from parallax.uptime.tally import Tally, total

STEP, WIDTH, HEIGHT = 3, 2, 20
"""Units of a day, of its bar, and of the highest bar."""
LONG = 0.01
"""The share of a day's observed time from which an outage is a long one."""


class Kind(Enum):
    """The kind of a day: its class in the CSS, and its height."""

    GOOD = ("g", 14)
    SHORT = ("w", 17)
    """An outage of less than a hundredth of the day."""
    LONG = ("b", 20)
    MAINTENANCE = ("m", 8)
    NO_DATA = ("n", 3)


type Kinds = tuple[Kind, ...]


def kind_of(tally: Tally) -> Kind:
    """Return the kind of a day."""
    if not tally.observed:
        return Kind.NO_DATA
    if not tally.known:
        return Kind.MAINTENANCE
    if not tally.outage:
        return Kind.GOOD
    return Kind.LONG if tally.outage >= LONG * tally.known else Kind.SHORT


def _words(tallies: Sequence[Tally], kinds: Sequence[Kind]) -> str:
    """Return what the picture shows, in words."""
    days = f"{len(tallies)} days"
    missing = kinds.count(Kind.NO_DATA)
    if missing == len(kinds):
        return f"{days}: no data"
    outages = kinds.count(Kind.SHORT) + kinds.count(Kind.LONG)
    seconds = total(tallies).outage
    text = f"{days}: no outage"
    if outages:
        on = f"{outages} day{'' if outages == 1 else 's'}"
        text = f"{days}: {max(1, seconds // 60)} min of outage on {on}"
    return f"{text}, no data on {missing}" if missing else text


@dataclass(frozen=True, slots=True)
class Picture:
    """The picture of a target: the id of what is drawn, and the same in words.

    `uptime` is the share of observed time in service; None: there is no data.
    """

    drawn: str
    words: str
    uptime: float | None

    @property
    def node(self) -> Node:
        """Return the picture; `Bars.symbols` must be on the same page."""
        use = element("use", href=f"#{self.drawn}")
        return element("svg", use, class_="d", role="img", aria_label=self.words)


@dataclass(slots=True)
class Bars:
    """The pictures of one page; equal days make one picture."""

    weight: int = 0
    """About how many bytes the symbols have."""
    _symbols: dict[Kinds, Node] = field(default_factory=dict[Kinds, Node])
    _known: dict[tuple[Tally, ...], Picture] = field(
        default_factory=dict[tuple[Tally, ...], Picture]
    )

    def picture(self, tallies: tuple[Tally, ...]) -> Picture:
        """Return the picture of these days."""
        if known := self._known.get(tallies):
            return known
        kinds = tuple([kind_of(tally) for tally in tallies])
        symbol = self._symbols.get(kinds)
        if symbol is None:
            symbol = _symbol(f"d{len(self._symbols)}", kinds)
            self._symbols[kinds] = symbol
            self.weight += weight(symbol)
        made = Picture(symbol.get("id", ""), _words(tallies, kinds), uptime(tallies))
        self._known[tallies] = made
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


def _symbol(name: str, kinds: Sequence[Kind]) -> Node:
    box = f"0 0 {len(kinds) * STEP - (STEP - WIDTH)} {HEIGHT}"
    return element(
        "symbol", *_paths(kinds), id=name, viewBox=box, preserveAspectRatio="none"
    )


def _paths(kinds: Sequence[Kind]) -> list[Node]:
    """Return one path for each kind; its dashes are the bars."""
    lines: dict[Kind, str] = {}
    day = 0
    for kind, run in groupby(kinds):
        count = len([*run])
        _, height = kind.value
        x, y = day * STEP, HEIGHT - height / 2
        length = count * STEP - (STEP - WIDTH)
        lines[kind] = lines.get(kind, "") + f"M{x} {y:g}h{length}"
        day += count
    return [element("path", d=d, class_=kind.value[0]) for kind, d in lines.items()]
