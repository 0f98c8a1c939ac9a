"""Inspect: reads the load balancers, every minute and when a probe fails.

In: the schedule's event, or the stream's records of failing runs. One reading serves
all targets; the records say whose reading is stored although it may be unchanged. Out:
readings in the journal, and a summary. It does not: judge.
"""

from datetime import UTC, datetime
from typing import Any

from parallax import settings, targets
from parallax.inspect.inspection import open_inspection, summarize
from parallax.inspect.news import failing_in
from parallax.logs import open_log, with_context

inspection = open_inspection(settings.read())
log = open_log()


@with_context(log)
def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Read the load balancers of all targets and store the readings with news."""
    watched = targets.load(targets.find())
    readings = inspection.run(watched, datetime.now(UTC), failing_in(event))
    return {"readings": [summarize(reading) for reading in readings]}
