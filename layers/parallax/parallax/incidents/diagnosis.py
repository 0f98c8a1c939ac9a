"""Diagnosis: one invocation of `diagnose`, a batch of observations or the hourly sweep.

In: the settings, the targets, records of the journal's stream. Out: incidents in their
table. A record or an incident that cannot be read goes to the dead-letter queue.
It does not: read the targets file, or call anything but its tables and its queue.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from parallax import stream
from parallax.incidents.advice import DynamoAdvice
from parallax.incidents.due import due, in_round, listeners
from parallax.incidents.judging import Judging
from parallax.incidents.move import move, move_silences
from parallax.incidents.sweep import sweep_all
from parallax.incidents.table import DynamoIncidents
from parallax.journal.choose import open_journal
from parallax.journal.observation import Journal
from parallax.model.finding import Incident
from parallax.model.round import Round
from parallax.model.target import Target
from parallax.settings import Settings
from parallax.story.rules import Rules

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The tables and rules of a function with these settings."""

    settings: Settings

    def judge_batch(
        self, event: dict[str, Any], targets: Sequence[Target]
    ) -> dict[str, Any]:
        """Judge each concerned target once; return the records to send again."""
        journal = open_journal(self.settings.journal_table)
        incidents, advice = self._tables()
        now = datetime.now(UTC)
        opened = cache(incidents.open)

        def judge(target: Target) -> Sequence[Incident]:
            # Each target at its own time: a batch may take seconds.
            at, rules = datetime.now(UTC), self._rules()
            agents = journal.agents
            return move(target, journal.recent, incidents, at, rules, advice, agents)

        def listen(round_: Round) -> list[Incident]:
            present = in_round(round_, listeners(targets))
            return self._listen(present, journal, incidents, opened())

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
        journal = open_journal(self.settings.journal_table)
        incidents, _ = self._tables()
        moved = self._listen(listeners(targets), journal, incidents, incidents.open())
        return [incident.subject for incident in moved]

    def _listen(
        self,
        targets: Sequence[Target],
        journal: Journal,
        incidents: DynamoIncidents,
        opened: Mapping[str, object],
    ) -> list[Incident]:
        moved: list[Incident] = []
        for target in targets:
            at, rules = datetime.now(UTC), self._rules()
            moved += move_silences(
                target, journal.recent, incidents, at, rules, journal.agents, opened
            )
        return moved

    def sweep(self, targets: Sequence[Target]) -> list[str]:
        """End the incidents and advice of targets that are not in the file."""
        ended = sweep_all(targets, *self._tables(), datetime.now(UTC))
        log.info("incidents of unwatched targets ended", extra={"subjects": ended})
        return ended

    def _tables(self) -> tuple[DynamoIncidents, DynamoAdvice]:
        table = self.settings.need("incidents_table")
        return DynamoIncidents(table, self._send_to_dead_letters), DynamoAdvice(table)

    def _send_to_dead_letters(self, item: Mapping[str, Any], reason: str) -> None:
        """Send an unreadable incident to the dead-letter queue, which has an alarm."""
        stream.send_to_dead_letters(
            {"item": item}, reason, self.settings.dead_letters_url
        )

    def _rules(self) -> Rules:
        """Return the times of an incident, as the stack's parameters set them."""
        return Rules(
            settle_seconds=self.settings.settle_seconds,
            quiet_seconds=self.settings.quiet_seconds,
            evidence_seconds=self.settings.evidence_seconds,
            reminder_seconds=self.settings.reminder_seconds,
        )
