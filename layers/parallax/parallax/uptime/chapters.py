"""Chapters: the past of each shard in the journal, four times an hour.

In: the rounds of one container of the probe; for the roll-up, a time range. Out: stored
chapters. Each has half an hour, so that one which was not written loses nothing.
It does not: fail a round. What cannot be written is logged.
"""

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from parallax.aws import client
from parallax.journal.observation import moment
from parallax.model.packed import UnreadableError
from parallax.model.round import LastRound, Round
from parallax.uptime.chapter import PARTITION, Chapter, chapter_item, read_chapter

EVERY = 15
"""Minutes between two chapters of a shard; each shard has its own minute."""
PAUSE = timedelta(minutes=5)
"""Time without a round after which the last one is stored as well."""
END = "~"
"""Sorts after every key of the partition."""
log = logging.getLogger(__name__)


def due(finished: Round, last: LastRound | None) -> Iterator[Round]:
    """Yield the rounds whose past is stored now.

    One in each quarter of an hour. After a pause of the probes also the last round
    before it: no later one has its probes.
    """
    before = last.started_at if last else None
    if last and before and finished.started_at - before > PAUSE:
        past = tuple(last.targets.values())
        yield replace(finished, started_at=before, targets=past)
    if finished.started_at.minute % EVERY == finished.shard % EVERY:
        yield finished


class Chapters:
    """The chapters in the journal's table; without a table nothing is kept."""

    def __init__(self, table: str | None) -> None:
        self.table = table

    def keep(self, finished: Round, last: LastRound | None) -> None:
        """Store what is due after a round; `last` is the one before. Raises nothing."""
        if self.table is None:
            return
        for one in due(finished, last):
            try:
                client("dynamodb").put_item(
                    TableName=self.table, Item=chapter_item(one)
                )
            except Exception:
                log.exception("past was not stored", extra={"shard": one.shard})

    def between(self, since: int, until: int) -> Iterator[Chapter]:
        """Yield the chapters written between two Unix times, oldest first.

        An unreadable one is logged and skipped. Raises botocore's errors.
        """
        found = client("dynamodb").get_paginator("query")
        for page in found.paginate(**self._query(_key(since), _key(until))):
            for item in page["Items"]:
                if chapter := _read(item):
                    yield chapter

    def first(self, since: int) -> Chapter | None:
        """Return the oldest readable chapter since a Unix time; None: there is none."""
        return self._one(_key(since), forward=True)

    def last(self) -> Chapter | None:
        """Return the newest readable chapter; None: there is none."""
        return self._one("", forward=False)

    def _one(self, since: str, *, forward: bool) -> Chapter | None:
        query = self._query(since, END) | {"ScanIndexForward": forward, "Limit": 5}
        items = client("dynamodb").query(**query)["Items"]
        return next((chapter for item in items if (chapter := _read(item))), None)

    def _query(self, since: str, until: str) -> dict[str, Any]:
        return {
            "TableName": self.table,
            "KeyConditionExpression": "pk = :pk AND sk BETWEEN :first AND :last",
            "ExpressionAttributeValues": {
                ":pk": {"S": PARTITION},
                ":first": {"S": since or "0"},
                ":last": {"S": until},
            },
        }


def _key(at: int) -> str:
    return moment(datetime.fromtimestamp(at, UTC))


def _read(item: dict[str, Any]) -> Chapter | None:
    try:
        return read_chapter(item)
    except UnreadableError as error:
        log.warning("past was skipped", extra={"reason": str(error)})
        return None
