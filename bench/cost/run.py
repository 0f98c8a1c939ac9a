"""Run: one simulation in a process of its own: `python -m bench.cost.run '{…}'`.

In: a size as JSON. Out: its numbers as JSON on standard output, progress on standard
error. It does not: write a file.
"""

import json
import logging
import sys

from bench.cost.clock import Clock  # before what imports the functions' modules
from bench.cost.simulation import Simulation, Size, main_report


def main(text: str) -> None:
    """Simulate one size."""
    clock = Clock()
    logging.disable(logging.NOTSET)
    size = Size(**json.loads(text))
    name = f"{size.targets} targets, {size.nodes} nodes, {size.failing} failing"
    try:
        found = Simulation(
            size, clock, lambda line: main_report(f"{name}: {line}")
        ).run()
    finally:
        clock.close()
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1])
