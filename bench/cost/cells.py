"""Cells: dollars and tables as Markdown.

In: numbers, rows of text. Out: text.
It does not: compute.
"""

from collections.abc import Iterator, Sequence


def money(value: float) -> str:
    """Return dollars: cents, and four decimals below ten cents."""
    return f"{value:,.2f}" if value >= 0.1 or value == 0 else f"{value:.4f}"


def table(rows: Iterator[Sequence[str]] | Sequence[Sequence[str]]) -> str:
    """Return a table; the first row is its head, and numbers are on the right."""
    head, *body = rows
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *body]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
