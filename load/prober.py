"""Prober: the real `probe` function in real time, against a server on loopback.

In: minutes at the design rate, at ten times it, and after. Out: for each invocation:
its duration, its processor time, and what the server and the table saw.
It does not: simulate a slow network; the server answers at once.
"""

import resource
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import asdict, dataclass
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

from bench.cost.cloud import Cloud
from bench.cost.counter import Counter
from bench.cost.functions import _enter
from bench.cost.servers import Servers
from bench.cost.serving import Moto
from bench.cost.stack import Size, configured
from load.ingest import loaded
from parallax import targets
from parallax.targets.shard import LARGEST, in_shard

TIMES = 10
TIMEOUT = 58.0
"""Seconds of an invocation, as in the template."""
PROBE = "ProbeFunction"


@dataclass(slots=True)
class Minute:
    """One invocation; times in seconds, `memory` in kilobytes at most so far."""

    phase: str
    targets: int
    requests: int
    stored: int
    failing: int
    failed: str
    """Why the invocation failed; empty: it did not."""
    seconds: float
    cpu: float
    memory: int


def run(
    before: int, during: int, after: int, every: float, say: Callable[[str], None]
) -> list[dict[str, Any]]:
    """Invoke the function each `every` seconds; return one record for each."""
    size = Size(targets=LARGEST * TIMES, nodes=3)
    servers = Servers(3)
    plan = ["before"] * before + ["during"] * during + ["after"] * after
    with TemporaryDirectory() as folder:
        template = configured(size, servers, Path(folder))
        cloud = Cloud(template, Counter(), Moto())
        try:
            (function,) = [f for f in template.functions() if f.name == PROBE]
            _enter(function)
            handler = loaded(function)
            return [asdict(one) for one in _minutes(handler, plan, every, servers, say)]
        finally:
            cloud.close()
            servers.close()


def _minutes(
    handler: Callable[[Any, Any], Any],
    plan: list[str],
    every: float,
    servers: Servers,
    say: Callable[[str], None],
) -> list[Minute]:
    found: list[Minute] = []
    began = time.monotonic()
    for number, phase in enumerate(plan):
        time.sleep(max(0.0, began + number * every - time.monotonic()))
        found.append(_one(handler, phase, servers))
        say(f"prober, minute {number + 1} of {len(plan)}: {found[-1].seconds:.1f} s")
    return found


def _one(handler: Callable[[Any, Any], Any], phase: str, servers: Servers) -> Minute:
    of = 1 if phase == "during" else TIMES
    requests, cpu, start = servers.requests, time.process_time(), time.monotonic()

    def left() -> int:
        return int((start + TIMEOUT - time.monotonic()) * 1000)

    printed = StringIO()
    with redirect_stdout(printed):
        context = SimpleNamespace(
            get_remaining_time_in_millis=left,
            function_name=PROBE,
            memory_limit_in_mb=512,
            invoked_function_arn="arn:aws:lambda:x:1:function:p",
            aws_request_id="1",
        )
        failed = ""
        try:
            handler({"shard": 0, "of": of}, context)
        except Exception as error:  # noqa: BLE001 - as Lambda: the invocation failed
            failed = f"{error}: {getattr(error, 'exceptions', '')}"
    seconds, spent = time.monotonic() - start, time.process_time() - cpu
    stored, failing = _stored(of)
    return Minute(
        phase=phase,
        targets=len(in_shard(targets.load(targets.find()), 0, of)),
        requests=servers.requests - requests,
        stored=stored,
        failing=failing,
        failed=failed[:300],
        seconds=seconds,
        cpu=spent,
        memory=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
    )


def _stored(of: int) -> tuple[int, int]:
    """Return how many targets the shard's stored round has, and how many fail."""
    from parallax.journal.choose import open_journal  # noqa: PLC0415 - after Moto

    last = open_journal("Journal").last_round(0, of)
    failing = [one for one in last.targets.values() if one.failure]
    return len(last.targets), len(failing)
