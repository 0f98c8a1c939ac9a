"""Round times: when each shard's last round of probes began and ended.

In: the table. Out: one value for each shard, from plain attributes of its round.
It does not: read what a round contains, or import what decodes it.
"""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from parallax.aws import client
from parallax.model.packed import in_clear

ROUNDS = "#rounds"
"""The partition of all rounds: no target's name begins with `#`."""
FIRST, LAST = "0", ":"
"""The sort keys of shards begin with a digit, and `:` is the character after `9`. A
report of a target named `#rounds` is not a round."""
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundTimes:
    """The last round of shard number `shard` of `of`."""

    shard: int
    of: int
    started_at: datetime
    ended_at: datetime


def read_round_times(table: str) -> tuple[RoundTimes, ...]:
    """Return the last round of each shard; an unreadable one is logged and skipped.

    Reads may miss the last second, and cost half as much as consistent ones.
    """
    page = client("dynamodb").query(
        TableName=table,
        KeyConditionExpression="pk = :key AND sk BETWEEN :first AND :last",
        ProjectionExpression="sk, started_at, ended_at, #of",
        ExpressionAttributeNames={"#of": "of"},
        ExpressionAttributeValues={
            ":key": {"S": ROUNDS},
            ":first": {"S": FIRST},
            ":last": {"S": LAST},
        },
    )
    found = [_times(item) for item in page["Items"]]
    return tuple(times for times in found if times)


def _times(item: dict[str, Any]) -> RoundTimes | None:
    try:
        return RoundTimes(
            shard=int(in_clear(item, "sk")),
            of=int(in_clear(item, "of", "N")),
            started_at=datetime.fromisoformat(in_clear(item, "started_at")),
            ended_at=datetime.fromisoformat(in_clear(item, "ended_at")),
        )
    except (TypeError, ValueError) as error:
        log.warning("round skipped", extra={"reason": repr(error)})
        return None
