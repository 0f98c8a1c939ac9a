"""StoredRounds: the last round of every shard, for who reads all targets at once.

In: a table's name. Out: rounds as `remembered` returns them, without pydantic.
It does not: read one target; `latest_rounds` does.
"""

import logging
from collections.abc import Mapping
from typing import Any

from parallax.aws import client
from parallax.journal.round_times import ROUNDS
from parallax.journal.rounds import is_round, remembered
from parallax.model.packed import UnreadableError, in_clear
from parallax.model.round import LastRound

log = logging.getLogger(__name__)


def stored_rounds(table: str) -> Mapping[int, LastRound]:
    """Return the last round of each shard, by the shard's number.

    Rounds of shards that no longer exist are left out. An unreadable round is logged
    and skipped. Reads may miss the last second, and cost half as much as consistent
    ones. Raises botocore's errors.
    """
    pages = (
        client("dynamodb")
        .get_paginator("query")
        .paginate(
            TableName=table,
            KeyConditionExpression="pk = :rounds",
            ExpressionAttributeValues={":rounds": {"S": ROUNDS}},
        )
    )
    items = [item for page in pages for item in page["Items"] if is_round(item)]
    newest = max(items, key=_end, default=None)
    shards = _count(newest)
    found: dict[int, LastRound] = {}
    for item in items:
        try:
            number = int(in_clear(item, "sk"))
            if number < shards:
                found[number] = remembered(item)
        except (UnreadableError, ValueError, TypeError) as error:
            log.warning("round skipped", extra={"reason": repr(error)})
    return found


def _end(item: Mapping[str, Any]) -> str:
    return in_clear(item, "ended_at") or ""


def _count(item: Mapping[str, Any] | None) -> int:
    """Return of how many shards a round is one; 0 without a round."""
    try:
        return int(in_clear(item, "of", "N")) if item else 0
    except (TypeError, ValueError):
        return 0
