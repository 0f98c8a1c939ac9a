"""Rehearsal: half an hour of rounds before a simulation begins.

In: the timeline, the targets, a push of one agent. Out: rounds in the journal, each of
them seen by `ingest`, which remembers when they began.
It does not: probe, or count. A container of `ingest` that has seen half an hour of
rounds needs fewer heartbeats (`parallax.ingest.next_heartbeat`), and lives for hours.
An item of a round is larger with half an hour of past.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from random import Random

from bench.cost.timeline import Timeline
from parallax.ingest.next_heartbeat import MANY, VISIBLE
from parallax.journal.choose import open_journal
from parallax.model.round import Round, Streak, TargetRound
from parallax.targets.shard import shard_of, shards

JITTER = 2.0
"""Seconds by which the schedule is early or late, at most. Assumed: AWS promises that
an invocation is in its minute."""
SECONDS = 60.0 * MANY
SEEN = VISIBLE.total_seconds() + 5
"""Seconds after a round until the agent's push."""


def rehearse(
    timeline: Timeline, targets: Sequence[str], push: Callable[[], object]
) -> None:
    """Let `SECONDS` pass, with the rounds of all shards in each minute.

    The last rounds have the past of all targets: half an hour of healthy probes.
    """
    journal, of, chance = open_journal("Journal"), shards(len(targets)), Random(1)
    starts: list[datetime] = []
    for minute in range(MANY):
        late = JITTER + chance.uniform(-JITTER, JITTER)
        timeline.skip(late)
        starts.append(datetime.now(UTC))
        known = targets if minute == MANY - 1 else ()
        for number in range(of):
            began = starts[-1] + timedelta(seconds=shard_delay(number, of))
            mine = [name for name in known if shard_of(name, of) == number]
            journal.record_round(
                Round(
                    shard=number,
                    of=of,
                    started_at=began,
                    ended_at=began,
                    targets=tuple(_healthy(name, starts) for name in mine),
                )
            )
        timeline.skip(SEEN)
        push()
        timeline.skip(60.0 - late - SEEN)


def _healthy(name: str, starts: Sequence[datetime]) -> TargetRound:
    """Return a target with a past without failure."""
    first = starts[0]
    streak = Streak(
        started_at=first,
        healthy=True,
        status_code=200,
        later=tuple(round((one - first).total_seconds()) for one in starts[1:]),
        addresses=("127.0.0.1",),
    )
    return TargetRound(target=name, past=(streak,))


def shard_delay(number: int, of: int) -> float:
    """Return the mean seconds from a scheduled invocation to that of a shard.

    The scheduled one invokes the others first, and then probes shard 0.
    """
    # Not before SSL_CERT_FILE is set: the package reads the authorities at its import.
    from parallax.probe.fan_out import longest_pause  # noqa: PLC0415

    return longest_pause(of) / 2 * (number or of - 1)
