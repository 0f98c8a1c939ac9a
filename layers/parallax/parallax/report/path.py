"""Path: the hops of a request as a picture, seen from the internet and from inside.

In: a finding. Out: a list; on a wide screen its hops stand side by side between two
lines, on a phone below each other. A mark shows each state by its shape, not only its
color.
It does not: judge.
"""

import re
from collections.abc import Sequence

from parallax.model.finding import Finding
from parallax.model.judgement import Hop, HopSeen, HopState, SideSeen
from parallax.report.elements import Node, element, prose

STATES = {
    HopState.OK: ("ok", "good", "M7 12.5l3.5 3.5 6.5-8"),
    HopState.FAULTY: ("FAULTY", "bad", "M8 8l8 8M16 8l-8 8"),
    HopState.AFFECTED: ("affected", "warn", "M12 7v6M12 16.5v.5"),
    HopState.UNKNOWN: ("unknown", "soft", "M8 12h8"),
}
"""Each state's word, color and mark."""
FAILS = "fails"
"""The word where something fails at a hop that the finding does not name."""
NAMES = {Hop.OVERLAY: "node-to-node", Hop.DNS: "DNS", Hop.CDN: "CDN"}
"""Names of hops, where they differ from their id."""
NO_PROBE = "not tested"
NOT_ARRIVED = "did not arrive"
_WORDS = {
    r"\bget through\b|\bpass\b": "passed",
    r"^not reached$": NOT_ARRIVED,
    r"\bdo not arrive\b": NOT_ARRIVED,
    r"^not known$": "no data",
    r"\bthe rest is not known\b": "no data on the rest",
    r"\bwhere is not known\b": "no data on where",
}
"""Pattern in a side's text -> the page's word for it."""
FAILING = (HopState.FAULTY, HopState.AFFECTED)


_SIDES = (
    "internet: what requests from the internet got. inside: what tests inside the"
    " cluster got."
)


def page_words(text: str) -> str:
    """Return what requests of a side got, in the words of the page."""
    for pattern, word in _WORDS.items():
        text = re.sub(pattern, word, text)
    return text


def shown_state(seen: HopSeen) -> HopState:
    """Return a hop's state on the page: requests that fail at it are not `ok`."""
    sides = [side.state for side in (seen.outside, seen.inside) if side]
    fails = any(state in FAILING for state in sides)
    return HopState.AFFECTED if fails and seen.state is HopState.OK else seen.state


def path(finding: Finding, note: str = "") -> Node | None:
    """Return the hops in the order of a request; None if a finding has none.

    `note`: it is of a failure that has ended.
    """
    hops, at_fault = finding.path, finding.hop
    if not hops:
        return None
    both = any(seen.outside or seen.inside for seen in hops)
    rows = [
        _hop(seen, hops[:number], at_fault, both=both)
        for number, seen in enumerate(hops)
    ]
    when = " during the failure" if note else ""
    title = element("h2", f"Path of a request to {finding.target}{when}")
    how = _SIDES
    text = f"{how if both else ''} {note}".strip()
    legend = element("p", text, class_="soft") if text else None
    # A list role: some readers drop it from a list without bullets.
    listed = element("ol", *rows, class_="path both" if both else "path", role="list")
    kind = "wide picture past" if note else "wide picture"
    return element("section", title, legend, listed, class_=kind)


def _hop(
    seen: HopSeen, before: Sequence[HopSeen], at_fault: Hop | None, *, both: bool
) -> Node:
    state = shown_state(seen)
    word, color, mark = STATES[state]
    named = seen.hop is at_fault and state is HopState.FAULTY
    if state is HopState.FAULTY and not named:
        word = FAILS
    name = element("strong", NAMES.get(seen.hop, seen.hop.value))
    shown = element("span", f" {word} ", class_="word")
    box = element("div", _mark(mark), element("p", name, shown), class_=f"box {color}")
    # What did not arrive at a hop did not arrive at those after it either.
    again = any(_text(one.outside) == NOT_ARRIVED for one in before)
    parts = (
        box,
        _side("internet", "out", seen.outside, state, again=again) if both else None,
        _side("inside", "in", seen.inside, state) if both else None,
        element("p", *prose(seen.seen), class_="seen"),
    )
    spaced = [part for one in parts if one is not None for part in (one, " ")]
    return element("li", *spaced, class_="hop named" if named else "hop")


def _side(
    label: str,
    kind: str,
    side: SideSeen | None,
    hop: HopState,
    *,
    again: bool = False,
) -> Node:
    """Return what a side's requests got; `again`: a hop before it has the text."""
    state = side.state if side else HopState.UNKNOWN
    if hop is HopState.FAULTY and state is HopState.OK:
        # Requests that pass a faulty hop do not make it good.
        state = HopState.AFFECTED
    shown = f"side {kind} {STATES[state][1]}"
    if again and _text(side) == NOT_ARRIVED:
        return element("p", class_=f"{shown} again")
    text = element("span", _text(side), class_="got")
    return element("p", element("span", f"{label} ", class_="from"), text, class_=shown)


def _text(side: SideSeen | None) -> str:
    return page_words(side.text) if side else NO_PROBE


def _mark(shape: str) -> Node:
    """Return a circle with the mark."""
    return element(
        "svg",
        element("circle", cx="12", cy="12", r="10", class_="glyph"),
        element("path", d=shape, class_="glyph"),
        viewBox="0 0 24 24",
        width="24",
        height="24",
        aria_hidden="true",
    )
