"""Command line of `make load`: all parts, two at a time, and their figures.

In: minutes, a seed. Out: `docs/reliability.md` between two marks with `--write`; one
last line; exit 1 if something was lost. With `--part` one part, as JSON.
It does not: run longer than the minutes, apart from simulated ones.
"""

import argparse
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

from load.page import problems, write
from load.parts import FLOODS, PARTS, Options

ROOT = Path(__file__).resolve().parents[1]
WORKERS = 2


def main() -> int:
    """Run everything, or one part; return the exit status."""
    parser = argparse.ArgumentParser(prog="make load", description=__doc__)
    parser.add_argument("--part", choices=sorted(PARTS))
    parser.add_argument("--options", default="{}")
    parser.add_argument("--minutes", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    if given.part:
        found = PARTS[given.part](Options(**json.loads(given.options)))
        sys.stdout.write(json.dumps(found))
        return 0
    found = everything(Options(minutes=given.minutes, seed=given.seed))
    wrong = problems(found)
    if given.write:
        write(found, given.minutes, given.seed)
    sys.stdout.write(f"{'; '.join(wrong) or 'nothing lost'}\n")
    return int(bool(wrong))


def everything(options: Options) -> dict[str, Any]:
    """Run all parts, each in a process of its own."""
    plain = asdict(options)
    jobs = [("prober", "prober", plain), ("times", "times", plain)]
    jobs += [
        (f"flood {rate:g} {kind}", "flood", {**plain, "rate": rate, "public": public})
        for rate in FLOODS
        for kind, public in (("NONE", True), ("AWS_IAM", False))
    ]
    jobs.append(("foreign", "foreign", plain))
    with ThreadPoolExecutor(WORKERS) as pool:
        results = pool.map(lambda job: _part(job[1], job[2]), jobs)
        return dict(zip((name for name, _, _ in jobs), results, strict=True))


def _part(name: str, options: dict[str, Any]) -> dict[str, Any]:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "load",
            "--part",
            name,
            "--options",
            json.dumps(options),
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])  # the handlers print metrics


if __name__ == "__main__":
    sys.exit(main())
