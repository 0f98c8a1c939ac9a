"""Overview: the CPU time of a whole request for the page of all targets.

In: a stack with many targets, in a stand-in for DynamoDB. Out: figures with a limit.
It does not: count the CPU time of the stand-in, or the network's time.
"""

import json
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.peers import stored
from bench.peers.child import obeying
from bench.peers.coldstart import configured
from bench.peers.sample import percentile
from bench.speed.figure import Figure

TARGETS, REQUESTS, MOST = 500, 200, 50.0
OUTAGES = {"all healthy": 0, "50 with outages": 50}
"""How many of the targets had three days with an outage, of each its own."""
WORST = "all with outages"
"""No two targets have the same picture; this has no limit."""
P95 = 0.95


def measure() -> list[Figure]:
    """Measure a fresh process for each kind of stack; its first request counts too."""
    what = f"overview of {TARGETS} targets"
    return [
        *(
            Figure(f"{what}, {name}, p95", spent(outages), "ms CPU", MOST)
            for name, outages in OUTAGES.items()
        ),
        Figure(f"{what}, {WORST}, p95", spent(TARGETS), "ms CPU"),
    ]


def spent(outages: int, requests: int = REQUESTS) -> float:
    """Return the 95th percentile of a request's CPU time, in milliseconds."""
    return percentile(sampled(outages, requests), P95)


def sampled(outages: int, requests: int) -> list[float]:
    """Return the CPU time of each request of a fresh process, in milliseconds."""
    now = datetime.now(UTC)
    with TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        (folder / "targets.yaml").write_text(stored.targets_text(TARGETS))
        answers = stored.answers(TARGETS, now, outages)
        (folder / "answers.json").write_text(json.dumps(answers))
        words = ("bench.peers.cloud", str(folder / "answers.json"))
        cloud = stack.enter_context(obeying(*words))
        places = {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{cloud.read()['port']}",
            "PARALLAX_TARGETS": str(folder / "targets.yaml"),
            "PARALLAX_UPTIME_TABLE": "uptime",
        }
        report = stack.enter_context(
            obeying(
                "bench.peers.openings",
                stored.query(now),
                environment=configured(places),
            )
        )
        answer = report.ask(requests)
    if answer["status"] != 200:
        raise RuntimeError(f"the overview responds {answer['status']}")
    return answer["cpu"]
