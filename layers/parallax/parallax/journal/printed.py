"""PrintedJournal: prints what a journal would store.

In: observations. Out: one JSON line each on standard output.
It does not: store anything. It is for `sam local invoke` without an AWS account.
"""

import sys
from collections.abc import Iterable
from datetime import datetime

from parallax.journal.agent_items import heartbeat_item, part_item
from parallax.journal.observation import Item, Observation, to_item
from parallax.journal.round_times import RoundTimes
from parallax.journal.rounds import round_item
from parallax.model.heartbeat import Agents
from parallax.model.plain import json_text
from parallax.model.push import Push, ReadingPart
from parallax.model.round import LastRound, Round
from parallax.model.wire import encode


class PrintedJournal:
    """A journal that prints to standard output."""

    def record(self, observation: Observation) -> None:
        """Print one observation with the key it would have."""
        _print(to_item(observation), "observation", observation)

    def record_round(self, finished: Round) -> None:
        """Print a round with the key it would have."""
        _print(round_item(finished), "round", finished)

    def last_round(self, shard: int, of: int) -> LastRound:
        """Return a round without targets: nothing is stored."""
        del shard, of
        return LastRound(targets={})

    def recent(self, target: str, since: datetime) -> tuple[Observation, ...]:
        """Return nothing: nothing is stored."""
        del target, since
        return ()

    def newest_run(self, target: str) -> None:
        """Return nothing: nothing is stored."""
        del target

    def addresses(self, target: str, since: datetime) -> tuple[str, ...]:
        """Return nothing: nothing is stored."""
        del target, since
        return ()

    def signs(self, target: str, since: datetime) -> tuple[Observation, ...]:
        """Return nothing: nothing is stored."""
        return self.recent(target, since)

    def agents(self, cluster: str) -> Agents:
        """Return nothing: nothing is stored."""
        del cluster
        return Agents()

    def record_heartbeat(self, push: Push, received_at: datetime) -> None:
        """Print a heartbeat with the key it would have."""
        _print(heartbeat_item(push, received_at), "heartbeat", push.heartbeat)

    def keep(self, cluster: str, part: ReadingPart, now: datetime) -> None:
        """Print a part of a reading with the key it would have."""
        _print(part_item(cluster, part, now), "reading", part.reading)

    def lacking(
        self, cluster: str, digests: Iterable[str], now: datetime
    ) -> tuple[str, ...]:
        """Return nothing, so that no agent sends a reading again and again."""
        del cluster, digests, now
        return ()

    def round_times(self) -> tuple[RoundTimes, ...]:
        """Return nothing: nothing is stored."""
        return ()


def _print(item: Item, what: str, value: object) -> None:
    line = {
        "would_store": {name: item[name]["S"] for name in ("pk", "sk", "kind")},
        what: encode(value),
    }
    sys.stdout.write(json_text(line, separators=(", ", ": ")) + "\n")
