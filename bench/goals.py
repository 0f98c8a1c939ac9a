"""Goals: what the probe, the functions and the agent may take, next to two runs.

In: what this run measured, what the last one did. Out: a table, and the values to keep.
It does not: fail; docs/benchmarks.md has the reason for a goal that is not reached.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.peers.sample import Sample, digits
from bench.peers.tables import OURS, PEER
from bench.peers.turns import Measured
from bench.speed.figure import Figure

FILE = Path(__file__).with_name("goals.json")
"""What the last run measured."""
PROBE_CPU = "CPU time of a probe, of blackbox_exporter's"
LONE_TOTAL = "total of a lone probe, of blackbox_exporter's"
START = "start of {}, of a bare interpreter's"
MEMORY, HEALTHY = "agent, peak memory", "agent, all targets healthy"
"""Limits of `bench.speed.agent`, which are goals too."""
GOALS: Mapping[str, tuple[float, str]] = {
    PROBE_CPU: (0.85, "x"),
    LONE_TOTAL: (1.10, "x"),
    START.format("probe"): (33, "x"),
    START.format("inspect"): (25, "x"),
    START.format("ingest"): (25, "x"),
    MEMORY: (100, "MB"),
    HEALTHY: (1, "% of a core"),
}


def values(
    clients: Measured, starts: Sequence[Sample], limits: Sequence[Figure]
) -> dict[str, float]:
    """Return what a run measured of each goal; without blackbox_exporter fewer."""
    found = {figure.name: figure.value for figure in limits if figure.name in GOALS}
    for name, samples in ((PROBE_CPU, clients.cpu), (LONE_TOTAL, clients.lone)):
        if PEER in samples:
            found[name] = samples[OURS].ratio_to(samples[PEER])
    bare, *functions = starts
    for sample in functions:
        if (name := START.format(sample.name)) in GOALS:
            found[name] = sample.ratio_to(bare)
    return found


def last() -> dict[str, float]:
    """Return what the last run measured; empty if there was none."""
    return json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}


def keep(found: Mapping[str, float]) -> None:
    """Keep the values for the next run."""
    text = json.dumps(found, indent=1, sort_keys=True)
    FILE.write_text(f"{text}\n", encoding="utf-8")


def table(found: Mapping[str, float], before: Mapping[str, float]) -> str:
    """Return the table; a goal is reached if both runs reach it."""
    lines = [
        "| figure | measured | in the run before | at most | result |",
        "|---|---|---|---|---|",
    ]
    for name, (most, unit) in GOALS.items():
        runs = [run[name] for run in (found, before) if name in run]
        reached = "reached" if runs and max(runs) <= most else "not reached"
        cells = [digits(run[name]) if name in run else "" for run in (found, before)]
        lines.append(f"| {name} | {' | '.join(cells)} | {most:g} {unit} | {reached} |")
    return "\n".join(lines)
