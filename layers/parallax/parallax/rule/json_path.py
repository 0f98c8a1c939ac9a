"""JSON path: one value of a JSON document.

In: a path such as `status`, `$.items[0].id` or `$["a.b"]`. Out: the value there, or
`MISSING`.
It does not: search. Wildcards, filters, slices and `..` are not supported: an assertion
is about one value.
Source of the notation: RFC 9535 (JSONPath), name and index selectors.
"""

import re
from functools import lru_cache
from typing import Final, cast

MISSING: Final = object()
"""There is no such value; `null` is one."""
LONGEST = 200
"""Characters of a path."""
EXPECTED = 'a path such as status, $.items[0].id or $["a key"], at most 200 characters'
_NAME = r"[^\W\d][\w-]*"
_STEP = re.compile(
    rf"\.(?P<name>{_NAME})|\[(?P<index>-?\d{{1,9}})\]"
    r"|\[\"(?P<double>[^\"\\]*)\"\]|\['(?P<single>[^'\\]*)'\]"
)


@lru_cache(maxsize=256)
def steps(path: str) -> tuple[str | int, ...] | None:
    """Return the keys and positions of a path; None: it is not valid.

    A path without `$` begins with a name.
    """
    if len(path) > LONGEST:
        return None
    rest = path[1:] if path.startswith("$") else f".{path}"
    found: list[str | int] = []
    place = 0
    while place < len(rest):
        step = _STEP.match(rest, place)
        if step is None:
            return None
        kind = cast("str", step.lastgroup)
        found.append(int(step[kind]) if kind == "index" else step[kind])
        place = step.end()
    return tuple(found)


def value_at(content: object, path: str) -> object:
    """Return the value at a valid path; `MISSING`: there is none."""
    value = content
    for step in steps(path) or ():
        if isinstance(step, str) and isinstance(value, dict):
            value = cast("dict[str, object]", value).get(step, MISSING)
        elif isinstance(step, int) and isinstance(value, list):
            items = cast("list[object]", value)
            is_there = -len(items) <= step < len(items)
            value = items[step] if is_there else MISSING
        else:
            return MISSING
    return value


def same(value: object, wanted: object) -> bool:
    """Say whether two JSON values are equal; `true` is not the number 1."""
    if isinstance(value, bool) or isinstance(wanted, bool):
        return value is wanted
    return value == wanted
