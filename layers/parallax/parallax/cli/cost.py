"""`parallax cost`: the monthly bill of a stack, line by line.

In: numbers of targets, nodes and clusters, an interval, a region, a price file.
Out: the bill, and what other products cost; with `--json` the same as JSON, in dollars.
Exit status 2 for a wrong number or a region without prices.
It does not: reach AWS, or know the discounts of an account.
"""

# ruff: noqa: PLC0415 - what a command needs is imported when it runs

from pathlib import Path
from typing import Annotated

import typer

from parallax.cli.terminal import fail, show_json

SHORTEST, LONGEST = 30.0, 3600.0
"""Seconds between two probes of a target."""


def run(  # noqa: PLR0913 - one for each option
    *,
    targets: Annotated[
        int, typer.Option(metavar="N", min=1, help="Number of targets.")
    ] = 20,
    nodes: Annotated[
        int, typer.Option(metavar="N", min=1, help="Nodes of all clusters.")
    ] = 10,
    clusters: Annotated[
        int, typer.Option(metavar="N", min=1, help="Number of clusters.")
    ] = 1,
    interval: Annotated[
        float,
        typer.Option(
            metavar="SECONDS",
            min=SHORTEST,
            max=LONGEST,
            help="Seconds between two probes of a target.",
        ),
    ] = 60.0,
    failing: Annotated[
        float,
        typer.Option(
            metavar="PERCENT",
            min=0,
            max=100,
            help="Percent of the time that targets fail.",
        ),
    ] = 0.0,
    region: Annotated[
        str, typer.Option(metavar="NAME", help="AWS region.")
    ] = "eu-central-1",
    prices: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Prices to use instead, as TOML."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Estimate a stack's monthly bill."""
    from parallax import cost
    from parallax.cli.cost_lines import bill_lines, fields
    from parallax.cli.page import columns, show

    if clusters > nodes:
        fail(f"--clusters {clusters}: expected at most one for each node ({nodes})")
    try:
        listed = cost.read_prices(region, prices)
    except cost.PricesError as error:
        fail(str(error))
    size = cost.Size(
        targets=targets,
        nodes=nodes,
        clusters=clusters,
        interval=interval,
        failing=failing / 100,
    )
    measured = cost.read_measured()
    bill = cost.bill_of(cost.usage_of(size, measured), listed)
    peers = tuple(cost.peers_of(size, listed))
    if as_json:
        show_json(fields(bill, peers, listed, measured), indent=1)
    else:
        show(bill_lines(bill, peers, listed, measured, columns()))
