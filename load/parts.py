"""Parts: what `make load` runs, each in a process of its own.

In: the name of a part, options. Out: plain values. It does not: write a file.
The clock of a simulation is that of its whole process, so each part needs its own.
"""

import logging
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from bench.cost.clock import Clock
from load.figures import spread

NODES, CONCURRENCY = 500, 25
"""Of the design: the largest documented stack, and `IngestConcurrency` for it."""
TIMES = 10
AROUND = 180.0
"""Seconds of design rate before and after."""
FLOODS = (100.0, 1_000.0)
type Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Minutes of load or flood, nodes of the design, a seed."""

    minutes: int = 10
    nodes: int = NODES
    concurrency: int = CONCURRENCY
    seed: int = 1
    rate: float = 0.0
    public: bool = True


def say(text: str) -> None:
    """Print progress."""
    sys.stderr.write(f"{text}\n")


def times(options: Options) -> Json:
    """Run ten times the design rate."""
    return _simulated(options, TIMES, flood=0.0)


def flood(options: Options) -> Json:
    """Run the design rate while unknown senders flood it."""
    return _simulated(options, 1, flood=options.rate)


def _simulated(options: Options, clusters: int, flood: float) -> Json:
    clock = Clock()
    # After the clock: modules of the functions keep `monotonic` as a default argument.
    from load.function_url import FunctionUrl  # noqa: PLC0415
    from load.simulation import Phase, Simulation  # noqa: PLC0415

    logging.disable(logging.CRITICAL)
    around = min(AROUND, 60.0 * options.minutes)
    middle = around + 60.0 * options.minutes
    phases = [
        Phase("before", 0.0, around, 1),
        Phase("during", around, middle, clusters, flood=flood),
        Phase("after", middle, middle + around, 1),
    ]
    url = FunctionUrl(options.concurrency, flood_seconds=0.001, public=options.public)
    simulation = Simulation(clock, url, options.seed, say)
    outcome = simulation.run(phases, options.nodes)
    found = asdict(outcome)
    for one in found["phases"]:
        one["latency"] = asdict(spread(one.pop("latencies")))
        one["delay"] = asdict(spread(one.pop("delays")))
        one["seconds"] = one["end"] - one["begin"]
    return found | {"recovered": max(0.0, outcome.recovered - middle)}


def foreign(_: Options) -> Json:
    """Measure what each kind of foreign request costs."""
    clock = Clock()
    from load.foreign import measured  # noqa: PLC0415
    from load.ingest import Ingest  # noqa: PLC0415
    from load.pushes import Pushes  # noqa: PLC0415
    from load.table import Aws  # noqa: PLC0415

    ingest = Ingest(Aws(lambda: clock.seconds))
    pushes = Pushes()
    found = measured(ingest, pushes, lambda: clock.move_to(clock.seconds + 2.0))
    return {"kinds": [asdict(one) for one in found]}


def prober(options: Options) -> Json:
    """Run ten times the targets of a shard, in real time."""
    logging.disable(logging.CRITICAL)
    from load.prober import run  # noqa: PLC0415 - Moto is not for the other parts

    around = min(2, options.minutes)
    return {"minutes": run(around, options.minutes, around, 60.0, say)}


PARTS: dict[str, Callable[[Options], Json]] = {
    "times": times,
    "flood": flood,
    "foreign": foreign,
    "prober": prober,
}
