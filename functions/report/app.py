"""Report: shows an incident behind a signed link, and takes acknowledgments and mutes.

In: a function URL's event, `GET` or `POST /i/<group>?s=…&e=…`. Out: a page, or a
redirect after a button. It does not: show or change anything without a valid link, or
change anything on `GET`.
"""

from typing import Any

from parallax import settings
from parallax.logs import open_log, with_context
from parallax.report.endpoint import open_endpoint

endpoint = open_endpoint(settings.read())
log = open_log()


@with_context(log)
def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Return the response to one request."""
    return endpoint.respond(event).encode()
