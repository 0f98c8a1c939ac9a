"""Interval: the time between two probes of a target, as people write it.

In: text such as `30s`, `5m` or `1h`, or a number of seconds. Out: seconds.
It does not: decide when a target is due; `parallax.targets.shard` does.
"""

import re

from parallax.model.secret_text import quoted
from parallax.targets.yaml_lines import Location, Problem, keys_of

EXPECTED = "30s, or whole minutes from 1m to 1h"
SHORTEST, LONGEST = 30.0, 3600.0
_TEXT = re.compile(r"(\d{1,4})\s?(s|m|h)")
_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0}


def seconds(value: object) -> float | None:
    """Return the seconds of a valid interval; None: it is not valid."""
    if isinstance(value, str) and (found := _TEXT.fullmatch(value)):
        value = int(found[1]) * _UNITS[found[2]]
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    whole = value == SHORTEST or (0 < value <= LONGEST and value % 60 == 0)
    return float(value) if whole else None


def text(interval: float) -> str:
    """Return seconds as people write them."""
    for unit in ("h", "m"):
        if interval % _UNITS[unit] == 0:
            return f"{interval / _UNITS[unit]:g}{unit}"
    return f"{interval:g}s"


def read_interval(entry: object, location: Location) -> tuple[list[Problem], object]:
    """Return an entry with its interval in seconds, and what is wrong with it."""
    mapping = keys_of(entry)
    if "interval" not in mapping:
        return [], entry
    written = mapping["interval"]
    number = seconds(written)
    kept = {key: value for key, value in mapping.items() if key != "interval"}
    if number is None:
        at = (*location, "interval")
        return [(at, f"expected {EXPECTED}, got {quoted(written)}")], kept
    return [], {**kept, "interval": number}
