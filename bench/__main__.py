"""Command line of the benchmarks: `python -m bench`.

In: nothing. Out: the tables on the terminal, docs/benchmarks.md and its chart, and
`goals.json` for the next run; exit code 1 if a limit does not hold.
It does not: stop other processes; nothing else should run meanwhile.
"""

import sys
from pathlib import Path

from bench import goals
from bench.page import Run, page
from bench.peers import alert, coldstart, functions, install, tables, turns
from bench.peers.chart import chart
from bench.speed import agent, judging, overview

DOCS = Path(__file__).parents[1] / "docs"


def main() -> int:
    """Measure, print the tables, and write the page."""
    install.installed()
    clients, starts = turns.measure(), coldstart.measure()
    limits = [*judging.measure(), *overview.measure(), *agent.measure()]
    work, to_mail = functions.measure(), alert.measure()
    run = Run(clients, starts, work, to_mail, limits, goals.last())
    text = page(run)
    goals.keep(run.goals)
    (DOCS / "benchmarks.md").write_text(text, encoding="utf-8")
    drawing = chart(tables.panels(clients, starts))
    (DOCS / "benchmarks.svg").write_text(drawing, encoding="utf-8")
    sys.stdout.write(text[text.index("## A probe") : text.index("\n## How")])
    return 0 if all(figure.holds for figure in limits) else 1


if __name__ == "__main__":
    sys.exit(main())
