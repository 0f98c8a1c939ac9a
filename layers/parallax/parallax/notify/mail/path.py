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


def path(hops: tuple[HopSeen, ...], at_fault: Hop | None) -> str:
    """Return the path, from the internet to the pods; `at_fault` is the named hop."""
    if not hops:
        return ""
    line = " > ".join(f"{label(seen.hop)} {_mark(seen, at_fault)}" for seen in hops)
    named: dict[str, list[str]] = {}
    for seen in hops:
        if seen.state is not HopState.OK:
            named.setdefault(seen.seen, []).append(label(seen.hop))
    details = [
        paragraph(f"{', '.join(where)}: {what}") for what, where in named.items()
    ]
    return "\n".join([f"PATH  {line}", *details])


def _mark(seen: HopSeen, at_fault: Hop | None) -> str:
    is_named = seen.state is HopState.FAULTY and seen.hop is at_fault
    return FAULTY if is_named else MARKS[seen.state]


def label(hop: Hop) -> str:
    """Return the name of a hop for a reader."""
    return LABELS.get(hop, hop.value)
