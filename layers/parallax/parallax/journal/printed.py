"""PrintedJournal: prints what a journal would store.

In: observations. Out: one JSON line each on standard output.
It does not: store anything. It is for `sam local invoke` without an AWS account.
"""

import sys
from datetime import datetime

from parallax.journal.observation import Observation, to_item
from parallax.journal.rounds import round_item
from parallax.model.plain import json_text
from parallax.model.round import LastRound, Round
from parallax.model.wire import encode


class PrintedJournal:
    """A journal that prints to standard output."""

    def record(self, observation: Observation) -> None:
        """Print one observation with the key it would have."""
        item = to_item(observation)
        line = {
            "would_store": {name: item[name]["S"] for name in ("pk", "sk", "kind")},
            "observation": encode(observation),
        }
        sys.stdout.write(json_text(line, separators=(", ", ": ")) + "\n")

    def record_round(self, finished: Round) -> None:
        """Print a round with the key it would have."""
        item = round_item(finished)
        line = {
            "would_store": {name: item[name]["S"] for name in ("pk", "sk", "kind")},
            "round": encode(finished),
        }
        sys.stdout.write(json_text(line, separators=(", ", ": ")) + "\n")

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
