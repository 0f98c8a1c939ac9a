"""Rehearsal: half an hour of rounds before a simulation begins.

In: the timeline, a push of one agent. Out: rounds without targets in the journal, each
of them seen by `ingest`, which remembers when they began.
It does not: probe, or count. A container of `ingest` that has seen half an hour of
rounds needs fewer heartbeats (`parallax.ingest.next_heartbeat`), and lives for hours.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random

from bench.cost.timeline import Timeline
from parallax.ingest.next_heartbeat import MANY, VISIBLE
from parallax.journal.choose import open_journal
from parallax.model.round import Round
from parallax.targets.shard import shards

JITTER = 2.0
"""Seconds by which the schedule is early or late, at most. Assumed: AWS promises that
an invocation is in its minute."""
SECONDS = 60.0 * MANY
SEEN = VISIBLE.total_seconds() + 5
"""Seconds after a round until the agent's push."""


def rehearse(timeline: Timeline, targets: int, push: Callable[[], object]) -> None:
    """Let `SECONDS` pass, with the rounds of all shards in each minute."""
    journal, of, chance = open_journal("Journal"), shards(targets), Random(1)  # noqa: S311 - a simulation
    for _ in range(MANY):
        late = JITTER + chance.uniform(-JITTER, JITTER)
        timeline.skip(late)
        start = datetime.now(UTC)
        for number in range(of):
            began = start + timedelta(seconds=shard_delay(number, of))
            journal.record_round(
                Round(shard=number, of=of, started_at=began, ended_at=began, targets=())
            )
        timeline.skip(SEEN)
        push()
        timeline.skip(60.0 - late - SEEN)


def shard_delay(number: int, of: int) -> float:
    """Return the mean seconds from a scheduled invocation to that of a shard.

    The scheduled one invokes the others first, and then probes shard 0.
    """
    # Not before SSL_CERT_FILE is set: the package reads the authorities at its import.
    from parallax.probe.fan_out import longest_pause  # noqa: PLC0415

    return longest_pause(of) / 2 * (number or of - 1)
