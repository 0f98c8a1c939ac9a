"""Report: shows an incident, or all targets, behind a signed link.

In: a function URL's event, `GET` or `POST /i/<group>?s=…&e=…`, or `GET /o?s=…&e=…` for
the overview. Out: a page, or a redirect after a button: acknowledge or mute. It does
not: show or change anything without a valid link, or change anything on `GET`.
"""

from functools import cache
from typing import TYPE_CHECKING, Any

from parallax import settings
from parallax.logs import open_log, with_context
from parallax.overview.request import overview_request
from parallax.report.endpoint import open_endpoint

if TYPE_CHECKING:
    from parallax.overview.endpoint import Overview

configuration = settings.read()
endpoint = open_endpoint(configuration)
log = open_log()


@cache
def overview() -> "Overview":
    """Return the overview, imported at its first request: 15 ms of each start."""
    from parallax.overview.endpoint import open_overview  # noqa: PLC0415

    return open_overview(configuration)


@with_context(log)
def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Return the response to one request."""
    if overview_request(event):
        return overview().respond(event)
    return endpoint.respond(event).encode()
