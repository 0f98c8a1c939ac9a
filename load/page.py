"""Page: the section of docs/reliability.md that `make load` writes.

In: what the parts found. Out: what is wrong with it, and the text between two marks.
It does not: run anything.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from bench.commit import short_commit
from bench.cost.functions import CORE_MB
from bench.cost.template import ROOT
from load.figures import Spread, spread
from load.limits import limits
from load.parts import CONCURRENCY

PAGE = ROOT / "docs" / "reliability.md"
BEGIN, END = "<!-- load: begin -->", "<!-- load: end -->"
PROBE_MB = 512
RECOVERY = 300.0
"""Seconds after the load within which every message must be stored."""
MINUTE = 60.0
type Json = dict[str, Any]


def problems(found: Json) -> list[str]:
    """Return what must not be, in words."""
    return [*_of_pushes(found), *_of_probes(found.get("prober", {}))]


def _of_pushes(found: Json) -> Iterator[str]:
    for name, one in found.items():
        if "phases" not in one:
            continue
        for count in ("lost", "rejected", "dropped"):
            if one[count]:
                yield f"{name}: {one[count]} {count}"
        if one["accepted"] != one["stored"] + one["older"]:
            yield f"{name}: {one['accepted']} accepted, {one['stored']} stored"
        if one.get("recovered", 0.0) > RECOVERY and not name.startswith("flood"):
            yield f"{name}: the last message was stored {one['recovered']:.0f} s late"


def _of_probes(prober: Json) -> Iterator[str]:
    for number, one in enumerate(prober.get("minutes", ()), 1):
        if one["failing"]:
            yield f"minute {number}: {one['failing']} healthy targets fail"
        if one["failed"]:
            yield f"minute {number}: {one['failed']}"
        if one["requests"] < one["targets"]:
            yield f"minute {number}: {one['requests']} requests to {one['targets']}"
        if one["stored"] < one["targets"]:
            yield f"minute {number}: {one['stored']} stored of {one['targets']}"
        if one["seconds"] > MINUTE:
            yield f"minute {number}: it took {one['seconds']:.0f} s"


def write(found: Json, minutes: int, seed: int) -> None:
    """Replace the section."""
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    made = "\n\n".join(section(found, minutes, seed))
    PAGE.write_text(f"{before}{BEGIN}\n{made}\n{END}{after}", encoding="utf-8")


def section(found: Json, minutes: int, seed: int) -> Iterator[str]:
    """Yield the parts of the section; those that did not run are left out."""
    wrong = "; ".join(problems(found)) or "nothing lost"
    yield f"```text\n{wrong}\n```"
    yield f"Seed {seed}, commit {short_commit()}, {minutes} minutes."
    if "times" in found:
        yield _pushes(found["times"])
    if "prober" in found:
        yield _probes(found["prober"]["minutes"])
    yield _floods(found)
    if "foreign" in found:
        yield _kinds(found["foreign"]["kinds"])
        yield _bill(found["foreign"]["kinds"])


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _pushes(one: Json) -> str:
    phases = one["phases"]
    rows = [
        ["requests a second", *(f"{p['requests'] / p['seconds']:.1f}" for p in phases)],
        ["refused with 429", *(f"{p['refused']:,}" for p in phases)],
        ["answered with 503", *(f"{p['unavailable']:,}" for p in phases)],
        ["s of an accepted request", *(_spread(p["latency"], 2) for p in phases)],
        ["s until a push is stored", *(_spread(p["delay"], 1) for p in phases)],
        ["memory, MB", *(f"{p['memory'] / 1024:.0f}" for p in phases)],
    ]
    return (
        "**Ingest.** Spreads are p50 / p95 / p99 / largest.\n\n"
        + _table(["", "before", "during", "after"], rows)
        + f"\n\nAccepted {one['accepted']:,}, stored {one['stored']:,}, not newer"
        f" than what was stored {one['older']}, lost"
        f" {one['lost']}, dropped by agents {one['dropped']}. The last push that had"
        f" been refused was stored {one['recovered']:.0f} s after the load. At most"
        f" {one['busiest']} executions ran at once. DynamoDB throttled"
        f" {one['throttled']:,} writes."
    )


def _probes(minutes: Sequence[Json]) -> str:
    phases = ("before", "during", "after")
    each = [[m for m in minutes if m["phase"] == phase] for phase in phases]
    scale = CORE_MB / PROBE_MB
    rows = [
        ["targets in an invocation", *(f"{m[0]['targets']:,}" for m in each)],
        ["requests at the server", *(f"{_sum(m, 'requests'):,}" for m in each)],
        ["targets in stored rounds", *(f"{_sum(m, 'stored'):,}" for m in each)],
        [
            "invocations that failed",
            *(str(sum(bool(x["failed"]) for x in m)) for m in each),
        ],
        ["s of an invocation here", *(_of(m, "seconds") for m in each)],
        ["s of the processor here", *(_of(m, "cpu") for m in each)],
        ["the same with 512 MB", *(_of(m, "cpu", scale) for m in each)],
        ["memory, MB", *(f"{max(x['memory'] for x in m) / 1024:.0f}" for m in each)],
    ]
    return "**The prober.**\n\n" + _table(["", *phases], rows)


def _sum(minutes: Sequence[Json], name: str) -> int:
    return sum(one[name] for one in minutes)


def _of(minutes: Sequence[Json], name: str, scale: float = 1.0) -> str:
    return spread([one[name] * scale for one in minutes]).text(1)


def _floods(found: Json) -> str:
    rows = [
        [
            name.removeprefix("flood "),
            f"{one['phases'][1]['refused']:,} of {one['phases'][1]['requests']:,}",
            _spread(one["phases"][1]["delay"], 1),
            str(one["dropped"]),
            f"{one['recovered']:.0f}",
        ]
        for name, one in found.items()
        if name.startswith("flood")
    ]
    head = [
        "foreign requests a second, `IngestAuth`",
        "agents' requests refused",
        "s until a push is stored",
        "reports dropped",
        "s until recovered",
    ]
    return "**A flood** of small requests.\n\n" + _table(head, rows)


def _kinds(kinds: Sequence[Json]) -> str:
    rows = [
        [
            one["kind"],
            str(one["status"]),
            f"{one['cpu']:.2f}",
            f"{one['billed']['p50']:.1f}",
            f"{one['billed']['p99']:.1f}",
        ]
        for one in kinds
    ]
    head = ["a foreign request", "status", "ms of a core", "billed ms, p50", "p99"]
    return "**What one costs.**\n\n" + _table(head, rows)


def _bill(kinds: Sequence[Json]) -> str:
    line = max(one["log_bytes"] for one in kinds)
    every = [*limits(line), *list(limits(line, CONCURRENCY))[:1]]
    names = list(every[0].dollars)
    rows = [
        [
            f"{one.name.removesuffix('Function').lower()}, {one.concurrency} at once",
            *(f"{one.dollars[name]:.2f}" for name in names),
            f"**{one.total:.2f}**",
        ]
        for one in every
    ]
    return "**At most, in dollars of a month.**\n\n" + _table(
        ["URL", *names, "sum"], rows
    )


def _spread(one: Json, digits: int) -> str:
    return Spread(**one).text(digits)
