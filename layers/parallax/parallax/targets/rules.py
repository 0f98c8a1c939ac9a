"""Rules: what the content of a targets file must be.

In: a `Reading`. Out: `Target` values, and every problem with its place.
It does not: read files, or write the final error.
Types are pydantic's matter; what goes beyond them stands here.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import fields
from datetime import datetime
from typing import Any, cast

from parallax.model import web_url
from parallax.model.name import NAME, is_name
from parallax.model.secret_text import quoted
from parallax.model.target import Healthy, Maintenance, Reached, Target
from parallax.model.wire import decode, wire_name
from parallax.targets.reading import Place, Problem, Reading, entries_of, keys_of

TIMEOUT_SECONDS = (0.5, 20.0)
_SLUG = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")

_KEYS: dict[Place, tuple[str, ...]] = {
    (): ("targets",),
    ("targets", 0): tuple(f.name for f in fields(Target)),
    ("targets", 0, "healthy"): tuple(f.name for f in fields(Healthy)),
    ("targets", 0, "reached"): tuple(f.name for f in fields(Reached)),
    ("targets", 0, "maintenance", 0): tuple(f.name for f in fields(Maintenance)),
}
"""The keys that each mapping may hold, lists standing for their first entry."""


def examine(reading: Reading) -> tuple[tuple[Target, ...], list[Problem]]:
    """Return the targets, and all that is wrong: use them only if nothing is."""
    content = keys_of(reading.content)
    entries = entries_of(content.get("targets"))
    problems = [*reading.problems, *_unknown_keys(reading.content, ())]
    if "targets" not in content:
        problems.append(((), "expected a mapping with the key targets"))
    elif not entries:
        problems.append((("targets",), "expected a list with at least one target"))
    targets: list[Target] = []
    for index, entry in enumerate(entries):
        found, target = _target(entry, ("targets", index))
        problems += found
        targets += [target] if target else []
    problems += _duplicates(entries)
    return tuple(targets), problems


def _unknown_keys(value: object, place: Place) -> Iterator[Problem]:
    """Yield every key that no mapping of its kind may hold."""
    for index, item in enumerate(entries_of(value)):
        yield from _unknown_keys(item, (*place, index))
    keys = _KEYS.get(tuple(0 if isinstance(part, int) else part for part in place))
    for key, item in keys_of(value).items():
        if keys is not None and key not in keys:
            yield (*place, key), f"expected one of {', '.join(keys)}, got {quoted(key)}"
        else:
            yield from _unknown_keys(item, (*place, key))


def _target(entry: object, place: Place) -> tuple[list[Problem], Target | None]:
    """Return what is wrong with one entry, or its value."""
    from pydantic import ValidationError  # noqa: PLC0415 - kept off the cold start

    problems = list(_rules(entry, place))
    try:
        target = decode(Target, entry)
    except ValidationError as error:
        told = {at for at, _ in problems}
        for found in error.errors(include_url=False):
            at = (*place, *_fields(found["loc"]))
            if at not in told:
                problems.append((at, _expected(found)))
        return problems, None
    return problems + list(_windows(target, place)), target


def _rules(entry: object, place: Place) -> Iterator[Problem]:
    """Yield what is wrong with values beyond their type."""
    values = keys_of(entry)
    for key, (right, expected) in _RULES.items():
        value = values.get(key)
        if value is not None and not right(value):
            yield (*place, key), f"expected {expected}, got {quoted(value)}"
    url = values.get("url")
    wrong = None if url is None else web_url.problem(url)
    if wrong:
        yield (*place, "url"), wrong
    cluster = keys_of(values.get("reached")).get("cluster")
    if isinstance(cluster, str) and not is_name(cluster):
        at = (*place, "reached", "cluster")
        yield at, f"expected {NAME}, got {quoted(cluster)}"
    healthy = keys_of(values.get("healthy"))
    at = (*place, "healthy", "status_codes")
    if healthy.get("status_codes") == []:
        yield at, "expected at least one status code"
    for index, code in enumerate(entries_of(healthy.get("status_codes"))):
        if not _is_status_code(code):
            yield (*at, index), f"expected a status code 100 to 599, got {quoted(code)}"


def _is_name(value: object) -> bool:
    return isinstance(value, str) and _SLUG.fullmatch(value) is not None


def _is_timeout(value: object) -> bool:
    low, high = TIMEOUT_SECONDS
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and low <= cast("float", value) <= high


def _is_status_code(value: object) -> bool:
    return isinstance(value, int) and value in range(100, 600)


_RULES: dict[str, tuple[Callable[[object], bool], str]] = {
    "name": (_is_name, "small letters, digits and hyphens, as in a host name"),
    "timeout_seconds": (_is_timeout, "seconds from 0.5 to 20"),
}


def _windows(target: Target, place: Place) -> Iterator[Problem]:
    for index, window in enumerate(target.maintenance):
        at = (*place, "maintenance", index)
        naive = [k for k in ("starts_at", "ends_at") if _naive(getattr(window, k))]
        for key in naive:
            yield (*at, key), "expected a time with its zone, such as 22:00:00Z"
        if not naive and window.ends_at <= window.starts_at:
            yield (*at, "ends_at"), "expected a time after starts_at"


def _naive(instant: datetime) -> bool:
    return instant.tzinfo is None


def _duplicates(entries: list[object]) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, entry in enumerate(entries):
        name = keys_of(entry).get("name")
        if isinstance(name, str):
            if name in seen:
                at = ("targets", index, "name")
                yield at, f"expected a name of its own, got {quoted(name)} again"
            seen.add(name)


def _fields(location: tuple[int | str, ...]) -> Place:
    """Turn pydantic's place, in names of the wire, into the file's keys."""
    known = {
        wire_name(f.name): f.name for kind in (Target, Reached) for f in fields(kind)
    }
    return tuple(
        known.get(part, part) if isinstance(part, str) else part for part in location
    )


def _expected(found: Any) -> str:  # noqa: ANN401 - pydantic's own type of an error
    if found["type"] == "missing":
        return "expected a value, got none"
    told = re.sub(r"^Input should be ", "", found["msg"])
    return f"expected {told}, got {quoted(found['input'])}"
