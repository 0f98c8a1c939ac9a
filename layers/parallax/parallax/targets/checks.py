"""Checks: the rules for the content of a targets file.

In: `YamlLines`. Out: `Target` values, and every problem with its location.
It does not: read files, or write the final error.
pydantic checks the types; this module checks everything else.
"""

from collections.abc import Iterator
from dataclasses import fields

from parallax.model.secret_text import quoted
from parallax.model.target import Healthy, Public, Reached, Target
from parallax.model.wire import decode, wire_name
from parallax.targets.defaults import origin, with_defaults
from parallax.targets.expected import expected
from parallax.targets.interval import read_interval
from parallax.targets.labels import read_labels
from parallax.targets.maintenance import KEYS, read_maintenance
from parallax.targets.rules import rules
from parallax.targets.yaml_lines import (
    Location,
    Problem,
    YamlLines,
    entries_of,
    is_mapping,
    keys_of,
)

_TARGET = tuple(f.name for f in fields(Target) if f.name != "recurring")
DEFAULTS = tuple(key for key in _TARGET if key not in {"name", "url"})
"""The keys that `defaults` may have."""

_KEYS: dict[Location, tuple[str, ...]] = {
    (): ("defaults", "targets"),
    ("defaults",): DEFAULTS,
    ("defaults", "healthy"): tuple(f.name for f in fields(Healthy)),
    ("defaults", "reached"): tuple(f.name for f in fields(Reached)),
    ("defaults", "maintenance", 0): KEYS,
    ("defaults", "public"): tuple(f.name for f in fields(Public)),
    ("targets", 0): _TARGET,
    ("targets", 0, "healthy"): tuple(f.name for f in fields(Healthy)),
    ("targets", 0, "reached"): tuple(f.name for f in fields(Reached)),
    ("targets", 0, "maintenance", 0): KEYS,
    ("targets", 0, "public"): tuple(f.name for f in fields(Public)),
}
"""The keys that each mapping may have; 0 stands for any entry of a list."""


def check(lines: YamlLines) -> tuple[tuple[Target, ...], list[Problem]]:
    """Return the targets and all problems; use the targets only without problems."""
    content = keys_of(lines.content)
    entries = entries_of(content.get("targets"))
    problems = [*lines.problems, *_unknown_keys(lines.content, ())]
    if "targets" not in content:
        problems.append(((), "expected a mapping with the key `targets`"))
    elif not entries:
        problems.append((("targets",), "expected a list with at least one target"))
    defaults = content.get("defaults", {})
    if not is_mapping(defaults):
        problems.append((("defaults",), f"expected a mapping, got {quoted(defaults)}"))
    targets: list[Target] = []
    for index, entry in enumerate(entries):
        at = ("targets", index)
        wrong, target = _target(with_defaults(entry, keys_of(defaults)), at)
        problems += [(origin(path, entry, at), text) for path, text in wrong]
        targets += [target] if target else []
    problems += _duplicates(entries)
    # A wrong default is a problem of each target, and reported once.
    return tuple(targets), list(dict.fromkeys(problems))


def _unknown_keys(value: object, location: Location) -> Iterator[Problem]:
    """Yield every key that its mapping may not have."""
    for index, item in enumerate(entries_of(value)):
        yield from _unknown_keys(item, (*location, index))
    keys = _KEYS.get(tuple(0 if isinstance(part, int) else part for part in location))
    for key, item in keys_of(value).items():
        if keys is not None and key not in keys:
            yield (
                (*location, key),
                f"expected one of {', '.join(keys)}, got {quoted(key)}",
            )
        else:
            yield from _unknown_keys(item, (*location, key))


def _target(entry: object, location: Location) -> tuple[list[Problem], Target | None]:
    """Return the problems of one entry, and its value if it can be decoded."""
    from pydantic import ValidationError  # noqa: PLC0415 - kept off the cold start

    problems = list(rules(entry, location))
    for read in (read_interval, read_labels, read_maintenance):
        wrong, entry = read(entry, location)
        problems += wrong
    try:
        target = decode(Target, entry)
    except ValidationError as error:
        reported = {at for at, _ in problems}
        for detail in error.errors(include_url=False):
            at = (*location, *_fields(detail["loc"]))
            if at not in reported:
                problems.append((at, expected(detail)))
        return problems, None
    return problems, target


def _duplicates(entries: list[object]) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, entry in enumerate(entries):
        name = keys_of(entry).get("name")
        if isinstance(name, str):
            if name in seen:
                at = ("targets", index, "name")
                yield at, f"expected a unique name, got {quoted(name)} again"
            seen.add(name)


def _fields(location: tuple[int | str, ...]) -> Location:
    """Return the file's keys for pydantic's location, which has wire names."""
    keys = {
        wire_name(f.name): f.name for kind in (Target, Reached) for f in fields(kind)
    }
    return tuple(
        keys.get(part, part) if isinstance(part, str) else part for part in location
    )
