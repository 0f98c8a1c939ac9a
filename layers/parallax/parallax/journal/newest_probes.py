"""Newest probes: the last probe of every target, from the rounds of all shards.

In: the journal's table. Out: when each target was probed last, and whether that probe
was healthy. An unreadable round is logged and skipped.
It does not: decode a run, or import pydantic; a stack may have thousands of targets.
"""

import json
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from parallax.aws import client
from parallax.journal.round_times import FIRST, LAST, ROUNDS
from parallax.model.packed import UNPACKED_LIMIT, in_clear, inflate

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class NewestProbe:
    """The last probe of a target; the time is exact to the second."""

    at: datetime
    healthy: bool


def newest_probes(table: str) -> Mapping[str, NewestProbe]:
    """Return the last probe of each target; raises botocore's errors."""
    found: dict[str, NewestProbe] = {}
    for item in round_items(table):
        for name, newest in _newest(item):
            known = found.get(name)
            # A target changes its shard if the number of shards changes.
            if known is None or newest.at > known.at:
                found[name] = newest
    return found


def round_items(table: str) -> Iterator[Mapping[str, Any]]:
    """Yield the item of each shard's last round; raises botocore's errors."""
    pages = client("dynamodb").get_paginator("query")
    for page in pages.paginate(
        TableName=table,
        KeyConditionExpression="pk = :key AND sk BETWEEN :first AND :last",
        ExpressionAttributeValues={
            ":key": {"S": ROUNDS},
            ":first": {"S": FIRST},
            ":last": {"S": LAST},
        },
    ):
        yield from page["Items"]


def _newest(item: Mapping[str, Any]) -> list[tuple[str, NewestProbe]]:
    return read_targets(item, _of_targets)


def read_targets[T](
    item: Mapping[str, Any], read: Callable[[Any], Iterable[T]]
) -> list[T]:
    """Return what `read` finds in a round's targets; nothing if it is unreadable."""
    try:
        payload = in_clear(item, "payload", "B")
        plain = json.loads(inflate(payload, UNPACKED_LIMIT))
        return [*read(plain["targets"])]
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        reason = f"{in_clear(item, 'sk')}: {type(error).__name__}"
        log.warning("round was skipped", extra={"reason": reason})
        return []


def _of_targets(targets: Any) -> Iterator[tuple[str, NewestProbe]]:  # noqa: ANN401 - JSON
    for one in targets:
        if past := one.get("past"):
            last = past[-1]
            later = last.get("later") or (0,)
            at = datetime.fromisoformat(last["started_at"])
            at += timedelta(seconds=int(later[-1]))
            yield str(one["target"]), NewestProbe(at, healthy=bool(last["healthy"]))
