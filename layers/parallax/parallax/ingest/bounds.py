"""Bounds: what a push may say, beyond that each field is of its kind.

In: a decoded push. Out: one sentence for each thing that is out of bounds.
It does not: refuse; `parallax.ingest` does.

A key is shared by all agents: whoever holds it can still speak for any node of any
cluster, about any target. What this adds is that one push has one speaker, so
that the log of ingest names who sent it. A key a cluster would take a stack each.
"""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import datetime
from math import isfinite
from typing import Any, cast

from parallax.model.push import Push
from parallax.model.wire import YEARS, wire_name

INTERVAL = (1.0, 3600.0)
"""Seconds between two reports; four of them make a silent agent."""


def problems(push: Push) -> Iterator[str]:
    """Yield what is wrong: a field by its name, and what would be right."""
    for number, report in enumerate(push.reports):
        at = f"reports.{number}"
        for name in ("cluster", "node"):
            if getattr(report, name) != getattr(push, name):
                yield f"{at}.{wire_name(name)}: not the one that the push names"
        if not INTERVAL[0] <= report.interval <= INTERVAL[1]:
            yield f"{at}.interval: expected {INTERVAL[0]:g} to {INTERVAL[1]:g} seconds"
    yield from _unfit(push, ())


def _unfit(value: object, at: tuple[str, ...]) -> Iterator[str]:
    """Yield each instant and each number that nobody can reckon with."""
    if isinstance(value, datetime):
        if value.utcoffset() is None:
            yield f"{'.'.join(at)}: expected a time with its zone"
        elif value.year not in YEARS:
            yield f"{'.'.join(at)}: expected a year from {YEARS[0]} to {YEARS[-1]}"
    elif isinstance(value, float):
        if not isfinite(value):
            yield f"{'.'.join(at)}: expected a finite number"
    elif is_dataclass(value):
        for field in fields(value):
            yield from _unfit(getattr(value, field.name), (*at, wire_name(field.name)))
    elif isinstance(value, tuple):
        for number, item in enumerate(cast("tuple[Any, ...]", value)):
            yield from _unfit(item, (*at, str(number)))
