"""Request: the parts of a function URL's event that the overview needs.

In: the event of a Lambda function URL. Out: the method and the query's fields; None:
it is not a request for the overview.
It does not: check the link's signature.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import parse_qs

from parallax.links.overview import PATH

QUERY_CHARACTERS = 2_000
FIELDS = 20
METHODS = ("GET", "HEAD")


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewRequest:
    """One request; a field that is repeated is left out."""

    method: str
    fields: Mapping[str, str]
    gzip: bool = False
    """Whether the browser accepts a compressed page."""


def overview_request(event: object) -> OverviewRequest | None:
    """Return the request for the overview in an event; None: it is another one."""
    parts = _mapping(event)
    if parts.get("rawPath") not in {PATH, f"{PATH}/"}:
        return None
    http = _mapping(_mapping(parts.get("requestContext")).get("http"))
    headers = {
        f"{k}".lower(): f"{v}" for k, v in _mapping(parts.get("headers")).items()
    }
    return OverviewRequest(
        method=f"{http.get('method')}",
        fields=_fields(parts.get("rawQueryString")),
        gzip="gzip" in headers.get("accept-encoding", ""),
    )


def _fields(query: object) -> Mapping[str, str]:
    text = query if isinstance(query, str) else ""
    if len(text) > QUERY_CHARACTERS:
        return {}
    try:
        found = parse_qs(text, max_num_fields=FIELDS, errors="replace")
    except ValueError:
        return {}
    return {name: values[0] for name, values in found.items() if len(values) == 1}


def _mapping(value: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}
