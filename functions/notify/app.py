"""Notify: publishes findings, by mail or to the findings queue.

In: records of the incidents table's stream; `{"deliver": "waiting"}` once a minute;
`{"deliver": "advice"}` once a day; by hand, `{"finding": {…}}`, which prints the event
and the mail. Out: mails on the alerts topic, or events in the findings queue. The
template deploys it once for each, so that neither waits for the other. It does not:
decide whether a finding needs a mail.
"""

from typing import Any

from parallax import settings
from parallax.logs import open_log, with_context
from parallax.model.finding import Finding
from parallax.model.wire import decode
from parallax.notify.batch import deliver, deliver_waiting
from parallax.notify.routes import preview
from parallax.routes.dead_man import beat

configuration = settings.read()
log = open_log()


@with_context(log)
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Publish the findings in the records; return the records to send again."""
    if "finding" in event:
        return preview(decode(Finding, event["finding"]))
    if event.get("deliver") == "waiting":
        delivered = deliver_waiting(configuration)
        beat(configuration, context)
        return delivered
    if event.get("deliver") == "advice":
        from parallax.notify.digest import deliver_advice  # noqa: PLC0415 - once a day

        return deliver_advice(configuration)
    return deliver(event, configuration)
