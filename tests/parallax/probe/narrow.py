"""A process with few file descriptors probes targets, and prints what it recorded.

In: the port of a server, how many targets, how many descriptors the process may have,
and how many of them are left to it (0: all). Out: one JSON object on standard output.
It does not: get imported by a test; `test_watch` runs it, for a limit is a process's.
"""

import contextlib
import json
import logging
import os
import resource
import sys

from parallax.model.probe import ProbeRun
from parallax.model.target import Target
from parallax.probe import Plan, Uses, watch

PLAN = Plan(repeats=1, interval=0.02, seconds=0.6, shortest=0.05)


LOG = logging.StreamHandler()
LOG.setFormatter(logging.Formatter("%(message)s: %(reason)s: %(targets)s"))


def take(left: int) -> list[int]:
    """Take all file descriptors but so many; none where all are left."""
    taken: list[int] = []
    with contextlib.suppress(OSError):
        while left:
            taken.append(os.dup(0))
    for _ in range(left):
        os.close(taken.pop())
    return taken


def main(port: int, targets: int, limit: int, left: int) -> None:
    """Watch once within the limit; print errors, what was left out, and metrics."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    runs: list[ProbeRun] = []
    measured: list[str] = []
    logging.getLogger("parallax.probe.watch").addHandler(LOG)
    taken = take(left)
    watch(
        [
            Target(
                name=f"t{number}",
                url=f"http://127.0.0.1:{port}/",
                allow_private_addresses=True,
                timeout_seconds=0.25,
            )
            for number in range(targets)
        ],
        Uses(
            balancer_ips=lambda _: (),
            record=runs.append,
            measure=lambda run: measured.append(run.target),
        ),
        plan=PLAN,
    )
    for descriptor in taken:
        os.close(descriptor)
    found = {
        "recorded": sorted({run.target for run in runs}),
        "measured": sorted(measured),
        "errors": sorted({f"{p.error_type}" for run in runs for p in run.probes}),
        "skipped": sorted({text for run in runs for text in run.skipped}),
    }
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
