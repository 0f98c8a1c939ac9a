"""Reading store: the parts of cluster readings, each stored once by its digest.

In: parts with their digests, or digests alone. Out: the parts in the table that the
store lacks, and the readings that it has.
It does not: check that a digest fits its content; `ingest` does.

Agents refer to the same parts again and again. So a container remembers which it has
stored or read, and asks the table about the others only.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from itertools import batched
from typing import Any

from parallax.aws import client
from parallax.journal.agent_items import expiry, part_item, part_key
from parallax.journal.bounded import Bounded
from parallax.journal.conditional import held
from parallax.journal.observation import Item
from parallax.model.cluster import ClusterReading
from parallax.model.packed import UnreadableError, in_clear, unpack
from parallax.model.push import ReadingPart

RENEWED = timedelta(days=1)
"""A part in use with less time left than this is kept for two days more."""
CHECKED = timedelta(hours=1)
"""How long a container does not ask again whether the table has a part."""
KNOWN = 5_000
"""Digests that a container remembers; about 150 bytes each."""
READINGS = 200
"""Readings that a container remembers; a list of 100 nodes takes about 100 KB."""
BATCH, ATTEMPTS = 100, 3
"""Keys of one BatchGetItem, and how often a throttled part of it is repeated."""
log = logging.getLogger(__name__)

type Key = tuple[str, str]
"""A cluster and a digest."""


@cache
def reading_store(table: str) -> "ReadingStore":
    """Return the store of a table, the same one for every journal of a container."""
    return ReadingStore(table)


class ReadingStore:
    """The parts in one table, as one container knows them."""

    def __init__(self, table: str) -> None:
        self._table = table
        self._known: Bounded[Key, datetime] = Bounded(KNOWN)
        self._readings: Bounded[Key, ClusterReading] = Bounded(READINGS)

    def keep(self, cluster: str, part: ReadingPart, now: datetime) -> None:
        """Store a part, unless the table has it for another day at least.

        Raises `TooLargeError`, or botocore's `ClientError`.
        """
        if self._knows((cluster, part.digest), now):
            return
        renew = str(int((now + RENEWED).timestamp()))
        held(
            client("dynamodb").put_item,
            TableName=self._table,
            Item=part_item(cluster, part, now),
            ConditionExpression="attribute_not_exists(pk) OR expires_at < :renew",
            ExpressionAttributeValues={":renew": {"N": renew}},
        )
        self._known.put((cluster, part.digest), now)

    def lacking(
        self, cluster: str, digests: Iterable[str], now: datetime
    ) -> tuple[str, ...]:
        """Return the digests whose parts the table lacks; the others stay stored."""
        asked = [
            digest
            for digest in dict.fromkeys(digests)
            if not self._knows((cluster, digest), now)
        ]
        keys = [part_key(cluster, digest) for digest in asked]
        left: dict[str, int] = {}
        for item in self._items(keys, ProjectionExpression="sk, expires_at"):
            digest = item["sk"]["S"].removeprefix("reading#")
            left[digest] = int(in_clear(item, "expires_at", "N") or 0)
        renew = (now + RENEWED).timestamp()
        stored = {
            digest
            for digest, expires_at in left.items()
            if expires_at >= renew or self._renew(cluster, digest, now)
        }
        for digest in stored:
            self._known.put((cluster, digest), now)
        return tuple(digest for digest in asked if digest not in stored)

    def readings(self, keys: Iterable[Key]) -> Mapping[Key, ClusterReading]:
        """Return the readings with these keys; one that is not stored is left out.

        Reads are consistent: a part is stored before the report that refers to it.
        """
        found: dict[Key, ClusterReading] = {}
        absent: list[Key] = []
        for key in dict.fromkeys(keys):
            if (reading := self._readings.get(key)) is None:
                absent.append(key)
            else:
                found[key] = reading
        items = self._items([part_key(*key) for key in absent], ConsistentRead=True)
        for item in items:
            key = _key(item)
            try:
                reading = unpack(ClusterReading, in_clear(item, "payload", "B"))
            except UnreadableError as error:
                log.warning("reading skipped", extra={"reason": f"{key}: {error}"})
                continue
            found[key] = reading
            self._readings.put(key, reading)
        return found

    def _knows(self, key: Key, now: datetime) -> bool:
        checked = self._known.get(key)
        return checked is not None and now - checked < CHECKED

    def _renew(self, cluster: str, digest: str, now: datetime) -> bool:
        """Keep a part for two days more; return whether it still exists."""
        return held(
            client("dynamodb").update_item,
            TableName=self._table,
            Key=part_key(cluster, digest),
            UpdateExpression="SET expires_at = :later",
            ConditionExpression="attribute_exists(pk)",
            ExpressionAttributeValues={":later": {"N": expiry(now)}},
        )

    def _items(self, keys: Sequence[Item], **how: Any) -> Iterator[Item]:  # noqa: ANN401 - boto3's own arguments
        """Yield the items with these keys that exist."""
        for some in batched(keys, BATCH, strict=False):
            request: dict[str, Any] = {self._table: {"Keys": list(some), **how}}
            for _ in range(ATTEMPTS):
                page = client("dynamodb").batch_get_item(RequestItems=request)
                yield from page["Responses"].get(self._table, ())
                request = page.get("UnprocessedKeys")
                if not request:
                    break


def _key(item: Item) -> Key:
    """Return the cluster and the digest in an item's key."""
    cluster = item["pk"]["S"].removeprefix("cluster#")
    return cluster, item["sk"]["S"].removeprefix("reading#")
