"""Tables: the samples as tables and a chart of docs/benchmarks.md.

In: what the clients, the functions and the cold starts took. Out: Markdown, and the
panels of the chart. It does not: measure, or write a file.
"""

from collections.abc import Iterable, Mapping

from bench.peers.chart import Panel
from bench.peers.coldstart import BARE
from bench.peers.functions import Work
from bench.peers.sample import Sample
from bench.peers.shard import TARGETS
from bench.peers.turns import SPACED, Measured

OURS, PEER = "parallax", "blackbox_exporter"
GOALS = {"probe": 33, "inspect": 25, "ingest": 25}
"""The most that a function's start may take, in bare interpreters."""
NAMES = {
    OURS: "**Parallax's probe**",
    PEER: "blackbox_exporter (Go)",
    "curl": "curl, one process each",
    "httpx": "httpx, as it is",
    "handshake": "asyncio, handshake only",
}


def clients(measured: Measured) -> str:
    """Return the table of a probe's CPU time in each client."""
    lines = [
        "| client | CPU ms per probe | spread | ratio | per second and core |",
        "|---|---|---|---|---|",
    ]
    for name in sorted(measured.cpu, key=lambda one: measured.cpu[one].middle):
        sample = measured.cpu[name]
        lines.append(
            f"| {NAMES[name]} | {sample.text} | {sample.spread_text} |"
            f" {_ratio(sample, measured.cpu)} | {1000 / sample.middle:,.0f} |"
        )
    return "\n".join(lines)


def readings(measured: Measured) -> str:
    """Return the table of what the two monitors report, and what it took."""
    rows: dict[str, Mapping[str, Sample]] = {
        "total of a lone probe, ms": measured.lone,
        "TLS of a lone probe, ms": measured.lone_tls,
        f"total of {SPACED} spaced probes, ms": measured.spaced,
        "95th percentile of their TLS, ms": measured.spaced_tls_p95,
        f"CPU of each of {SPACED} spaced probes, ms": measured.spaced_cpu,
    }
    lines = [
        "| reading | Parallax | spread | blackbox_exporter | spread | ratio |",
        "|---|---|---|---|---|---|",
    ]
    for name, found in rows.items():
        ours, peer = found[OURS], found.get(PEER)
        theirs = f"{peer.text} | {peer.spread_text}" if peer else "not installed |"
        ratio = _ratio(ours, found)
        lines.append(
            f"| {name} | {ours.text} | {ours.spread_text} | {theirs} | {ratio} |"
        )
    return "\n".join(lines)


def starts(samples: Iterable[Sample]) -> str:
    """Return the table of cold starts; the first sample is the bare interpreter."""
    bare, *functions = samples
    lines = [
        "| function | CPU ms | spread | bare interpreters | goal |",
        "|---|---|---|---|---|",
        f"| {BARE} | {bare.text} | {bare.spread_text} | 1 | |",
    ]
    for sample in functions:
        goal = GOALS.get(sample.name)
        lines.append(
            f"| {sample.name} | {sample.text} | {sample.spread_text} |"
            f" {sample.ratio_to(bare):.1f} | {goal or ''} |"
        )
    return "\n".join(lines)


def work(found: Work) -> str:
    """Return the table of what a function does per second and core."""
    lines = [
        "| unit of work | CPU ms | spread | on one core |",
        "|---|---|---|---|",
        _work_row("ingest: a push with one full report", found.report, "s", 1000),
    ]
    if found.heartbeat:
        name = "ingest: a heartbeat"
        lines.append(_work_row(name, found.heartbeat, "s", 1000))
    else:
        lines.append("| ingest: a heartbeat | refused by this version | | |")
    lines.append(_work_row("probe: a target, stored", found.target, "min", 60_000))
    seconds = found.round_seconds
    lines.append(
        f"| probe: a round of one shard, {TARGETS} targets | {seconds.text} s elapsed |"
        f" {seconds.spread_text} | |"
    )
    return "\n".join(lines)


def panels(measured: Measured, cold: Iterable[Sample]) -> tuple[Panel, ...]:
    """Return the panels of the chart."""
    cpu = sorted(measured.cpu.values(), key=lambda sample: sample.middle)
    functions = [sample for sample in cold if sample.name != BARE]
    ours = frozenset({OURS})
    return (
        Panel("CPU time of one probe over a new TLS connection", tuple(cpu), ours),
        Panel("What a lone probe reports", tuple(measured.lone.values()), ours),
        Panel(
            "CPU time of a cold start",
            tuple(functions),
            frozenset(sample.name for sample in functions),
        ),
    )


def _work_row(name: str, sample: Sample, unit: str, each: int) -> str:
    rate = f"{each / sample.middle:,.0f} per {unit}"
    return f"| {name} | {sample.text} | {sample.spread_text} | {rate} |"


def _ratio(sample: Sample, among: Mapping[str, Sample]) -> str:
    peer = among.get(PEER)
    return f"{sample.ratio_to(peer):.2f}" if peer else ""
