"""Diagnose: judges all that is known about a target and moves its incident.

In: records of the journal's stream; `{"sweep": true}` once an hour; by hand,
`{"snapshot": {…}}`, which is judged and printed. Out: incidents. It does not: call
out to anything but its tables.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from parallax import incidents, settings, targets
from parallax.diagnose import Rules
from parallax.incidents.advice import DynamoAdvice
from parallax.incidents.move import move_all
from parallax.incidents.sweep import sweep, sweep_advice
from parallax.journal import from_image, open_journal
from parallax.logs import open_log, with_context
from parallax.model.snapshot import Snapshot
from parallax.model.wire import decode
from parallax.notify.replay import replay
from parallax.stream import bury, contents

found = settings.read()
log = open_log()


@with_context(log)
def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Judge each target of the batch once; raise if the batch must come again."""
    if "snapshot" in event:
        return replay(decode(Snapshot, event["snapshot"]))
    # First, so that a wrong file puts nothing aside: the whole batch comes again.
    watched = targets.load(targets.find())
    table = incidents.DynamoIncidents(found.need("incidents_table"), aside)
    advice = DynamoAdvice(found.need("incidents_table"))
    if event.get("sweep"):
        now = datetime.now(UTC)
        ended = [incident.subject for incident in sweep(watched, table, now)]
        ended += sweep_advice(watched, advice, now)
        log.info("incidents of unwatched targets ended", subjects=ended)
        return {"ended": ended}
    records = {
        observation.target: record
        for record, observation in contents(event, from_image, found.dead_letters_url)
    }
    known = [t for t in watched if t.name in records]
    journal = open_journal(found.journal_table)
    moved, hopeless = move_all(
        known, journal.recent, table, datetime.now(UTC), rules(), advice
    )
    for name, error in hopeless.items():
        bury(records[name], f"{name}: {error!r}", found.dead_letters_url)
    for incident in moved:
        log.info("incident updated", subject=incident.subject, state=incident.state)
    return {"moved": [incident.subject for incident in moved]}


def aside(item: Mapping[str, Any], reason: str) -> None:
    """Keep an incident that can't be read, where an alarm tells of it."""
    bury({"item": item}, reason, found.dead_letters_url)


def rules() -> Rules:
    """Return the incident's patience as the stack's parameters set it."""
    return Rules(
        settle_seconds=found.settle_seconds,
        quiet_seconds=found.quiet_seconds,
        evidence_seconds=found.evidence_seconds,
        reminder_seconds=found.reminder_seconds,
    )
