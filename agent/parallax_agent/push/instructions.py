"""Instructions: what a response of `ingest` requests.

In: the body of a response. Out: checked values. It does not: send or wait.
A value of another type, or out of range, is as good as absent.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, cast

SHORTEST = 5.0
"""Seconds; the agent accepts no shorter interval between reports from `ingest`."""
UNKNOWN_SCHEMA = "unknown schema"
"""How the `message` of an `ingest` of an earlier version begins that knows only v1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Instructions:
    """`stored` False: the push failed, so that nothing is known.

    `next_seconds`: until the next heartbeat. `full`: the targets that need reports,
    `interval_seconds` apart; `intervals` has those that differ. `readings`: digests of
    the parts that the store lacks.
    """

    stored: bool
    next_seconds: float | None = None
    full: tuple[str, ...] = ()
    interval_seconds: float | None = None
    intervals: Mapping[str, float] = field(default_factory=dict[str, float])
    readings: frozenset[str] = frozenset()


FAILED = Instructions(stored=False)


def read_instructions(body: bytes) -> Instructions:
    """Return what the response to a stored push asks for."""
    fields = fields_of(body)
    return Instructions(
        stored=True,
        next_seconds=_number(fields, "next_seconds"),
        full=tuple(_texts(fields, "full")),
        interval_seconds=_interval(fields, "interval_seconds"),
        intervals=_intervals(fields),
        readings=frozenset(_texts(fields, "readings")),
    )


def knows_no_v2(body: bytes) -> bool:
    """Tell whether `ingest` rejected a push because of its schema."""
    return str(fields_of(body).get("message", "")).startswith(UNKNOWN_SCHEMA)


def fields_of(body: bytes) -> Mapping[str, Any]:
    """Return the fields of a JSON object; empty for any other body."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _number(fields: Mapping[str, Any], name: str) -> float | None:
    value = fields.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if isfinite(number) else None


def _interval(fields: Mapping[str, Any], name: str) -> float | None:
    seconds = _number(fields, name)
    return seconds if seconds and seconds >= SHORTEST else None


def _intervals(fields: Mapping[str, Any]) -> dict[str, float]:
    """Return the valid intervals of single targets."""
    values = fields.get("intervals")
    if not isinstance(values, dict):
        return {}
    named = cast("dict[str, Any]", values)
    valid = {name: _interval(named, name) for name in named}
    return {name: seconds for name, seconds in valid.items() if seconds is not None}


def _texts(fields: Mapping[str, Any], name: str) -> list[str]:
    values = fields.get(name)
    if not isinstance(values, list):
        return []
    return [v for v in cast("list[Any]", values) if isinstance(v, str)]
