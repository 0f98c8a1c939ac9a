"""Routes: sends alerts to the chats, pagers and systems that the stack has configured.

In: messages of the routes' queue: alerts, and copies of them for one receiver each; by
hand, `{"test": "slack"}`, which sends a test alert. Out: HTTP requests, copies in the
queue, dead letters. It does not: decide what is an alert.
"""

from typing import Any

from parallax import settings
from parallax.logs import open_log, with_context
from parallax.routes.handling import handle
from parallax.routes.trial import try_route

configuration = settings.read()
log = open_log()


@with_context(log)
def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Send or copy the messages; return those that wait for a retry."""
    if "test" in event:
        return try_route(str(event["test"]), configuration)
    return handle(event, configuration)
