"""Shard: the handler of `probe` with as many targets as a shard has, as a process.

In: the URL of a server; on each line of stdin the number of rounds. Out: on each line
of stdout the CPU seconds and the wall-clock seconds, and how many targets were healthy.
It does not: count the CPU time of the server or of the store.
"""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import yaml

from bench.peers.child import own_cpu_seconds
from bench.peers.pushes import handler

TARGETS = 150
"""Targets of a shard (docs/decisions/0012)."""


def targets(url: str, count: int = TARGETS) -> str:
    """Return a targets file: the same page under as many names."""
    return yaml.safe_dump(
        {
            "targets": [
                {
                    "name": f"target-{number}",
                    "url": f"{url}?target={number}",
                    "allow_private_addresses": True,
                }
                for number in range(count)
            ]
        }
    )


def healthy(answer: Mapping[str, Any]) -> int:
    """Return how many targets were healthy, by the summary of an invocation.

    It names each run, or, where a shard has one round, only the failing targets.
    """
    if "runs" in answer:
        return sum(run["healthy"] for run in answer["runs"])
    return answer["probed"] - len(answer["failing"])


def main(url: str) -> None:
    """Obey the lines of stdin."""
    answers = os.fdopen(os.dup(1), "w")
    sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115 - until the end: the function's metrics
    with TemporaryDirectory() as folder:
        file = Path(folder) / "targets.yaml"
        file.write_text(targets(url))
        os.environ["PARALLAX_TARGETS"] = str(file)
        probe = handler("probe")
        for line in sys.stdin:
            before, began = own_cpu_seconds(), perf_counter()
            found = 0
            for _ in range(int(line)):
                found = healthy(probe({}, None))
            spent = own_cpu_seconds() - before
            took = perf_counter() - began
            result = {"cpu": spent, "wall": took, "healthy": found}
            answers.write(json.dumps(result) + "\n")
            answers.flush()


if __name__ == "__main__":
    main(sys.argv[1])
