"""Diagnose: judges all observations of a target and updates its incident.

In: records of the journal's stream; `{"listen": true}` once a minute: do agents and
probes report?; `{"sweep": true}` and `{"uptime": true}` once an hour; every five
minutes, if it is switched on, `{"status_page": true}`; by hand, `{"snapshot": {…}}`,
which is judged and printed. Out: incidents, and their snapshots in S3; histories of
uptime; the status page. It does not: call anything but its tables, its buckets and its
dead-letter queue.
"""

from typing import Any

from parallax import settings, targets
from parallax.incidents.diagnosis import Diagnosis
from parallax.logs import open_log, with_context
from parallax.model.stored_snapshot import decode_snapshot
from parallax.notify.replay import replay

configuration = settings.read()
diagnosis = Diagnosis(configuration)
log = open_log()


@with_context(log)
def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Judge each target of the batch once; return the records to send again."""
    if "snapshot" in event:
        return replay(decode_snapshot(event["snapshot"]))
    # A wrong file fails the whole batch, which Lambda retries; no record is lost.
    watched = targets.load(targets.find())
    if event.get("listen"):
        return {"moved": diagnosis.listen(watched)}
    if event.get("sweep"):
        return {"ended": diagnosis.sweep(watched)}
    if event.get("uptime"):
        return {"counted_until": diagnosis.count_uptime(watched)}
    if event.get("status_page"):
        from parallax.status_page import scheduled  # noqa: PLC0415 - few stacks have it

        return {"written": scheduled.publish_status_page(configuration, watched)}
    return diagnosis.judge_batch(event, watched)
