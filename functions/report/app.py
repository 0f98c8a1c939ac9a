"""Report: shows an incident, or all targets, behind a signed link.

In: a function URL's event, `GET` or `POST /i/<group>?s=…&e=…`, or `GET /o?s=…&e=…` for
the overview. Out: a page, or a redirect after a button: acknowledge or mute. It does
not: show or change anything without a valid link, or change anything on `GET`.
"""

from typing import Any

from parallax import settings
from parallax.logs import open_log, with_context
from parallax.overview.endpoint import open_overview
from parallax.report.endpoint import open_endpoint

configuration = settings.read()
endpoint = open_endpoint(configuration)
overview = open_overview(configuration)
log = open_log()


@with_context(log)
def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Return the response to one request."""
    return overview.respond(event) or endpoint.respond(event).encode()
