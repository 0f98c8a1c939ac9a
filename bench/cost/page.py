"""Page: docs/cost.md, from the counted run and the price file.

In: the counted run. Out: the text of the page; the same run gives the same text.
It does not: measure, or write the file.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from bench.cost import cold
from bench.cost.cells import money, table
from bench.cost.counter import WAIT
from bench.cost.fit import predicted
from bench.cost.functions import CORE_MB, PROBE_WAIT
from bench.cost.goals import goals, outage
from bench.cost.keeping_up import keeping_up
from bench.cost.mappings import SHARDS
from bench.cost.options import options
from bench.cost.page_text import (
    EARLIER,
    GOALS,
    HEAD,
    KEEPING_UP,
    LEFT_OUT,
    LINES,
    METHOD,
    OPTIONS,
    UPTIME,
)
from bench.cost.points import ASKED, LONG, LONGEST
from bench.cost.simulation import PROBE_BYTES, REPEATS
from parallax.cost import (
    Bill,
    Measured,
    Prices,
    Size,
    bill_of,
    peers_of,
    read_prices,
    usage_of,
)
from parallax.cost.measured import Units, features, reporting
from parallax.cost.prices import Price
from parallax.cost.usage import MONTH_MINUTES

REGION = "eu-central-1"
FAILING = 0.01
FIT = ("dynamodb.write_units", "dynamodb.read_units", "lambda.*.gb_seconds")


def page(measured: Measured, again: Measured | None = None) -> str:
    """Return the page; `again` is a second counted run."""
    prices = read_prices(REGION)
    parts = [
        HEAD.format(
            date=measured.date, prices=prices.date, region=REGION, minutes=MONTH_MINUTES
        ),
        table(_sizes(measured, prices)),
        "" if any("functions" in run for run in measured.runs) else EARLIER,
        "\n## Goals\n\n",
        table(goals(measured, again, prices)),
        GOALS,
        "\n## Line by line\n\n",
        table(_lines(measured, prices)),
        LINES,
        UPTIME,
        "\n## A month-long outage\n\n",
        _outages(measured, prices),
        KEEPING_UP,
        _kept_up(measured.runs),
        OPTIONS,
        table(_options(measured, prices)),
        "\n## Other products\n\n",
        table(_peers(prices, measured)),
        _notes(prices),
        METHOD.format(
            core=CORE_MB,
            dynamodb=f"{WAIT['DynamoDB.GetItem']:.0f} to {WAIT['DynamoDB.Scan']:.0f}",
            others=f"{WAIT['AmazonSQS']:.0f} to {WAIT['sns']:.0f}",
            probe=f"{PROBE_WAIT:.0f}",
            repeats=REPEATS,
            probe_bytes=f"{PROBE_BYTES:,}",
            cold=cold.A_DAY,
            shards=SHARDS,
        ),
        table(_runs(measured)),
        LEFT_OUT,
        "\n## Prices\n\n",
        f"List prices of {prices.date}, from one file: `parallax/cost/prices.toml`.\n",
        "*Unconfirmed* prices were not found on the vendor's page on that date.\n\n",
        table(_prices()),
    ]
    return "".join(parts)


def _kept_up(runs: Sequence[Mapping[str, Any]]) -> str:
    """Return the table of the large runs; a count of an earlier version has none."""
    head, *rows = keeping_up(runs)
    if not rows:
        return "This count has no table of it yet; `make bench-cost` writes it here.\n"
    return table([head, *rows])


def _bill(measured: Measured, prices: Prices, size: Size) -> Bill:
    return bill_of(usage_of(size, measured), prices)


def _sizes(measured: Measured, prices: Prices) -> Iterator[Sequence[str]]:
    yield (
        "targets, nodes",
        "total",
        "for each target",
        "1 % failing: total",
        "for each target",
        "one more target",
    )
    for targets, nodes in ASKED:
        well = _bill(measured, prices, Size(targets=targets, nodes=nodes))
        size = Size(targets=targets, nodes=nodes, failing=FAILING)
        ill = _bill(measured, prices, size)
        yield (
            f"{targets:,}, {nodes:,}",
            money(well.total),
            money(well.per_target),
            money(ill.total),
            money(ill.per_target),
            money(well.parts[2]),
        )


def _lines(measured: Measured, prices: Prices) -> Iterator[Sequence[str]]:
    """Yield the dollars of each line for each size; the order is that of the first."""
    bills = [
        _bill(measured, prices, Size(targets=targets, nodes=nodes))
        for targets, nodes in ASKED
    ]
    yield ("line", *(f"{targets:,}, {nodes:,}" for targets, nodes in ASKED))
    by_name = [{line.name: line.dollars for line in bill.lines} for bill in bills]
    for name in sorted({name for one in by_name for name in one}):
        yield (name, *(money(one.get(name, 0.0)) for one in by_name))
    yield ("**total**", *(f"**{money(bill.total)}**" for bill in bills))


def _outages(measured: Measured, prices: Prices) -> str:
    rows: list[Sequence[str]] = [("targets, nodes", "extra dollars of a month")]
    for targets, nodes in ASKED:
        extra = outage(measured, prices, targets, nodes)
        rows.append((f"{targets:,}, {nodes:,}", money(extra)))
    text = (
        "One target fails for the whole month. After a quarter of an hour it is"
        " investigated\nless often, so that the outage stays cheap.\n\n"
    )
    return text + table(rows)


def _options(measured: Measured, prices: Prices) -> Iterator[Sequence[str]]:
    yield ("dollars a month", *(f"{t:,}, {n:,}" for t, n in ASKED))
    price = prices.of["lambda.requests"]
    invocations = {
        (targets, nodes): next(
            line.dollars
            for line in _bill(
                measured, prices, Size(targets=targets, nodes=nodes)
            ).lines
            if line.name == "Lambda requests"
        )
        / price.of(1)
        for targets, nodes in ASKED
    }
    for name, *dollars in options(prices, invocations):
        yield (str(name), *(money(float(one)) for one in dollars))


def _peers(prices: Prices, measured: Measured) -> Iterator[Sequence[str]]:
    yield ("dollars a month, one probe a minute", *(f"{t:,} targets" for t, _ in ASKED))
    sizes = [Size(targets=targets, nodes=nodes) for targets, nodes in ASKED]
    totals = [_bill(measured, prices, size).total for size in sizes]
    yield ("Parallax", *map(money, totals))
    for row in zip(*(tuple(peers_of(size, prices)) for size in sizes), strict=True):
        mark = "" if row[0].price.confirmed else " (unconfirmed)"
        yield (row[0].price.name + mark, *(money(peer.total) for peer in row))


def _notes(prices: Prices) -> str:
    notes = (f"- {p.name}: {p.note}. Source: {p.source}\n" for p in prices.peers)
    return "\n" + "".join(notes)


def _runs(measured: Measured) -> Iterator[Sequence[str]]:
    """Yield each run: what was counted, and what the units give."""
    yield (
        "targets, nodes, clusters",
        "failing",
        "minutes",
        "write units a minute",
        "from units",
        "read units a minute",
        "from units",
        "GB-seconds a minute",
        "from units",
    )
    for run in sorted(measured.runs, key=lambda run: run["failing"]):
        cells: list[str] = []
        for pattern in FIT:
            head, _, tail = pattern.partition("*")
            names = [n for n in run["per_minute"] if n.startswith(head) and tail in n]
            counted = sum(run["per_minute"][name] for name in names)
            given = sum(_given(measured, run, name) for name in names)
            cells += [f"{counted:,.1f}", f"{given:,.1f}"]
        size = f"{run['targets']:,}, {run['nodes']:,}, {run['clusters']}"
        yield (size, _failing_text(run), str(run["minutes"]), *cells)


def _given(measured: Measured, run: Mapping[str, Any], meter: str) -> float:
    """Return what the units give for a meter of a run."""
    counts = features(run["targets"], run["nodes"], run["clusters"])
    well = predicted(counts, _parts(measured.healthy.get(meter, Units())))
    added = _aged(measured, run).get(meter, Units())
    nodes = reporting(run["nodes"] / run["clusters"])
    return well + run["failing"] * (added.fixed + added.node * nodes)


def _aged(measured: Measured, run: Mapping[str, Any]) -> Mapping[str, Units]:
    """Return the units of a failure as old as that of a run."""
    aged = {LONG: measured.outage, LONGEST: measured.long_outage}
    return aged.get(run["warm"], measured.failing)


def _failing_text(run: Mapping[str, Any]) -> str:
    if not run["failing"]:
        return "none"
    aged = {LONG: ", for 15 minutes", LONGEST: ", for 3 hours"}
    return f"{run['failing']}{aged.get(run['warm'], '')}"


def _parts(units: Units) -> dict[str, float]:
    return asdict(units)


def _prices() -> Iterator[Sequence[str]]:
    regions = ("us-east-1", REGION)
    every = [read_prices(region) for region in regions]
    yield ("price", *regions, "source")
    for name, price in every[0].of.items():
        cells = [
            f"{one.of[name].dollars:g}{_unsure(one.of[name].confirmed)}"
            for one in every
        ]
        yield (f"{name}, for {_unit(price)}", *cells, price.source)


def _unit(price: Price) -> str:
    if price.per != 1:
        return f"{price.per:,.0f} {price.unit}"
    return f"1 {price.unit if price.unit == 'GB' else price.unit.removesuffix('s')}"


def _unsure(confirmed: bool) -> str:  # noqa: FBT001 - it is the only argument
    return "" if confirmed else " unconfirmed"
