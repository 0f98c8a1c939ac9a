"""Healthy: the health rule of a target, as people write it.

In: an entry of the targets file, whose `healthy` has classes of statuses, one text or
several, and mappings of headers and JSON values. Out: the entry with them as the model
has them, and what is wrong with each.
It does not: judge a response; `parallax.rule` does.
"""

import re
from collections.abc import Callable

from parallax.model import status_codes
from parallax.model.secret_text import quoted
from parallax.rule import json_path
from parallax.targets.hint import hint
from parallax.targets.yaml_lines import (
    Key,
    Location,
    Problem,
    entries_of,
    is_list,
    is_mapping,
    keys_of,
)

LONGEST = 500
"""Characters of a text that is searched in a body or a header."""
MOST = 20
"""Texts, headers or values of one rule."""
EXISTS = "exists"
_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
"""RFC 9110, section 5.1: a field name is a token."""
_HEADER_KEYS = ("contains", "equals")

type Read = tuple[list[Problem], object]
"""What is wrong with a value, and the value as the model has it."""


def read_healthy(entry: object, at: Location) -> tuple[list[Problem], object]:
    """Return an entry with its health rule as the model has it, and what is wrong."""
    mapping = keys_of(entry)
    if not is_mapping(mapping.get("healthy")):
        return [], entry
    rule = dict(keys_of(mapping["healthy"]))
    problems: list[Problem] = []
    for key, read in _READERS.items():
        if key in rule and rule[key] is not None:
            wrong, value = read(rule.pop(key), (*at, "healthy", key))
            problems += wrong
            if not wrong:
                rule[key] = value
    several = rule.get("body_contains")
    if is_list(several):
        rule["body_contains_all"] = rule.pop("body_contains")
    return problems, {**mapping, "healthy": rule}


def _codes(value: object, at: Location) -> Read:
    entries = entries_of(value) if is_list(value) else [value]
    if not entries:
        return [(at, "expected at least one status code")], None
    problems: list[Problem] = []
    found: list[int] = []
    for index, entry in enumerate(entries):
        codes = status_codes.read(entry)
        if codes is None:
            place = (*at, index) if is_list(value) else at
            text = f"expected {status_codes.EXPECTED}, got {quoted(entry)}"
            classes = [f"{digit}xx" for digit in range(1, 6)]
            problems.append((place, text + hint(entry, classes)))
        else:
            found += codes
    # As they are written, if none is a class: snapshots show them.
    return problems, list(dict.fromkeys(found))


def _texts(value: object, at: Location) -> Read:
    entries = entries_of(value) if is_list(value) else [value]
    if not entries or len(entries) > MOST:
        return [(at, f"expected 1 to {MOST} texts, got {len(entries)}")], None
    problems: list[Problem] = []
    for index, entry in enumerate(entries):
        if not isinstance(entry, str) or not 0 < len(entry) <= LONGEST:
            place = (*at, index) if is_list(value) else at
            wanted = f"text of 1 to {LONGEST} characters, in quotes if it is a number"
            problems.append((place, f"expected {wanted}, got {quoted(entry)}"))
    return problems, value


def _lacks(value: object, at: Location) -> Read:
    problems, _ = _texts(value, at)
    return problems, value if is_list(value) else [value]


def _pattern(value: object, at: Location) -> Read:
    from parallax.rule import program  # noqa: PLC0415 - few targets have a pattern

    if not isinstance(value, str) or not value:
        return [(at, f"expected {program.EXPECTED}, got {quoted(value)}")], None
    try:
        program.compiled(value)
    except program.PatternError as error:
        return [(at, f"expected {program.EXPECTED}: {error}")], None
    return [], value


def _headers(value: object, at: Location) -> Read:
    problems, pairs = _mapping(value, at, "{content-type: application/json}")
    rules: list[dict[str, object]] = []
    for name, wanted in pairs.items():
        place = (*at, name)
        if not _NAME.fullmatch(name):
            wrong = f"expected the name of a header, got {quoted(name)}"
            problems.append(((*at, Key(name)), wrong))
            continue
        fields = keys_of(wanted) if is_mapping(wanted) else {"contains": wanted}
        if fields == {"contains": EXISTS}:
            fields = {}
        elif is_mapping(wanted) and (unknown := _unknown(fields)):
            problems.append(((*place, Key(unknown)), _key_text(unknown)))
            continue
        elif not fields or not all(map(_is_text, fields.values())):
            wrong = "expected text that the header contains, {equals: text} or exists"
            problems.append((place, f"{wrong}, got {quoted(wanted)}"))
            continue
        rules.append({"name": name, **fields})
    return problems, rules


def _unknown(fields: dict[str, object]) -> str | None:
    return next((key for key in fields if key not in _HEADER_KEYS), None)


def _key_text(key: str) -> str:
    wanted = f"expected one of {', '.join(_HEADER_KEYS)}, got {quoted(key)}"
    return wanted + hint(key, _HEADER_KEYS)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST


def _json(value: object, at: Location) -> Read:
    problems, pairs = _mapping(value, at, '{status: ok, "$.items[0].id": exists}')
    rules: list[dict[str, object]] = []
    for path, wanted in pairs.items():
        if json_path.steps(path) is None:
            wrong = f"expected {json_path.EXPECTED}, got {quoted(path)}"
            problems.append(((*at, Key(path)), wrong))
        elif not _is_scalar(wanted):
            wrong = f"expected text, a number, true, false, null or {EXISTS}"
            problems.append(((*at, path), f"{wrong}, got {quoted(wanted)}"))
        elif wanted == EXISTS:
            rules.append({"path": path, "exists": True})
        else:
            rules.append({"path": path, "equals": wanted})
    return problems, rules


def _is_scalar(value: object) -> bool:
    if isinstance(value, str):
        return len(value) <= LONGEST
    return value is None or isinstance(value, bool | int | float)


def _mapping(
    value: object, at: Location, example: str
) -> tuple[list[Problem], dict[str, object]]:
    pairs = keys_of(value)
    if not pairs:
        wrong = f"expected a mapping such as {example}, got {quoted(value)}"
        return [(at, wrong)], {}
    if len(pairs) > MOST:
        return [(at, f"expected at most {MOST} entries, got {len(pairs)}")], {}
    return [], pairs


_READERS: dict[str, Callable[[object, Location], Read]] = {
    "status_codes": _codes,
    "body_contains": _texts,
    "body_lacks": _lacks,
    "body_matches": _pattern,
    "headers": _headers,
    "json": _json,
}
