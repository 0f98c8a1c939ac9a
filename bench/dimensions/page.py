"""Page: accuracy by dimension as text, for the terminal and docs.

In: tallies and pairs. Out: Markdown, the same for the same results.
It does not: count, or know the time.
"""

from collections.abc import Iterator, Sequence

from bench.dimensions.pairs import Pair
from bench.dimensions.tally import Tally

HEAD = """\
# Accuracy by topology

How accuracy depends on what differs between clusters. `python -m bench.dimensions
--write` writes this page; the same code writes the same page. Every fault of the table
is injected into simulated platforms; the agent reports what it reads in that topology.

- **right**: the true cause was named. Where the agent cannot read what would decide,
  no cause was named.
- **not established**: no cause was named, and the evidence is complete.
- **wrong**: another cause was named.
"""


def page(
    topologies: Sequence[Tally], ablation: Sequence[Tally], pairs: Sequence[Pair]
) -> str:
    """Return docs/accuracy-topologies.md."""
    read = [t for t in topologies if t.read]
    unread = [t for t in topologies if not t.read]
    lines = [HEAD, "## Topologies", "", *_table("topology", read), ""]
    lines += [*_UNREAD, "", *_table("topology", unread), ""]
    lines += [*_silent(topologies), *_wrong(topologies)]
    lines += ["## Names, ports, counts and controllers", "", *_ABLATION, ""]
    lines += [*_table("change", ablation), "", *_silent(ablation), *_wrong(ablation)]
    lines += ["## Two faults at once", "", *_pairs(pairs), ""]
    return "\n".join(lines)


_UNREAD = (
    "In these the agent has no permission to read the route, or the setting is in a",
    "file. Its probes of the ingress then get another response than users.",
)


def pairs_text(pairs: Sequence[Pair]) -> str:
    """Return the part about pairs."""
    return "\n".join([*_pairs(pairs), ""])


_ABLATION = (
    "The same faults and seeds. Each row changes one thing of the platform before the",
    "fault. Where a fault requires another controller, it is not in that row.",
)


def _table(what: str, tallies: Sequence[Tally]) -> Iterator[str]:
    yield f"| {what} | cases | right | not established | wrong |"
    yield "|---|---|---|---|---|"
    for t in tallies:
        right = f"{t.right} ({t.share:.1%})"
        yield f"| {t.title} | {t.count} | {right} | {t.silent} | {t.wrong} |"


def _silent(tallies: Sequence[Tally]) -> Iterator[str]:
    some = [t for t in tallies if t.by_cause]
    if not some:
        return
    yield "| in | true, and not established | cases |"
    yield "|---|---|---|"
    for t in some:
        for cause, number in sorted(t.by_cause.items(), key=lambda p: (-p[1], p[0])):
            yield f"| {t.title} | {cause} | {number} |"
    yield ""


def _wrong(tallies: Sequence[Tally]) -> Iterator[str]:
    for t in tallies:
        if t.lines:
            yield f"Wrong, {t.title}:"
            yield ""
            yield from (f"- `{line}`" for line in t.lines)
            yield ""


def _pairs(pairs: Sequence[Pair]) -> Iterator[str]:
    exact = sum(p.exact for p in pairs)
    yield "The named cause and those that are also true are the two that were injected:"
    yield f"{exact} of {len(pairs)} ({exact / len(pairs):.0%})."
    yield ""
    yield "| pair | injected | named | not found | found, not injected |"
    yield "|---|---|---|---|---|"
    for p in pairs:
        if not p.exact:
            yield (
                f"| `{p.id}` | {' + '.join(p.injected)} | {p.named} "
                f"| {', '.join(p.missing)} | {', '.join(sorted(p.extra))} |"
            )
