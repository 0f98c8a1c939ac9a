"""LatestRounds: a target's healthy runs, from the round of its shard.

In: functions that read one round's item, or all of them. Out: runs, oldest first.
It does not: know the number of shards; the rounds have it.
"""

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress

from parallax.journal.observation import Item
from parallax.journal.rounds import read_round
from parallax.model.packed import UnreadableError, in_clear
from parallax.model.probe import ProbeRun
from parallax.model.round import TargetRound
from parallax.targets.shard import shard_of

log = logging.getLogger(__name__)


class LatestRounds:
    """The newest rounds; each is read again at every call, and decoded once."""

    def __init__(
        self, read: Callable[[int], Item], read_all: Callable[[], Sequence[Item]]
    ) -> None:
        self._read, self._read_all = read, read_all
        self._of = 1
        self._decoded: dict[str, tuple[object, dict[str, TargetRound]]] = {}

    def runs(self, target: str) -> tuple[ProbeRun, ...]:
        """Return the healthy runs of a target; empty: no round has any."""
        found = self._own(target) or self._any(target)
        return found.runs if found else ()

    def _own(self, target: str) -> TargetRound | None:
        """Return what the round of the target's shard says of it."""
        of = self._of
        item = self._read(shard_of(target, of))
        with suppress(TypeError, ValueError):
            self._of = max(1, int(in_clear(item, "of", "N")))
        if self._of != of:
            item = self._read(shard_of(target, self._of))
        return self._targets(item).get(target)

    def _any(self, target: str) -> TargetRound | None:
        """Return what any round says of the target: the number of shards may change."""
        if self._of == 1:
            return None
        rounds = (self._targets(item) for item in self._read_all())
        return next((found[target] for found in rounds if target in found), None)

    def _targets(self, item: Item) -> dict[str, TargetRound]:
        """Return the targets of a round; an unreadable one is logged and has none."""
        key, payload = in_clear(item, "sk"), in_clear(item, "payload", "B")
        if key is None:
            return {}
        known, targets = self._decoded.get(key, (None, {}))
        if known == payload:
            return targets
        try:
            targets = {one.target: one for one in read_round(item).targets}
        except UnreadableError as error:
            log.warning("round skipped", extra={"reason": str(error)})
            targets = {}
        self._decoded[key] = payload, targets
        return targets
