"""Cost lines: a bill as lines of at most 80 columns, or as the fields of its JSON.

In: a bill, other products, the prices, the counted run. Out: lines for `page`, or JSON.
It does not: compute a price.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from rich.text import Text

from parallax.cli.page import Line
from parallax.cost import Bill, Measured, Peer, Prices
from parallax.cost import Line as BillLine

NAME, BAR = 21, 16
"""Columns of a line's name, and of its bar."""
PEER = 43
TABLE = 80
"""Columns of the tables."""
BAR_CHARACTER = "█"
SMALL = 0.005
"""Dollars below which a line is only in the JSON: it would show as 0.00."""


def bill_lines(
    bill: Bill,
    peers: Sequence[Peer],
    prices: Prices,
    measured: Measured,
    columns: int | None = None,
) -> Iterator[Line]:
    """Yield the bill, top to bottom: the largest line first, then the total.

    In a terminal of fewer than `TABLE` columns, each amount follows its name.
    """
    narrow = columns is not None and columns < TABLE
    for line in _all_lines(bill, peers, prices, measured):
        yield _narrow(line) if narrow else line


def _narrow(line: Line) -> Line:
    """Return a line of the table as words, which a narrow terminal wraps."""
    if line.indent is not None:
        return line
    cells = re.split(r"  +", line.text.plain.replace(BAR_CHARACTER, "").strip())
    return Line(Text(f"  {', '.join(cells)}", line.text.style), 4)


def _all_lines(
    bill: Bill, peers: Sequence[Peer], prices: Prices, measured: Measured
) -> Iterator[Line]:
    size = bill.usage.size
    head = (
        f"{_count(size.targets, 'target')}, {_count(size.nodes, 'node')}, "
        f"{_count(size.clusters, 'cluster')}, one probe each {size.interval:g} s"
    )
    if size.failing:
        head += f", failing {size.failing:.3g} of the time"
    yield Line(Text(head, "bold"))
    yield Line(
        Text(
            f"dollars a month in {prices.region}; list prices of {prices.date}, "
            f"counted {measured.date}",
            "dim",
        )
    )
    yield Line(Text())
    shown = [line for line in bill.lines if line.dollars >= SMALL]
    yield from (_bill_line(line, bill.total) for line in shown)
    rest = bill.total - sum(line.dollars for line in shown)
    count = len(bill.lines) - len(shown)
    if count:
        other = f"{_count(count, 'line')} below a cent"
        yield Line(Text(f"  {other:<48} {rest:>10,.2f}", "dim"), None)
    yield Line(Text(f"  {'total':<48} {bill.total:>10,.2f}", "bold"), None)
    yield from _shares(bill)
    yield from _peer_lines(bill, peers)
    if prices.unconfirmed:
        unsure = ", ".join(prices.unconfirmed)
        text = f"Not confirmed on the vendor's page of {prices.date}: {unsure}"
        yield Line(Text())
        yield Line(Text(text, "dim"), 2)


def _bill_line(line: BillLine, total: float) -> Line:
    bar = BAR_CHARACTER * round(BAR * line.dollars / total)
    share = f"{100 * line.dollars / total:3.0f} %"
    number = _quantity(line.quantity)
    used = f"{number} {line.unit.removesuffix('s') if number == '1' else line.unit}"
    text = f"  {line.name:<{NAME}} {used:<26} {line.dollars:>10,.2f} {share} "
    return Line(Text.assemble(text, (bar[: BAR - 1], "cyan")), None)


def _shares(bill: Bill) -> Iterator[Line]:
    fixed, node, target = bill.parts
    text = (
        f"  fixed {fixed:,.2f}, each node {node:,.4f}, each target {target:,.4f}; "
        f"total / targets {bill.per_target:,.4f}"
    )
    yield Line(Text(text), None)


def _peer_lines(bill: Bill, peers: Sequence[Peer]) -> Iterator[Line]:
    if not peers:
        return
    yield Line(Text())
    yield Line(
        Text("the same targets elsewhere, probes from the internet only", "bold")
    )
    rows = [("Parallax", bill.total, bill.per_target, True)]
    rows += [
        (peer.price.name, peer.total, peer.per_target, peer.price.confirmed)
        for peer in peers
    ]
    for name, total, each, confirmed in rows:
        mark = "" if confirmed else " *"
        text = f"  {name + mark:<{PEER}} {total:>14,.2f} {each:>10,.4f} a target"
        yield Line(Text(text), None)
    if not all(confirmed for *_, confirmed in rows):
        yield Line(Text("  * not confirmed on the vendor's page", "dim"))


def fields(
    bill: Bill, peers: Sequence[Peer], prices: Prices, measured: Measured
) -> dict[str, Any]:
    """Return everything as JSON; all money in dollars a month."""
    fixed, node, target = bill.parts
    size = bill.usage.size
    return {
        "total": bill.total,
        "per_target": bill.per_target,
        "fixed": fixed,
        "each_node": node,
        "each_target": target,
        "targets": size.targets,
        "nodes": size.nodes,
        "clusters": size.clusters,
        "interval": size.interval,
        "failing": size.failing,
        "region": prices.region,
        "prices_of": prices.date,
        "counted": measured.date,
        "lines": [
            {
                "name": line.name,
                "quantity": line.quantity,
                "unit": line.unit,
                "dollars": line.dollars,
                "fixed": line.fixed,
                "per_node": line.per_node,
                "per_target": line.per_target,
                "confirmed": prices.of[line.meter].confirmed,
            }
            for line in bill.lines
        ],
        "peers": [
            {
                "name": peer.price.name,
                "total": peer.total,
                "per_target": peer.per_target,
                "confirmed": peer.price.confirmed,
                "note": peer.price.note,
                "source": peer.price.source,
            }
            for peer in peers
        ],
    }


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _quantity(value: float) -> str:
    """Return a quantity with three digits."""
    for size, word in ((1e9, "billion"), (1e6, "million"), (1e3, "thousand")):
        if value >= size:
            return f"{value / size:,.3g} {word}"
    return f"{value:,.3g}"
