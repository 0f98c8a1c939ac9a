"""Values: the times, numbers and texts that no part of Parallax can use or store.

In: a decoded value of the model. Out: one sentence for each such value in it.
It does not: reject anything; `parallax.ingest` does for a push, and
`parallax.model.stored_snapshot` for a snapshot.
"""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import datetime
from math import isfinite
from typing import Any, cast

from parallax.model.wire import YEARS, wire_name

LARGEST = 1e10
"""Seconds, mostly; an instant 300 years earlier or later is still an instant."""
_HALF = re.compile("[\ud800-\udfff]")
"""Half of a surrogate pair: JSON can express it, but UTF-8, and so an item, cannot."""


def value_problems(value: object, at: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield each time, number and text that cannot be used or stored."""
    if is_dataclass(value):
        for field in fields(value):
            yield from value_problems(
                getattr(value, field.name), (*at, wire_name(field.name))
            )
    elif isinstance(value, tuple):
        for number, item in enumerate(cast("tuple[Any, ...]", value)):
            yield from value_problems(item, (*at, str(number)))
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
        case float() if abs(value) > LARGEST:
            return f"a number up to {LARGEST:,.0f}"
        case str() if _HALF.search(value):
            return "text without half of a surrogate pair"
        case _:
            return None
