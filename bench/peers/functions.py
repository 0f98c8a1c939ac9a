"""Functions: the CPU time of `ingest` and `probe` when they work.

In: a server to probe, and a stand-in for AWS. Out: samples for a push, a heartbeat and
a target; None for a heartbeat that this version refuses.
It does not: measure AWS.
"""

from contextlib import ExitStack
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.peers.child import Obedient, obeying
from bench.peers.coldstart import configured
from bench.peers.sample import Sample
from bench.peers.server import serving
from bench.peers.shard import TARGETS

ROUNDS, PUSHES, SHARDS = 6, 60, 4
CPU = "ms CPU"


@dataclass(frozen=True, slots=True)
class Work:
    """What one unit of work takes."""

    report: Sample
    heartbeat: Sample | None
    target: Sample
    round_seconds: Sample


def measure() -> Work:
    """Run the functions against the stand-in."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        server = stack.enter_context(serving(folder))
        cloud = stack.enter_context(obeying("bench.peers.cloud"))
        places = {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{cloud.read()['port']}",
            "SSL_CERT_FILE": str(server.authority),
        }
        settings = configured(places)
        ingest = stack.enter_context(
            obeying("bench.peers.pushes", environment=settings)
        )
        probe = stack.enter_context(
            obeying("bench.peers.shard", server.url, environment=settings)
        )
        report = pushed(ingest, "report")
        if report is None:
            raise RuntimeError("ingest refused a report")
        target, seconds = probed(probe)
        return Work(report, pushed(ingest, "heartbeat"), target, seconds)


def pushed(ingest: Obedient, kind: str) -> Sample | None:
    """Return the CPU time of a push, or None if this version refuses it."""
    if ingest.ask(f"{kind} 5")["status"] != HTTPStatus.ACCEPTED:
        return None
    spent = [ingest.ask(f"{kind} {PUSHES}")["cpu"] for _ in range(ROUNDS)]
    return Sample(kind, CPU, tuple(one / PUSHES * 1000 for one in spent))


def probed(probe: Obedient) -> tuple[Sample, Sample]:
    """Return the CPU time of a target, and the seconds of a shard's round."""
    probe.ask(1)
    answers = [probe.ask(1) for _ in range(SHARDS)]
    if any(answer["healthy"] != TARGETS for answer in answers):
        raise RuntimeError(f"not all targets were healthy: {answers}")
    cpu = tuple(answer["cpu"] / TARGETS * 1000 for answer in answers)
    seconds = tuple(answer["wall"] for answer in answers)
    return Sample("target", CPU, cpu), Sample("round", "s", seconds)
