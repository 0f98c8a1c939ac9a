"""Blind times: when the probe itself could reach nothing, or did not run.

In: the table of incidents, an instant. Out: the last such time, as a range of Unix
times. A failing probe of that time shows nothing of its target.
It does not: judge; `parallax.diagnose.silence` does.
"""

import logging
from datetime import datetime

from parallax.incidents.items import Items
from parallax.incidents.table import from_image
from parallax.model.finding import State
from parallax.model.judgement import MONITOR_BLIND, PROBES_SILENT
from parallax.model.packed import UnreadableError

SUBJECT = "stack/probe"
"""The subject of both causes (`parallax.diagnose.silence.subject`)."""
log = logging.getLogger(__name__)


def blind_times(table: str, now: datetime) -> tuple[tuple[int, int], ...]:
    """Return the last blind time; empty: there was none. Raises botocore's errors."""
    item = Items(table).get(SUBJECT)
    if item is None:
        return ()
    try:
        incident = from_image(item)
    except UnreadableError as error:
        log.warning("blind time was not readable", extra={"reason": str(error)})
        return ()
    if incident.cause not in {MONITOR_BLIND, PROBES_SILENT}:
        return ()
    ended = incident.state is State.RESOLVED
    until = incident.changed_at if ended else now
    return ((int(incident.since.timestamp()), int(until.timestamp()) + 1),)
