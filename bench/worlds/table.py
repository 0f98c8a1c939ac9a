"""Table: tallies as text, for the terminal and for docs/accuracy-worlds.md.

In: tallies. Out: Markdown, the same for the same tallies.
It does not: count, or know the time.
"""

from collections.abc import Iterator, Sequence

from bench.worlds.run import Tally

HEAD = """\
# Accuracy on public reports

Incidents that others reported in public, as simulated platforms.
`python -m bench.worlds --write` writes this page; the same code writes the same page.
A row is one report: its source, what was true, and how the draws were judged. Names,
counts, ports and controllers differ from draw to draw.

- **right**: an accepted cause was named.
- **not established**: no cause was named. Where the evidence suffices, it is a loss.
- **wrong**: a cause was named that is not accepted.

The accepted causes of the first table were committed before anybody ran the reports.
They have not changed since.
"""


def page(tallies: Sequence[Tally]) -> str:
    """Return docs/accuracy-worlds.md."""
    stated = [t for t in tallies if t.world.stated]
    others = [t for t in tallies if not t.world.stated]
    lines = [HEAD, "## Figures", "", *_figures(tallies, stated, others), ""]
    for title, part in (("Stated before they were run", stated), ("Others", others)):
        if part:
            lines += [f"## {title}", "", *_table(part), ""]
    return "\n".join(lines)


def _figures(*parts: Sequence[Tally]) -> Iterator[str]:
    yield "| | all | stated before they were run | others |"
    yield "|---|---|---|---|"
    rows = {
        "reports": [f"{len(part)}" for part in parts],
        "draws": [f"{sum(t.count for t in part)}" for part in parts],
        "wrong blames": [f"{sum(t.wrong.total() for t in part)}" for part in parts],
        "right cause named, where the evidence suffices": [_named(p) for p in parts],
    }
    for what, cells in rows.items():
        yield f"| {what} | " + " | ".join(cells) + " |"


def _named(part: Sequence[Tally]) -> str:
    sufficient = [t for t in part if t.world.named]
    whole = sum(t.count for t in sufficient)
    right = sum(t.right for t in sufficient)
    return f"{right} of {whole} ({right / whole:.0%})" if whole else "-"


def _table(part: Sequence[Tally]) -> Iterator[str]:
    yield "| report | what was true | accepted | right | not established | wrong |"
    yield "|---|---|---|---|---|---|"
    for tally in part:
        world = tally.world
        accepted = [
            *sorted(world.accept),
            *([] if world.named else ["not-established"]),
        ]
        wrong = ", ".join(f"{c} {n}" for c, n in sorted(tally.wrong.items())) or "0"
        yield (
            f"| `{world.id}` {world.source} | {world.true} | {', '.join(accepted)} "
            f"| {tally.right} | {tally.silent} | {wrong} |"
        )
