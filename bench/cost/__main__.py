"""Command line of the cost bench: `python -m bench.cost [--again | --page]`.

In: nothing. Out: `measured.json` in the layer, docs/cost.md; progress lines.
`--again` counts a second time, into `again.json` of this folder; the page compares
both. With `--page` only the page is written, from the last measurements.
It does not: check a limit; `tests/bench/cost` does.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.cost import cold
from bench.cost.page import page
from bench.cost.points import (
    FAILING,
    HEALTHY,
    LONG,
    LONGEST,
    NEW,
    SHARE,
    age,
    failing_units,
    healthy_units,
)
from bench.cost.stack import Size
from bench.cost.template import ROOT, Template
from parallax.cost.measured import FILE, read_measured

PAGE = ROOT / "docs" / "cost.md"
AGAIN = Path(__file__).with_name("again.json")
WORKERS = 2


def main(arguments: Sequence[str]) -> int:
    """Measure all sizes, two at a time, and write the page."""
    if "--page" not in arguments:
        text = json.dumps(measure(), indent=1, sort_keys=True)
        file = AGAIN if "--again" in arguments else Path(FILE)
        file.write_text(f"{text}\n", encoding="utf-8")
    PAGE.write_text(written(), encoding="utf-8")
    return 0


def written() -> str:
    """Return the page of the last measurements."""
    again = read_measured(AGAIN) if AGAIN.exists() else None
    return page(read_measured(), again)


def measure() -> dict[str, Any]:
    """Return the content of `measured.json`."""
    sizes = [*FAILING, *SHARE, *HEALTHY]
    # The longest first, so that no worker waits for the other at the end.
    order = sorted(sizes, key=_weight, reverse=True)
    with ThreadPoolExecutor(WORKERS) as pool:
        results = dict(zip(order, pool.map(simulate, order), strict=True))
    healthy = healthy_units(HEALTHY, [results[size] for size in HEALTHY])
    starts = cold.gb_seconds(Template({}).functions())
    healthy["lambda.cold.gb_seconds"] = {"fixed": starts}
    alike = {(s.targets, s.nodes): results[s] for s in HEALTHY if s.clusters == 1}
    pairs = [(s, results[s], alike[s.targets, s.nodes]) for s in [*FAILING, *SHARE]]
    aged = {
        warm: [p for p in pairs if age(p[0].warm) == warm]
        for warm in (NEW, LONG, LONGEST)
    }
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "healthy": healthy,
        "failing": failing_units(aged[NEW]),
        "outage": failing_units(aged[LONG]),
        "long_outage": failing_units(aged[LONGEST]),
        "runs": [asdict(size) | dict(results[size]) for size in sizes],
    }


def _weight(size: Size) -> float:
    return (size.minutes + size.warm) * (size.targets / 20 + size.nodes)


def simulate(size: Size) -> dict[str, Any]:
    """Return the result of one size, simulated in a process of its own."""
    done = subprocess.run(  # noqa: S603 - this Python and our own module
        [sys.executable, "-m", "bench.cost.run", json.dumps(asdict(size))],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=True,
    )
    return json.loads(done.stdout)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
