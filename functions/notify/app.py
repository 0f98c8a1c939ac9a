"""Notify: publishes findings over the routes that this function is configured for.

In: records of the incidents table's stream; `{"deliver": "waiting"}` once a minute; by
hand, `{"finding": {…}}`, which prints what would go out. Out: mails on the alerts
topic, or events in the findings queue: the template deploys it once for each, so that
neither waits for the other. It does not: decide what is worth a mail.
"""

from typing import Any

from parallax import settings
from parallax.logs import open_log, with_context
from parallax.model.finding import Finding
from parallax.model.wire import decode
from parallax.notify.batch import deliver, deliver_waiting
from parallax.notify.routes import preview

found = settings.read()
log = open_log()


@with_context(log)
def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Publish what the records bring; those that have to come again are returned."""
    if "finding" in event:
        return preview(decode(Finding, event["finding"]))
    if event.get("deliver") == "waiting":
        return deliver_waiting(found)
    return deliver(event, found)
