"""Measured: what one minute of a stack uses, as `make bench-cost` counted it.

In: `measured.json`. Out: for each meter, its units: what is fixed, and what each
cluster, node, target and shard of targets adds.
It does not: count, or know prices.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any

from parallax.model.reporters import MOST

FILE = Path(__file__).with_name("measured.json")
SHARD = 150
"""Targets that one probe invocation probes; more are spread over several."""

LOGGING = 10
"""Nodes with an ingress pod in a large cluster; each of them reports as well."""


def reporting(nodes: float) -> float:
    """Return how many of a cluster's nodes report a failing target."""
    return min(nodes, float(MOST + LOGGING))


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """One meter's parts; `pair` is for each target on each node."""

    fixed: float = 0.0
    cluster: float = 0.0
    """For each cluster after the first."""
    node: float = 0.0
    target: float = 0.0
    shard: float = 0.0
    """For each shard of targets after the first."""
    sharded_node: float = 0.0
    """For each node, if there are several shards: it waits for the last of them."""
    pair: float = 0.0


def features(targets: int, nodes: int, clusters: int) -> Mapping[str, float]:
    """Return how often each part of `Units` counts for a stack of this size."""
    more_shards = max(1, ceil(targets / SHARD)) - 1.0
    return {
        "fixed": 1.0,
        "cluster": clusters - 1.0,
        "node": float(nodes),
        "target": float(targets),
        "shard": more_shards,
        "sharded_node": float(nodes) if more_shards else 0.0,
        "pair": float(targets * nodes),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The counted run.

    `healthy` is a minute of a healthy stack. `failing` is what a minute of one failing
    target adds in its first quarter of an hour, `outage` until two hours have passed,
    and `long_outage` after that. Meters whose name begins with `count.` are numbers of
    things, not uses in a minute.
    """

    date: str
    healthy: Mapping[str, Units]
    failing: Mapping[str, Units]
    outage: Mapping[str, Units]
    long_outage: Mapping[str, Units]
    runs: tuple[Mapping[str, Any], ...] = ()


def read_measured(file: Path | None = None) -> Measured:
    """Return the counted run in a file; raises what reading a wrong file raises."""
    content = json.loads((file or FILE).read_text(encoding="utf-8"))
    return Measured(
        date=content["date"],
        healthy=_units(content["healthy"]),
        failing=_units(content["failing"]),
        outage=_units(content["outage"]),
        long_outage=_units(content["long_outage"]),
        runs=tuple(content["runs"]),
    )


def _units(content: Mapping[str, Mapping[str, float]]) -> dict[str, Units]:
    return {meter: Units(**parts) for meter, parts in content.items()}
