"""LatestRounds: the rounds in the journal's table, one for each shard.

In: a table's name, a round. Out: the last round of a shard, for the probe; the healthy
runs of a target, for a judgement. An unreadable round is logged and skipped.
It does not: know the number of shards beforehand; the rounds have it.
"""

import logging
from contextlib import suppress
from datetime import timedelta
from time import monotonic

from parallax.aws import client
from parallax.journal.conditional import held
from parallax.journal.observation import Item, moment
from parallax.journal.round_times import ROUNDS
from parallax.journal.rounds import (
    key_of,
    read_round,
    remembered,
    round_item,
)
from parallax.model.packed import UnreadableError, in_clear
from parallax.model.probe import ProbeRun
from parallax.model.round import LastRound, Round, TargetRound
from parallax.targets.shard import shard_of

ODD = timedelta(hours=1)
"""A round that began so long after another one's end has a wrong clock: it must not
stay forever."""
_IS_NEWER = (
    "attribute_not_exists(started_at) OR started_at <= :began OR started_at > :odd"
)
log = logging.getLogger(__name__)


class LatestRounds:
    """The newest rounds; each is read again at every call, and decoded once."""

    def __init__(self, table: str) -> None:
        self.table = table
        self._dynamodb = client("dynamodb")
        self._of = 1
        self._read_at, self._all = float("-inf"), dict[str, TargetRound]()
        self._decoded: dict[str, tuple[object, dict[str, TargetRound]]] = {}

    def store(self, finished: Round) -> None:
        """Store a shard's round in place of its last one, unless that began later.

        Two invocations may overlap if probes time out: the earlier one ends last, and
        what it read of the targets is older.
        """
        item = round_item(finished)
        later = {"S": moment(finished.ended_at + ODD)}
        stored = held(
            self._dynamodb.put_item,
            TableName=self.table,
            Item=item,
            ConditionExpression=_IS_NEWER,
            ExpressionAttributeValues={":began": item["started_at"], ":odd": later},
        )
        if not stored:
            log.info("round skipped", extra={"reason": "a later one is stored"})

    def last(self, shard: int, of: int) -> LastRound:
        """Return what the last round of shard number `shard` of `of` said.

        If the number of shards changed, all rounds count. Without a round there are no
        targets.
        """
        item = self._read(shard)
        same = in_clear(item, "of", "N") == f"{of}"
        found: list[LastRound] = []
        for one in [item] if same else self._read_all():
            try:
                found.append(remembered(one))
            except UnreadableError as error:
                log.warning("round skipped", extra={"reason": str(error)})
        if same and found:
            return found[0]
        return LastRound(
            targets={n: t for one in found for n, t in one.targets.items()}
        )

    def runs(self, target: str) -> tuple[ProbeRun, ...]:
        """Return the healthy runs of a target; empty: no round has any."""
        found = self._own(target) or self._any(target)
        return found.runs if found else ()

    def healthy_run(self, target: str, age: float) -> ProbeRun | None:
        """Return the last run of a target that does not fail; None: it fails.

        The round was read at most so many seconds ago, for all of its targets.
        """
        now = monotonic()
        if now - self._read_at > age:
            self._read_at, self._all = now, {}
            for item in self._read_all():
                self._all |= self._targets(item)
        found = self._all.get(target)
        return found.run if found and found.failure is None else None

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

    def _read(self, shard: int) -> Item:
        """Return the item of a shard's round; empty: there is none."""
        found = self._dynamodb.get_item(
            TableName=self.table, Key=key_of(shard), ConsistentRead=True
        )
        return found.get("Item", {})

    def _read_all(self) -> list[Item]:
        """Return the items of all rounds."""
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self.table,
            KeyConditionExpression="pk = :rounds",
            ExpressionAttributeValues={":rounds": {"S": ROUNDS}},
            ConsistentRead=True,
        )
        return [item for page in pages for item in page["Items"]]
