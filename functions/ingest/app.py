"""Ingest: stores the signed heartbeats and reports that the agents push.

In: a function URL's event, `POST /v1/observations`. Out: items in the journal, and
the response to the agent. It does not: accept a push without a valid signature.
"""

import json
from typing import Any

from parallax import settings
from parallax.ingest import open_endpoint
from parallax.logs import open_log, with_context

endpoint = open_endpoint(settings.read())
log = open_log()


@with_context(log)
def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Check one push, store it, and return the response."""
    response = endpoint.respond(event)
    return {
        "statusCode": response.status_code,
        "headers": {"content-type": "application/json"},
        "body": json.dumps(response.body),
    }
