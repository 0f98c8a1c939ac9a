"""Diagnose: judges all that is known about a target and moves its incident.

In: records of the journal's stream; `{"sweep": true}` once an hour; by hand,
`{"snapshot": {…}}`, which is judged and printed. Out: incidents. It does not: call
out to anything but its tables.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from parallax import settings, stream, targets
from parallax.incidents.advice import DynamoAdvice
from parallax.incidents.judging import Judging
from parallax.incidents.move import move
from parallax.incidents.sweep import sweep_all
from parallax.incidents.table import DynamoIncidents
from parallax.journal.choose import open_journal
from parallax.logs import open_log, with_context
from parallax.model.finding import Incident
from parallax.model.snapshot import Snapshot
from parallax.model.target import Target
from parallax.model.wire import decode
from parallax.notify.replay import replay
from parallax.story.rules import Rules

found = settings.read()
log = open_log()


@with_context(log)
def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Judge each target of the batch once; return the records that must come again."""
    if "snapshot" in event:
        return replay(decode(Snapshot, event["snapshot"]))
    # First, so that a wrong file buries no record: the whole batch comes again.
    watched = targets.load(targets.find())
    table = DynamoIncidents(found.need("incidents_table"), aside)
    advice = DynamoAdvice(found.need("incidents_table"))
    if event.get("sweep"):
        ended = sweep_all(watched, table, advice, datetime.now(UTC))
        log.info("incidents of unwatched targets ended", subjects=ended)
        return {"ended": ended}
    journal = open_journal(found.journal_table)

    def judge(target: Target) -> Sequence[Incident]:
        now = datetime.now(UTC)
        return move(target, journal.recent, table, now, rules(), advice)

    judging = Judging(watched, judge, found.dead_letters_url)
    return stream.process(event, judging.take)


def aside(item: Mapping[str, Any], reason: str) -> None:
    """Keep an incident that can't be read, where an alarm tells of it."""
    stream.send_to_dead_letters({"item": item}, reason, found.dead_letters_url)


def rules() -> Rules:
    """Return the incident's patience as the stack's parameters set it."""
    return Rules(
        settle_seconds=found.settle_seconds,
        quiet_seconds=found.quiet_seconds,
        evidence_seconds=found.evidence_seconds,
        reminder_seconds=found.reminder_seconds,
    )
