"""Page: the overview as HTML.

In: the states of all targets, their days, a filter. Out: a page of at most `LARGEST`
bytes; the rest is on the next one.
It does not: read anything, or use a clock. It is pure.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from parallax.notify.mail.scope import urls
from parallax.notify.paragraph import clock, minute, second
from parallax.overview.bars import Bars, weight
from parallax.overview.filters import Filter, form
from parallax.overview.incidents import incidents
from parallax.overview.rows import COLORS, Rows, Sign
from parallax.overview.sources import Facts
from parallax.overview.state import WORDS, Status, TargetState
from parallax.overview.style import CSS
from parallax.report.elements import Node, document, element
from parallax.uptime.tally import DAY

LARGEST = 148_000
"""Bytes of one page, about: 150 KB at most."""
REST = 4_000
"""Bytes of the legend, the footer and the frame of a page."""
MOST = 500
"""Rows of one page."""
TITLE = "All watched URLs"
LEGEND = (
    ("g", "no outage"),
    ("w", "outage under 15 min"),
    ("b", "outage of 15 min or more"),
    ("m", "only maintenance"),
    ("n", "no data"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What the page shows, at an instant; `expires`: until when its link works."""

    states: Sequence[TargetState]
    facts: Facts
    chosen: Filter
    now: datetime
    expires: datetime
    sign: Sign


def overview_page(view: View) -> str:
    """Return the page."""
    matching = [one for one in view.states if view.chosen.shows(one)]
    today = int(view.now.timestamp()) // DAY
    bars = Bars(today)
    until = view.facts.until
    rows = Rows(now=view.now, today=today, sign=view.sign, bars=bars, until=until)
    above = [
        _top(view.now),
        _counts(view.states, view.chosen),
        *(element("p", text, class_="note warn") for text in view.facts.problems),
        *incidents(view.facts.board.groups, view.sign, view.now),
        form(view.chosen, view.states),
    ]
    room = LARGEST - REST - len(CSS) - sum(map(weight, above))
    shown = _rows(rows, matching[view.chosen.start :], view.facts, room)
    main = element(
        "main",
        *above,
        _range(len(shown), len(matching), view.chosen),
        element("ul", *shown, class_="all") if shown else None,
        legend(),
        bars.symbols(),
    )
    return document(TITLE, CSS, main, _footer(view))


def _rows(
    rows: Rows, states: Sequence[TargetState], facts: Facts, room: int
) -> list[Node]:
    """Return the rows that have room, in bytes; at least one."""
    shown: list[Node] = []
    size = 0
    for one in states[:MOST]:
        row = rows.row(one, facts.days.get(one.target.name, {}))
        size += weight(row)
        if shown and size + rows.bars.weight > room:
            break
        shown.append(row)
    return shown


def _top(now: datetime) -> Node:
    """Return the title, and when the page was made."""
    at = f"Page loaded {second(now, now)} UTC · "
    again = element("p", at, element("a", "Reload", href=""), class_="soft loaded")
    return element("div", element("h1", TITLE), again, class_="top")


def _counts(states: Sequence[TargetState], chosen: Filter) -> Node:
    """Return how many targets have each state; each number leads to them."""
    counts = Counter(one.status for one in states)
    marks = [
        element(
            "a",
            f"{counts[s]} {WORDS[s]}",
            href=replace(chosen, status=s).path(),
            class_=f"state {COLORS[s]}",
        )
        for s in Status
        if counts[s]
    ]
    muted = sum(one.mute is not None for one in states)
    if muted:
        marks.append(element("strong", f"{muted} muted", class_="state warn"))
    parts = [part for mark in marks for part in (mark, " ")]
    return element("p", *parts, class_="pills")


def _range(shown: int, matching: int, chosen: Filter) -> Node:
    first, last = chosen.start + 1, chosen.start + shown
    if not shown:
        text = "No URL matches." if not matching else "There are no more URLs."
    elif shown == matching:
        text = urls(matching)
    else:
        text = f"URLs {first} to {last} of {matching}"
    links: list[Node] = []
    if chosen.start:
        links.append(element("a", "First page", href=chosen.path()))
    if last < matching and shown:
        links.append(element("a", "Next page", href=chosen.path(last)))
    parts = [part for link in links for part in (" · ", link)]
    return element("p", text, *parts, class_="soft")


def legend() -> Node:
    """Return what the bars mean, in words."""
    marks = [
        part
        for name, text in LEGEND
        for part in (
            element("span", element("i", class_=f"key {name}"), f" {text}"),
            " · ",
        )
    ]
    return element(
        "p",
        "Each bar is one day (UTC), today is the last. ",
        *marks[:-1],
        class_="soft legend",
    )


def _footer(view: View) -> Node:
    until = view.facts.until
    counted = "Uptime was not counted yet."
    if until is not None:
        at = datetime.fromtimestamp(until, UTC)
        counted = (
            f"Uptime and budgets are counted until {minute(at, view.now)}; an open"
            " outage counts until now, unless it is intermittent."
        )
    return element(
        "footer",
        element(
            "p",
            f"As of {clock(view.now)}. {counted} Uptime is the share of the observed"
            " time, without maintenance. Error budgets cover the last 30 days.",
        ),
        element(
            "p",
            f"This link works until {clock(view.expires)}. Everybody who has it can"
            " read this page and the pages of all open incidents, and use their"
            " buttons. For a new link, run ",
            element("code", "parallax overview"),
            ".",
        ),
    )
