"""Path: the hops of a request in one line, and what was observed where one fails.

In: a path. Out: lines. It does not: judge.
"""

from parallax.model.judgement import Hop, HopSeen, HopState
from parallax.notify.paragraph import paragraph

MARKS = {
    HopState.OK: "ok",
    HopState.FAULTY: "fails",
    HopState.AFFECTED: "affected",
    HopState.UNKNOWN: "unknown",
}
LABELS = {Hop.OVERLAY: "node-to-node"}
"""Names of hops in the path, where they differ from their id: pods that use the node's
network use no overlay."""


FAULTY = "FAULTY"
"""The mark of the hop that the finding names; other hops where it fails only fail."""


def path(hops: tuple[HopSeen, ...], named: Hop | None) -> str:
    """Return the path, from the internet to the pods; `named` is the hop at fault."""
    if not hops:
        return ""
    line = " > ".join(f"{label(seen.hop)} {_mark(seen, named)}" for seen in hops)
    details = [
        paragraph(f"{label(seen.hop)}: {seen.seen}")
        for seen in hops
        if seen.state is not HopState.OK
    ]
    return "\n".join([f"PATH  {line}", *details])


def _mark(seen: HopSeen, named: Hop | None) -> str:
    at_fault = seen.state is HopState.FAULTY and seen.hop is named
    return FAULTY if at_fault else MARKS[seen.state]


def label(hop: Hop) -> str:
    """Return the name of a hop for a reader."""
    return LABELS.get(hop, hop.value)
