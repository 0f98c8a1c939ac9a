"""Path: the hops of a request as a picture, from the internet to the pod.

In: a path. Out: a list; each hop has a mark whose shape shows its state, not only its
color. It does not: judge.
"""

from collections.abc import Sequence

from parallax.model.judgement import Hop, HopSeen, HopState
from parallax.report.elements import Node, element

STATES = {
    HopState.OK: ("ok", "good", "M7 12.5l3.5 3.5 6.5-8"),
    HopState.FAULTY: ("FAULTY", "bad", "M8 8l8 8M16 8l-8 8"),
    HopState.AFFECTED: ("affected", "warn", "M12 7v6M12 16.5v.5"),
    HopState.UNKNOWN: ("unknown", "soft", "M8 12h8"),
}
"""Each state's word, color and mark."""
FAILS = "fails"
"""The word where something fails at a hop that the finding does not name."""
NAMES = {Hop.OVERLAY: "node-to-node"}
"""Names of hops, where they differ from their id."""


def path(hops: Sequence[HopSeen], at_fault: Hop | None) -> Node | None:
    """Return the hops in the order of a request; None if there are none.

    `at_fault` is the hop that the finding names.
    """
    if not hops:
        return None
    rows = [_row(seen, at_fault, last=seen is hops[-1]) for seen in hops]
    return element(
        "section", element("h2", "PATH"), element("ol", *rows, class_="path")
    )


def _row(seen: HopSeen, at_fault: Hop | None, *, last: bool) -> Node:
    word, color, mark = STATES[seen.state]
    if seen.state is HopState.FAULTY and seen.hop is not at_fault:
        word = FAILS
    name = NAMES.get(seen.hop, seen.hop.value)
    text = f" {word}" + (f": {seen.seen}" if seen.seen else "")
    return element(
        "li",
        _mark(mark, color, last=last),
        element("p", element("strong", name, class_=color), text),
    )


def _mark(mark: str, color: str, *, last: bool) -> Node:
    """Return a circle with the mark, and the line to the next hop."""
    wire = None if last else element("path", d="M12 23v25", class_="wire")
    circle = element("circle", cx="12", cy="12", r="10", class_="glyph")
    return element(
        "svg",
        wire,
        circle,
        element("path", d=mark, class_="glyph"),
        viewBox="0 0 24 48",
        width="24",
        height="48",
        class_=color,
        aria_hidden="true",
    )
