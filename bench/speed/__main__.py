"""Command line of the speed bench: `python -m bench.speed`.

In: nothing. Out: a table on the terminal, docs/benchmarks.md; exit code 1 if a limit
does not hold. It does not: stop other processes; nothing else should run meanwhile.
"""

import sys
from pathlib import Path

from bench.speed import agent, judging
from bench.speed.page import page

PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"


def main() -> int:
    """Measure, print the table, and write the page."""
    figures = [*judging.measure(), *agent.measure()]
    text = page(figures)
    PAGE.write_text(text, encoding="utf-8")
    sys.stdout.write(text[text.index("| figure") : text.index("\n## How")])
    return 0 if all(figure.holds for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
