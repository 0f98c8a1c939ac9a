"""Maintenance: the maintenance windows of a target, as people write them.

In: an entry of the targets file, whose `maintenance` has windows with two instants, and
recurring ones with days and local times. Out: the entry with both as the model has
them, and what is wrong with each.
It does not: compute when a window opens; `parallax.targets.windows` does.

A recurring window has the fields of Alertmanager's time intervals, with one pair of
times: all fields that are set must match, and `days_of_month` may count from the end.
Unlike there, a window may end after midnight, and it belongs to the day of its begin.
"""

import re
from collections.abc import Callable
from typing import Any, cast

from parallax.model.secret_text import quoted
from parallax.model.target import Maintenance, Recurring
from parallax.model.wire import decode
from parallax.targets.expected import expected
from parallax.targets.hint import hint
from parallax.targets.time_zones import problem as zone_problem
from parallax.targets.yaml_lines import (
    Location,
    Problem,
    entries_of,
    is_mapping,
    keys_of,
)

WEEKDAYS = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)
ONCE = ("starts_at", "ends_at", "reason")
RECURRING = ("weekdays", "days_of_month", "from", "until", "time_zone")
KEYS = (*ONCE, *RECURRING)
_TIME = re.compile(r"([01]\d|2[0-4]):([0-5]\d)")
_LAST = 24 * 60
"""Minutes of a day: `24:00`, its end."""


def read_maintenance(entry: object, at: Location) -> tuple[list[Problem], object]:
    """Return an entry with its windows as values, and what is wrong with them."""
    mapping = keys_of(entry)
    if "maintenance" not in mapping:
        return [], entry
    windows, location = mapping["maintenance"], (*at, "maintenance")
    kept = {key: value for key, value in mapping.items() if key != "maintenance"}
    if not isinstance(windows, list):
        return [(location, f"expected a list of windows, got {quoted(windows)}")], kept
    problems: list[Problem] = []
    once: list[Maintenance] = []
    recurring: list[Recurring] = []
    for index, window in enumerate(cast("list[object]", windows)):
        wrong, value = _read(window, (*location, index))
        problems += wrong
        if isinstance(value, Recurring):
            recurring.append(value)
        elif value:
            once.append(value)
    return problems, {**kept, "maintenance": once, "recurring": recurring}


def _read(
    window: object, at: Location
) -> tuple[list[Problem], Maintenance | Recurring | None]:
    """Return one window, or what is wrong with it."""
    if not is_mapping(window):
        return [(at, f"expected a window with its times, got {quoted(window)}")], None
    fields = keys_of(window)
    is_once = "starts_at" in fields or "ends_at" in fields
    mixed = [key for key in RECURRING if key in fields]
    if is_once and mixed:
        text = (
            "expected starts_at and ends_at for one window, or from, until and"
            f" time_zone for a recurring one, got {mixed[0]} with starts_at or ends_at"
        )
        return [((*at, mixed[0]), text)], None
    return _once(fields, at) if is_once else _recurring(fields, at)


def _once(
    fields: dict[str, object], at: Location
) -> tuple[list[Problem], Maintenance | None]:
    from pydantic import ValidationError  # noqa: PLC0415 - kept off the cold start

    try:
        window = decode(Maintenance, fields)
    except ValidationError as error:
        details = error.errors(include_url=False)
        return [((*at, *d["loc"]), expected(d)) for d in details], None
    naive = [k for k in ONCE[:2] if getattr(window, k).tzinfo is None]
    if naive:
        text = "expected a time with a time zone, such as 22:00:00Z"
        return [((*at, key), text) for key in naive], None
    if window.ends_at <= window.starts_at:
        return [((*at, "ends_at"), "expected a time after starts_at")], None
    return [], window


def _recurring(
    fields: dict[str, object], at: Location
) -> tuple[list[Problem], Recurring | None]:
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for key, (name, read) in _READERS.items():
        try:
            values[name] = read(fields.get(key))
        except ValueError as error:
            problems.append(((*at, key), f"{error}"))
    if not problems and values["begins"] == values["ends"]:
        text = "expected another time than from; a whole day is 00:00 to 24:00"
        problems.append(((*at, "until"), text))
    return problems, None if problems else Recurring(**values)


def _begins(value: object) -> int:
    minutes = _minutes(value)
    if minutes == _LAST:
        raise ValueError("expected a time before 24:00; write 00:00 of the next day")
    return minutes


def _minutes(value: object) -> int:
    """Return the minutes after midnight; raises `ValueError` with what was expected.

    YAML reads 22:00 without quotes as the number 1320.
    """
    found = _TIME.fullmatch(value) if isinstance(value, str) else None
    minutes = int(found[1]) * 60 + int(found[2]) if found else _LAST + 1
    if minutes > _LAST:
        text = 'expected a time from "00:00" to "24:00", in quotes'
        raise ValueError(f"{text}, got {_got(value)}")
    return minutes


def _weekdays(value: object) -> tuple[int, ...]:
    days: set[int] = set()
    for day in _entries(value, "[monday]"):
        name = f"{day}".lower()
        if name not in WEEKDAYS:
            meant = hint(name, WEEKDAYS)
            raise ValueError(f"expected a weekday, got {_got(day)}{meant}")
        days.add(WEEKDAYS.index(name))
    return tuple(sorted(days))


def _days_of_month(value: object) -> tuple[int, ...]:
    days = _entries(value, "[1, 15]")
    for day in days:
        whole = isinstance(day, int) and not isinstance(day, bool)
        if not whole or abs(cast("int", day)) not in range(1, 32):
            text = "expected a day from 1 to 31, or from -1, the last, to -31"
            raise ValueError(f"{text}, got {_got(day)}")
    return tuple(sorted(set(cast("list[int]", days)), key=lambda day: (day < 0, day)))


def _entries(value: object, example: str) -> list[object]:
    """Return the entries of a list; of a key that is missing none."""
    if value is not None and not entries_of(value):
        raise ValueError(f"expected a list such as {example}, got {_got(value)}")
    return entries_of(value)


def _zone(value: object) -> str:
    if text := zone_problem(value):
        raise ValueError(text)
    return cast("str", value)


def _reason(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"expected a reason such as backups, got {_got(value)}")  # noqa: TRY004 - as the other readers
    return value


def _got(value: object) -> str:
    return "none" if value is None else quoted(value)


_READERS: dict[str, tuple[str, Callable[[object], Any]]] = {
    "weekdays": ("weekdays", _weekdays),
    "days_of_month": ("days_of_month", _days_of_month),
    "from": ("begins", _begins),
    "until": ("ends", _minutes),
    "time_zone": ("time_zone", _zone),
    "reason": ("reason", _reason),
}
"""The name of each key in the model, and what reads its value."""
