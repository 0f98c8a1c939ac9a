"""Bounds: the values that the fields of a push may have, beyond their types.

In: a decoded push. Out: one sentence for each value that is out of bounds.
It does not: reject the push; `parallax.ingest.acceptance` does.

A key of a cluster signs for any node of that cluster (docs/threat-model.md). The bounds
add that all reports of one push are of the cluster and node that the push names.
"""

from collections.abc import Iterator
from dataclasses import replace

from parallax.ingest.heartbeat import DIGEST, INTERVAL, is_digest
from parallax.model.cluster import NodeReport
from parallax.model.name import NAME, NODE_NAME, is_name, is_node_name
from parallax.model.push import Push, ReadingPart
from parallax.model.values import value_problems
from parallax.model.wire import wire_name


def problems(push: Push) -> Iterator[str]:
    """Yield each problem outside of reports and readings: the field, what is expected.

    The fields of a heartbeat are checked by `parallax.ingest.heartbeat`.
    """
    if not is_name(push.cluster):
        yield f"{wire_name('cluster')}: expected {NAME}"
    if not is_node_name(push.node):
        yield f"{wire_name('node')}: expected {NODE_NAME}"
    yield from value_problems(replace(push, reports=(), readings=()), ())


def report_problems(push: Push, number: int, report: NodeReport) -> Iterator[str]:
    """Yield each problem of one report; `number` is its position in the push."""
    at = f"reports.{number}"
    for name in ("cluster", "node"):
        if getattr(report, name) != getattr(push, name):
            yield f"{at}.{wire_name(name)}: expected the value of the push"
    if not is_name(report.target):
        yield f"{at}.target: expected {NAME}"
    if not INTERVAL[0] <= report.interval <= INTERVAL[1]:
        yield f"{at}.interval: expected {INTERVAL[0]:g} to {INTERVAL[1]:g} seconds"
    for name in ("target", "nodes"):
        digest = getattr(report.reading_ref, name, None)
        if digest is not None and not is_digest(digest):
            yield f"{at}.reading_ref.{name}: expected {DIGEST}"
    yield from value_problems(report, ("reports", str(number)))


def part_problems(number: int, part: ReadingPart) -> Iterator[str]:
    """Yield each problem of one reading; `number` is its position in the push."""
    yield from value_problems(part, ("readings", str(number)))
