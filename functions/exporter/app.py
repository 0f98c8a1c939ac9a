"""Exporter: the outside results and the open incidents, for Prometheus and OTLP.

In: a function URL's event, `GET /metrics` with a bearer token; or `{"push": true}` once
a minute. Out: Prometheus' text format, or requests to an OTLP receiver. It does not:
write to a table, or respond without a valid token.
"""

from typing import Any

from parallax import settings, targets
from parallax.exporter.exporting import Exporting
from parallax.logs import open_log, with_context

exporting = Exporting(settings.read(), lambda: targets.load(targets.find()))
log = open_log()


@with_context(log)
def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Return the response to Prometheus, or what was sent."""
    return exporting.answer(event)
