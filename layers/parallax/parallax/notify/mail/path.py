"""Path: the hops of a request in one line, and what was observed where one fails.

In: a path. Out: lines. It does not: judge.
"""

from parallax.model.judgement import Hop, HopSeen, HopState
from parallax.notify.paragraph import paragraph

MARKS = {
    HopState.OK: "ok",
    HopState.FAULTY: "FAULTY",
    HopState.AFFECTED: "affected",
    HopState.UNKNOWN: "unknown",
}
LABELS = {Hop.OVERLAY: "node-to-node"}
"""Names of hops in the path, where they differ from their id: pods that use the node's
network use no overlay."""


def path(hops: tuple[HopSeen, ...]) -> str:
    """Return the path, from the internet to the pods."""
    if not hops:
        return ""
    line = " > ".join(f"{label(seen.hop)} {MARKS[seen.state]}" for seen in hops)
    named: dict[str, list[str]] = {}
    for seen in hops:
        if seen.state is not HopState.OK:
            named.setdefault(seen.seen, []).append(label(seen.hop))
    details = [
        paragraph(f"{', '.join(where)}: {what}") for what, where in named.items()
    ]
    return "\n".join([f"PATH  {line}", *details])


def label(hop: Hop) -> str:
    """Return the name of a hop for a reader."""
    return LABELS.get(hop, hop.value)
