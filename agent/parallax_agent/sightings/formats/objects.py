"""Objects: access lines that are one JSON object each, recognized by their keys.

In: a line. Out: its leaves by simplified name, and a value that may have several names.
It does not: know a family; `traefik`, `envoy` and `recognize` do. The leaves of a
nested object have their own names, as in `"http": {"status": 200}`.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import cast

from parallax_agent.sightings.access_line import LINE_BYTES, text

DEPTH = 6
"""A deeper object is not an access line."""
_PLAIN = re.compile(r"[^a-z0-9]")


def leaves(line: str) -> dict[str, object] | None:
    """Return the object's leaves; names are in lower case, without punctuation."""
    if len(line) > LINE_BYTES or not line.startswith("{"):
        return None
    try:
        parsed = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(parsed, dict):
        return None
    return dict(_walk(cast("dict[str, object]", parsed), DEPTH))


def first(fields: Mapping[str, object], *names: str) -> object:
    """Return the first of these leaves that is present and not empty."""
    return next((fields[name] for name in names if text(fields.get(name))), None)


def _walk(parsed: Mapping[str, object], depth: int) -> Iterator[tuple[str, object]]:
    """Yield leaves, nested ones first, so that outer ones win."""
    for value in parsed.values():
        if isinstance(value, dict) and depth:
            yield from _walk(cast("dict[str, object]", value), depth - 1)
    for name, value in parsed.items():
        if not isinstance(value, dict | list):
            yield _PLAIN.sub("", name.lower()), value
