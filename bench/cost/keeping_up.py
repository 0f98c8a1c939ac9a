"""Keeping up: how busy each part is in a minute, next to what it can do.

In: the counted runs. Out: rows of a table in docs/cost.md.
It does not: simulate throttling; a part that is too slow would fall behind.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

SHARD_SECONDS = 58.0
"""Timeout of `probe`; a shard must end before."""
SIZES = ((500, 100), (10_000, 500))


def keeping_up(runs: Sequence[Mapping[str, Any]]) -> Iterator[Sequence[str]]:
    """Yield the head, and a row for each large run."""
    yield (
        "targets, nodes",
        "failing",
        "slowest shard of the probe, s",
        "records a minute for diagnose",
        "busiest shard of the stream, s a minute",
        "pushes a minute",
        "pushes at the same time",
    )
    for run in runs:
        if (run["targets"], run["nodes"]) not in SIZES or "functions" not in run:
            continue
        functions, stream = run["functions"], run["streams"].get("DiagnoseFunction", {})
        ingest = functions["IngestFunction"]
        yield (
            f"{run['targets']:,}, {run['nodes']:,}",
            f"{run['failing']}" if run["failing"] else "none",
            f"{functions['ProbeFunction']['longest_ms'] / 1000:.1f}",
            f"{stream.get('records', 0.0):,.0f}",
            f"{stream.get('busiest_seconds', 0.0):.1f}",
            f"{ingest['invocations']:,.0f}",
            f"{ingest['at_once']:.0f}",
        )
