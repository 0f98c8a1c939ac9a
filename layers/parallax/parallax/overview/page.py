"""Page: the overview as HTML.

In: the states of all targets, their days, a filter. Out: a page of at most `LARGEST`
bytes; the rest is on the next one.
It does not: read anything, or use a clock. It is pure.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from parallax.model.group import Group
from parallax.model.judgement import NOT_ESTABLISHED
from parallax.notify.paragraph import clock, minute
from parallax.overview.bars import Bars, weight
from parallax.overview.filters import Filter, form
from parallax.overview.rows import COLORS, Rows, Sign
from parallax.overview.sources import Facts
from parallax.overview.state import WORDS, Status, TargetState
from parallax.overview.style import CSS
from parallax.report.elements import Node, document, element
from parallax.uptime.tally import DAY

LARGEST = 135_000
"""Bytes of the rows and pictures of one page, about: with all else, 150 KB at most."""
MOST = 500
"""Rows of one page."""
MOST_INCIDENTS = 20
TITLE = "All targets"
LEGEND = (
    ("g", "no outage"),
    ("w", "outage below 1 % of the day"),
    ("b", "longer outage"),
    ("m", "maintenance"),
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
    bars = Bars()
    today = int(view.now.timestamp()) // DAY
    rows = Rows(now=view.now, today=today, sign=view.sign, bars=bars)
    shown = _rows(rows, matching[view.chosen.start :], view.facts)
    main = element(
        "main",
        element("h1", TITLE),
        _counts(view.states),
        *(element("p", text, class_="note warn") for text in view.facts.problems),
        _incidents(view),
        form(view.chosen, view.states),
        _range(len(shown), len(matching), view.chosen),
        _head() if shown else None,
        element("ul", *shown, class_="all") if shown else None,
        legend(),
        bars.symbols(),
    )
    return document(TITLE, CSS, main, _footer(view))


def _rows(rows: Rows, states: Sequence[TargetState], facts: Facts) -> list[Node]:
    shown: list[Node] = []
    size = 0
    for one in states[:MOST]:
        row = rows.row(one, facts.days.get(one.target.name, {}))
        size += weight(row)
        if shown and size + rows.bars.weight > LARGEST:
            break
        shown.append(row)
    return shown


def _counts(states: Sequence[TargetState]) -> Node:
    """Return how many targets have each state."""
    counts = Counter(one.status for one in states)
    marks = [
        element("strong", f"{counts[s]} {WORDS[s]}", class_=f"state {COLORS[s]}")
        for s in Status
        if counts[s]
    ]
    muted = sum(one.mute is not None for one in states)
    if muted:
        marks.append(element("strong", f"{muted} muted", class_="state warn"))
    return element("p", *(part for mark in marks for part in (mark, " ")))


def _incidents(view: View) -> Node | None:
    """Return the open incidents; those of Parallax itself belong to no target."""
    groups = view.facts.board.groups
    if not groups:
        return None
    rows = [_incident(group, view) for group in groups[:MOST_INCIDENTS]]
    if len(groups) > MOST_INCIDENTS:
        rows.append(element("li", f"{len(groups) - MOST_INCIDENTS} more"))
    title = element("h2", "OPEN INCIDENTS")
    return element("section", title, element("ul", *rows))


def _incident(group: Group, view: View) -> Node:
    cause = group.cause
    text = "cause not established" if cause == NOT_ESTABLISHED else cause
    count = len(group.members)
    members = f"{count} targets" if count != 1 else group.members[0].target
    since = minute(group.since, view.now)
    done = f", acknowledged by {group.acknowledged.by}" if group.acknowledged else ""
    return element(
        "li",
        element("a", text, href=view.sign(group)),
        f": {members}, since {since}{done}",
    )


def _range(shown: int, matching: int, chosen: Filter) -> Node:
    first, last = chosen.start + 1, chosen.start + shown
    if not shown:
        text = "No target matches." if not matching else "There are no more targets."
    elif shown == matching:
        text = f"{matching} target{'' if matching == 1 else 's'}"
    else:
        text = f"Targets {first} to {last} of {matching}"
    links: list[Node] = []
    if chosen.start:
        links.append(element("a", "First page", href=chosen.path()))
    if last < matching and shown:
        links.append(element("a", "Next page", href=chosen.path(last)))
    parts = [part for link in links for part in (" · ", link)]
    return element("p", text, *parts, class_="soft")


def _head() -> Node:
    """Return the titles of the columns; on a phone there are none."""
    names = ("Target", "Now", "90 days", "Uptime", "Error budget of 30 days")
    titles = [element("span", name) for name in names]
    return element("p", *titles, class_="head soft", aria_hidden="true")


def legend() -> Node:
    """Return what the bars mean, in words."""
    marks = [
        part
        for name, text in LEGEND
        for part in (element("i", class_=f"key {name}"), f" {text}  ")
    ]
    return element(
        "p",
        "Each bar is one day (UTC), today is the last. ",
        *marks,
        class_="soft legend",
    )


def _footer(view: View) -> Node:
    until = view.facts.until
    counted = "Uptime was not counted yet."
    if until is not None:
        at = datetime.fromtimestamp(until, UTC)
        counted = f"Uptime is counted until {minute(at, view.now)}."
    return element(
        "footer",
        element(
            "p",
            f"As of {clock(view.now)}. {counted} Uptime is the share of the observed"
            " time, without maintenance. An SLO has a window of 30 days.",
        ),
        element(
            "p",
            f"This link works until {clock(view.expires)}. Everybody who has it can"
            " read this page and the pages of all open incidents, and use their"
            " buttons. A new link: parallax overview",
        ),
    )
