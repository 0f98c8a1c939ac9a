"""Run: one simulation in a process of its own: `python -m bench.cost.run '{…}'`.

In: a size as JSON; Moto serves AWS, or the emulator that AWS_ENDPOINT_URL names.
Out: its numbers as JSON on standard output, progress on standard error.
It does not: write a file.
"""

import json
import os
import sys

from bench.cost.clock import Clock
from bench.cost.stack import Size


def main(text: str) -> None:
    """Simulate one size."""
    clock = Clock()
    # After the clock: modules of the functions keep `monotonic` as a default argument.
    from bench.cost.serving import Emulator, Moto  # noqa: PLC0415
    from bench.cost.simulation import Simulation  # noqa: PLC0415

    size = Size(**json.loads(text))
    name = f"{size.targets:,} targets, {size.nodes} nodes"
    name += f", {size.failing} failing" if size.failing else ""

    def report(line: str) -> None:
        sys.stderr.write(f"{name}: {line}\n")

    serving = Emulator() if "AWS_ENDPOINT_URL" in os.environ else Moto()
    found = Simulation(size, clock, serving, report).run()
    clock.close()
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1])
