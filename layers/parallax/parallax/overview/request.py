"""Request: the parts of a function URL's event that the overview needs.

In: the event of a Lambda function URL. Out: the method and the query's fields; None:
it is not a request for the overview.
It does not: check the link's signature.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from parallax.links.overview import PATH
from parallax.report.fields import fields_in_query, headers_in, mapping

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
    parts = mapping(event)
    if parts.get("rawPath") not in {PATH, f"{PATH}/"}:
        return None
    http = mapping(mapping(parts.get("requestContext")).get("http"))
    return OverviewRequest(
        method=f"{http.get('method')}",
        fields=fields_in_query(parts.get("rawQueryString")),
        gzip="gzip" in headers_in(parts).get("accept-encoding", ""),
    )
