"""Checks: the rules for the content of a targets file.

In: `YamlLines`. Out: `Target` values, and every problem with its location.
It does not: read files, or write the final error.
pydantic checks the types; this module checks everything else.
"""

from collections.abc import Iterator
from dataclasses import fields

from parallax.model.secret_text import quoted
from parallax.model.target import Healthy, Login, Public, Reached, Target
from parallax.model.wire import decode, wire_name
from parallax.targets.defaults import origin, with_defaults
from parallax.targets.expected import expected
from parallax.targets.healthy import read_healthy
from parallax.targets.hint import hint
from parallax.targets.interval import read_interval
from parallax.targets.labels import read_labels
from parallax.targets.maintenance import KEYS, read_maintenance
from parallax.targets.request import read_request
from parallax.targets.rules import rules
from parallax.targets.yaml_lines import (
    Key,
    Location,
    Problem,
    YamlLines,
    entries_of,
    is_mapping,
    keys_of,
)

TARGET = tuple(f.name for f in fields(Target) if f.name != "recurring")
DEFAULTS = tuple(key for key in TARGET if key not in {"name", "url"})
"""The keys that `defaults` may have."""

_HEALTHY = tuple(f.name for f in fields(Healthy) if f.name != "body_contains_all")
NESTED: dict[str, tuple[str, ...]] = {
    "healthy": _HEALTHY,
    "reached": tuple(f.name for f in fields(Reached)),
    "login": tuple(f.name for f in fields(Login)),
    "public": tuple(f.name for f in fields(Public)),
}
_KEYS: dict[Location, tuple[str, ...]] = {
    (): ("defaults", "targets"),
    ("defaults",): DEFAULTS,
    ("defaults", "maintenance", 0): KEYS,
    ("targets", 0): TARGET,
    ("targets", 0, "maintenance", 0): KEYS,
    **{("defaults", key): keys for key, keys in NESTED.items()},
    **{("targets", 0, key): keys for key, keys in NESTED.items()},
}
"""The keys that each mapping may have; 0 stands for any entry of a list."""
_ONE_OF = "expected one of"


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
    unreadable = {at for at, _ in lines.problems if not _is_key(at)}
    for index, entry in enumerate(entries):
        at = ("targets", index)
        wrong, target = _target(with_defaults(entry, keys_of(defaults)), at)
        located = ((origin(path, entry, at), text) for path, text in wrong)
        problems += [one for one in located if one[0] not in unreadable]
        targets += [target] if target else []
    problems += _duplicates(entries)
    # A wrong default is a problem of each target, and reported once.
    return tuple(targets), list(dict.fromkeys(problems))


def is_unknown_key(problem: Problem) -> bool:
    """Say whether a problem is a key that only a newer version may know."""
    at, text = problem
    return _is_key(at) and text.startswith(_ONE_OF)


def _is_key(at: Location) -> bool:
    return bool(at) and isinstance(at[-1], Key)


def _unknown_keys(value: object, location: Location) -> Iterator[Problem]:
    """Yield every key that its mapping may not have."""
    for index, item in enumerate(entries_of(value)):
        yield from _unknown_keys(item, (*location, index))
    keys = _KEYS.get(tuple(0 if isinstance(part, int) else part for part in location))
    for key, item in keys_of(value).items():
        if keys is not None and key not in keys:
            wanted = f"{_ONE_OF} {', '.join(keys)}"
            yield (*location, Key(key)), wanted + _meant(key, keys)
        else:
            yield from _unknown_keys(item, (*location, key))


def _meant(key: str, keys: tuple[str, ...]) -> str:
    """Return the key that was probably meant: here, or one level deeper."""
    inner = {f"{at}.{one}" for at in NESTED if at in keys for one in NESTED[at]}
    deeper = next((one for one in sorted(inner) if one.endswith(f".{key}")), None)
    return f"; did you mean {deeper}?" if deeper else hint(key, keys)


def _target(entry: object, location: Location) -> tuple[list[Problem], Target | None]:
    """Return the problems of one entry, and its value if it can be decoded."""
    from pydantic import ValidationError  # noqa: PLC0415 - kept off the cold start

    problems = list(rules(entry, location))
    for read in _READERS:
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


_READERS = (
    read_interval,
    read_labels,
    read_maintenance,
    read_request,
    read_healthy,
)


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
        wire_name(f.name): f.name
        for kind in (Target, Reached, Login)
        for f in fields(kind)
    }
    return tuple(
        keys.get(part, part) if isinstance(part, str) else part for part in location
    )
