"""PrintedJournal: prints what would have been stored, where no journal is.

In: observations. Out: one JSON line each on standard output.
It does not: remember anything. It serves `sam local invoke` without an account.
"""

import sys
from datetime import datetime

from parallax.journal.observation import Observation, to_item
from parallax.model.plain import json_text
from parallax.model.wire import encode


class PrintedJournal:
    """A journal for the eye."""

    def record(self, observation: Observation) -> None:
        """Print one observation with the key it would have had."""
        item = to_item(observation)
        line = {
            "would_store": {name: item[name]["S"] for name in ("pk", "sk", "kind")},
            "observation": encode(observation),
        }
        sys.stdout.write(json_text(line, separators=(", ", ": ")) + "\n")

    def recent(self, target: str, since: datetime) -> tuple[Observation, ...]:
        """Return nothing: nothing was kept."""
        del target, since
        return ()

    def addresses(self, target: str, since: datetime) -> tuple[str, ...]:
        """Return nothing: nothing was kept."""
        del target, since
        return ()
