"""Fields: what an event of a function URL and a form hold, whatever their shape is.

In: a value of an event; a query or a form as text. Out: mappings, empty if there is
nothing that can be read. It does not: check what a field holds.
"""

from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import parse_qs

QUERY_CHARACTERS = 2_000
FIELDS = 20


def mapping(value: object) -> Mapping[str, Any]:
    """Return the mapping; an empty one for any other value."""
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}


def headers_in(event: Mapping[str, Any]) -> dict[str, str]:
    """Return the headers by their names in lower case."""
    found = mapping(event.get("headers"))
    return {str(name).lower(): str(value) for name, value in found.items()}


def fields_in_query(query: object) -> dict[str, str]:
    """Return the fields of a query; none if it is not a text, or too long."""
    text = query if isinstance(query, str) else ""
    return fields_in(text) if len(text) <= QUERY_CHARACTERS else {}


def fields_in(text: str) -> dict[str, str]:
    """Return the fields; none if there are too many. A repeated one is left out."""
    try:
        found = parse_qs(text, max_num_fields=FIELDS, errors="replace")
    except ValueError:
        return {}
    return {name: values[0] for name, values in found.items() if len(values) == 1}
