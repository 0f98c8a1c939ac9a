"""Diagnosis: one invocation of `diagnose`, a batch of observations or the hourly sweep.

In: the settings, the targets, records of the journal's stream. Out: incidents in their
table. A record or an incident that cannot be read goes to the dead-letter queue.
It does not: read the targets file, or call anything but its tables, its queue and the
bucket of snapshots.
"""

import logging
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, cached_property
from typing import Any

from parallax import stream
from parallax.incidents.advice import DynamoAdvice
from parallax.incidents.blind_times import blind_times
from parallax.incidents.due import due, in_round, listeners
from parallax.incidents.judging import Judging
from parallax.incidents.move import Moves
from parallax.incidents.shrink import shrink_resolved
from parallax.incidents.sweep import sweep_all
from parallax.incidents.table import DynamoIncidents
from parallax.journal.choose import open_journal
from parallax.journal.observation import Journal
from parallax.model.finding import Incident
from parallax.model.round import Round
from parallax.model.target import Target
from parallax.settings import Settings
from parallax.snapshots.bucket import open_bucket
from parallax.snapshots.claim_check import ClaimCheck
from parallax.story.rules import Rules
from parallax.tracing import part

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Diagnosis:
    """The tables and rules of a function with these settings; one per container."""

    settings: Settings
    _known: dict[str, Sequence[Target]] = field(
        default_factory=dict[str, Sequence[Target]]
    )

    @cached_property
    def _journal(self) -> Journal:
        """The journal; it remembers readings and rounds from batch to batch."""
        return open_journal(self.settings.journal_table)

    def judge_batch(
        self, event: dict[str, Any], targets: Sequence[Target]
    ) -> dict[str, Any]:
        """Judge each concerned target once; return the records to send again."""
        moves, incidents = self._moves(), self._tables()[0]
        now = datetime.now(UTC)
        opened = cache(incidents.open)

        def judge(target: Target) -> Sequence[Incident]:
            # Each target at its own time: a batch may take seconds.
            with part("judge", target=target.name, cluster=target.reached.cluster):
                return moves.move(target, datetime.now(UTC))

        def listen(round_: Round) -> list[Incident]:
            present = in_round(round_, self._listeners(targets))
            return _listen(present, moves, opened())

        judging = Judging(
            targets,
            judge,
            self.settings.dead_letters_url,
            lambda round_: due(round_, opened(), now),
            listen,
        )
        return stream.process(event, judging.take)

    def listen(self, targets: Sequence[Target]) -> list[str]:
        """Judge whether all agents and probes report; return the subjects that moved.

        It depends neither on a probe nor on a push, so that it notices if both end.
        """
        opened = self._tables()[0].open()
        moved = _listen(self._listeners(targets), self._moves(), opened)
        return [incident.subject for incident in moved]

    def _listeners(self, targets: Sequence[Target]) -> Sequence[Target]:
        """Return the listeners, once for a file: it takes 40 ms for 10,000 targets."""
        known = self._known
        if known.get("targets") is not targets:
            known |= {"targets": targets, "listeners": listeners(targets)}
        return known["listeners"]

    def sweep(self, targets: Sequence[Target]) -> list[str]:
        """End the incidents and advice of targets that are not in the file.

        Incidents that have ended lose their last finding.
        """
        incidents, advice = self._tables()
        now = datetime.now(UTC)
        ended = sweep_all(targets, incidents, advice, now)
        log.info("incidents of unwatched targets ended", extra={"subjects": ended})
        shrunk = shrink_resolved(incidents, now)
        log.info("incidents that ended were reduced", extra={"subjects": shrunk})
        return ended

    def count_uptime(self, targets: Sequence[Target]) -> int | None:
        """Add the newest probes to the targets' histories; return until when.

        None: nothing can be counted yet, or this stack keeps no history.
        """
        from parallax.uptime import roll_up  # noqa: PLC0415 - once an hour

        table, journal = self.settings.uptime_table, self.settings.journal_table
        if table is None or journal is None:
            return None
        now = datetime.now(UTC)
        blind = blind_times(self.settings.need("incidents_table"), now)
        counted = roll_up.open_roll_up(journal, table, targets, blind).run(now)
        log.info("uptime was counted", extra={"until": counted})
        return counted

    def _moves(self) -> Moves:
        journal = self._journal
        incidents, advice = self._tables()
        bucket = self.settings.snapshot_bucket
        return Moves(
            recent=journal.recent,
            incidents=incidents,
            rules=Rules.of(self.settings),
            records=advice,
            # All targets of a cluster have the same agents: one read for a batch.
            agents=cache(journal.agents),
            signs=journal.signs,
            check_in=ClaimCheck(open_bucket(bucket) if bucket else None).check_in,
        )

    def _tables(self) -> tuple[DynamoIncidents, DynamoAdvice]:
        table = self.settings.need("incidents_table")
        return DynamoIncidents(table, self._send_to_dead_letters), DynamoAdvice(table)

    def _send_to_dead_letters(self, item: Mapping[str, Any], reason: str) -> None:
        """Send an unreadable incident to the dead-letter queue, which has an alarm."""
        stream.send_to_dead_letters(
            {"item": item}, reason, self.settings.dead_letters_url
        )


def _listen(
    targets: Sequence[Target], moves: Moves, open_subjects: Container[str]
) -> list[Incident]:
    """Judge silence from each of these targets; return the incidents that moved.

    One that cannot be judged costs no other. Raises `ExceptionGroup` after the last.
    """
    moved: list[Incident] = []
    errors: list[Exception] = []
    for target in targets:
        try:
            moved += moves.listen(target, datetime.now(UTC), open_subjects)
        except Exception as error:  # noqa: BLE001 - raised after all others
            errors.append(error)
    if errors:
        raise ExceptionGroup("silence was not judged from every target", errors)
    return moved
