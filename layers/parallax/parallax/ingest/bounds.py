"""Bounds: the values that the fields of a push may have, beyond their types.

In: a decoded push. Out: one sentence for each value that is out of bounds.
It does not: reject the push; `parallax.ingest.acceptance` does.

All agents share a key: its holder can report for any node of any cluster, about any
target (docs/threat-model.md). The bounds add that all reports of one push are of the
node that the push names.
"""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from math import isfinite
from typing import Any, cast

from parallax.ingest.heartbeat import DIGEST, INTERVAL, is_digest
from parallax.model.cluster import NodeReport
from parallax.model.name import NAME, NODE_NAME, is_name, is_node_name
from parallax.model.push import Push, ReadingPart
from parallax.model.wire import YEARS, wire_name

_HALF = re.compile("[\ud800-\udfff]")
"""Half of a surrogate pair: JSON can express it, but UTF-8, and so an item, cannot."""


def problems(push: Push) -> Iterator[str]:
    """Yield each problem outside of reports and readings: the field, what is expected.

    The fields of a heartbeat are checked by `parallax.ingest.heartbeat`.
    """
    if not is_name(push.cluster):
        yield f"{wire_name('cluster')}: expected {NAME}"
    if not is_node_name(push.node):
        yield f"{wire_name('node')}: expected {NODE_NAME}"
    yield from _value_problems(replace(push, reports=(), readings=()), ())


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
    yield from _value_problems(report, ("reports", str(number)))


def part_problems(number: int, part: ReadingPart) -> Iterator[str]:
    """Yield each problem of one reading; `number` is its position in the push."""
    yield from _value_problems(part, ("readings", str(number)))


def _value_problems(value: object, at: tuple[str, ...]) -> Iterator[str]:
    """Yield each time, number and text that cannot be used or stored."""
    if is_dataclass(value):
        for field in fields(value):
            yield from _value_problems(
                getattr(value, field.name), (*at, wire_name(field.name))
            )
    elif isinstance(value, tuple):
        for number, item in enumerate(cast("tuple[Any, ...]", value)):
            yield from _value_problems(item, (*at, str(number)))
    elif expected := _expected(value):
        yield f"{'.'.join(at)}: expected {expected}"


def _expected(value: object) -> str | None:
    """Return what is expected instead of a value; None: the value is valid."""
    match value:
        case datetime() if value.utcoffset() is None:
            return "a time with a time zone"
        case datetime() if value.year not in YEARS:
            return f"a year from {YEARS[0]} to {YEARS[-1]}"
        case float() if not isfinite(value):
            return "a finite number"
        case str() if _HALF.search(value):
            return "text without half of a surrogate pair"
        case _:
            return None
