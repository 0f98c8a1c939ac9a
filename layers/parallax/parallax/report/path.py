"""Path: the hops of a request as a picture, seen from the internet and from inside.

In: a finding. Out: a list; on a wide screen its hops stand side by side between two
lines, on a phone below each other. A mark shows each state by its shape, not only its
color.
It does not: judge.
"""

from parallax.model.finding import Finding
from parallax.model.judgement import Hop, HopSeen, HopState, SideSeen
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
NAMES = {Hop.OVERLAY: "node-to-node", Hop.DNS: "DNS", Hop.CDN: "CDN"}
"""Names of hops, where they differ from their id."""
NO_PROBE = "not probed"


def path(finding: Finding, note: str = "") -> Node | None:
    """Return the hops in the order of a request; None if a finding has none.

    `note`: it is of a failure that has ended.
    """
    hops, at_fault = finding.path, finding.hop
    if not hops:
        return None
    both = any(seen.outside or seen.inside for seen in hops)
    rows = [_hop(seen, at_fault, both=both) for seen in hops]
    when = " during the failure" if note else ""
    title = element("h2", f"Path of a request to {finding.target}{when}")
    how = "What requests from the internet, and probes inside the cluster, got."
    text = f"{how if both else ''} {note}".strip()
    legend = element("p", text, class_="soft") if text else None
    # A list role: some readers drop it from a list without bullets.
    listed = element("ol", *rows, class_="path both" if both else "path", role="list")
    return element("section", title, legend, listed, class_="wide picture")


def _hop(seen: HopSeen, at_fault: Hop | None, *, both: bool) -> Node:
    word, color, mark = STATES[seen.state]
    named = seen.hop is at_fault and seen.state is HopState.FAULTY
    if seen.state is HopState.FAULTY and not named:
        word = FAILS
    name = element("strong", NAMES.get(seen.hop, seen.hop.value))
    state = element("span", f" {word}", class_="word")
    box = element("div", _mark(mark), element("p", name, state), class_=f"box {color}")
    parts = (
        _side("internet", "out", seen.outside) if both else None,
        box,
        _side("inside", "in", seen.inside) if both else None,
        element("p", seen.seen, class_="seen"),
    )
    return element("li", *parts, class_="hop named" if named else "hop")


def _side(label: str, kind: str, side: SideSeen | None) -> Node:
    _, color, _ = STATES[side.state if side else HopState.UNKNOWN]
    text = element("span", side.text if side else NO_PROBE, class_="got")
    name = element("span", f"{label} ", class_="from")
    return element("p", name, text, class_=f"side {kind} {color}")


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
