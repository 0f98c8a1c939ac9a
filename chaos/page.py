"""Page: the section of docs/reliability.md that a run writes.

In: outcomes, seed, time. Out: the text between two marks of the page.
It does not: write anything else of the page.
"""

from collections import Counter
from collections.abc import Sequence

from bench.commit import short_commit
from bench.cost.template import ROOT
from chaos import kinds
from chaos.run import Outcome

PAGE = ROOT / "docs" / "reliability.md"
BEGIN, END = "<!-- chaos: begin -->", "<!-- chaos: end -->"


def write_page(every: Sequence[Outcome], seed: int, seconds: float, last: str) -> None:
    """Replace the section; `last` is the last line of the run."""
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    made = section(every, seed, seconds, last)
    PAGE.write_text(f"{before}{BEGIN}\n{made}\n{END}{after}", encoding="utf-8")


def section(every: Sequence[Outcome], seed: int, seconds: float, last: str) -> str:
    """Return the section: figures, and how each kind of fault was spread."""
    repeats: Counter[str] = sum((o.repeats for o in every), Counter[str]())
    rows = [
        ("seed, commit", f"{seed}, {short_commit()}"),
        ("duration", f"{seconds / 60:.0f} minutes"),
        ("cases, by kind", _by_kind(every)),
        ("publications decided", f"{sum(o.decided for o in every):,}"),
        ("deliveries seen", f"{sum(o.deliveries for o in every):,}"),
        ("requests that an outage refused", f"{sum(o.refused for o in every):,}"),
        ("letters that redrive replayed", f"{sum(o.replayed for o in every):,}"),
        ("deliveries repeated after a lost answer", _counted(repeats)),
    ]
    table = "\n".join(f"| {name} | {value} |" for name, value in rows)
    found = Counter(f.kind for o in every for f in o.faults)
    places: dict[str, set[str]] = {}
    for fault in (f for o in every for f in o.faults):
        places.setdefault(fault.kind, set()).add(fault.site)
    spread = "\n".join(
        f"| `{kind}` | {found[kind]:,} | {len(places.get(kind, ()))} |"
        for kind in kinds.every()
    )
    return (
        f"```text\n{last}\n```\n\n| | |\n|---|---|\n{table}\n\n"
        f"How the faults were spread. A place is a function, an operation and a kind"
        f" of key.\n\n| fault | times | places |\n|---|---|---|\n{spread}"
    )


def _by_kind(every: Sequence[Outcome]) -> str:
    return _counted(Counter(o.name.partition(":")[0] for o in every))


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items())) or "0"
