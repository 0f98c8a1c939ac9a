"""DynamoJournal: the journal in a DynamoDB table.

In: a table's name; region, endpoint and credentials as boto3 finds them.
Out: items as `parallax.journal.observation` makes them.
It does not: create the table; `template.yaml` does.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from parallax.aws import client, refused_as
from parallax.journal.observation import (
    Item,
    Observation,
    from_image,
    latest_item,
    moment,
    sightings_item,
    to_item,
)
from parallax.model.cluster import NodeReport, Sighting
from parallax.model.packed import UnreadableError, in_clear
from parallax.model.probe import ProbeRun

END = "$"
"""Ends a source's key range: DynamoDB sorts keys by their UTF-8 bytes, all of a
source's keys begin with `source#`, and `$` is the byte after `#`. A character after
the `#` would exclude the names that sort after it."""
READINGS = 6
"""Newest balancer readings that come back: three minutes of a failing target's."""
SIGHTINGS_BEHIND = timedelta(minutes=3)
"""Behind the newest run; an investigation of before may still stand in for it."""
log = logging.getLogger(__name__)


class DynamoJournal:
    """Observations of a target under its name, each source sorted by time."""

    def __init__(self, table: str) -> None:
        self.table = table
        self._dynamodb = client("dynamodb")

    def record(self, observation: Observation) -> None:
        """Store one observation, or raise `TooLargeError` or botocore's `ClientError`.

        A report is stored once: one that comes again, replayed or repeated, must
        not look as if it had been received just now. A run may be stored again,
        since its investigation takes its place.
        """
        if not isinstance(observation, NodeReport):
            self._dynamodb.put_item(TableName=self.table, Item=to_item(observation))
            return
        # Should the second or third fail, the agent sends anew, under a new time.
        if not self._put_if(to_item(observation), "attribute_not_exists(pk)"):
            return
        if observation.sightings:
            self._put_if(sightings_item(observation), "attribute_not_exists(pk)")
        latest = latest_item(observation)
        self._put_if(
            latest,
            "attribute_not_exists(pk) OR received_at <= :received",
            ExpressionAttributeValues={":received": latest["received_at"]},
        )

    def recent(self, target: str, since: datetime) -> tuple[Observation, ...]:
        """Return what a judgement needs of a target, each source oldest first.

        Its runs since then, and the newest one however old; the newest balancer
        readings; the last report of every node heard of in two days, with all
        sightings that the node reported around the newest run. Reads are
        consistent: the observation whose stream record woke the caller must be
        among them. An item that can't be read is logged and left out.
        """
        found = self._range(target, "probe", since) or self._newest(target, "probe", 1)
        runs = [r for r in _read(found) if isinstance(r, ProbeRun)]
        readings = _read(self._newest(target, "inspect", READINGS))
        latest = _read(self._range(target, "latest"))
        newest = runs[-1].started_at if runs else datetime.now(UTC)
        brought = _read(self._range(target, "sightings", newest - SIGHTINGS_BEHIND))
        return (*runs, *readings, *_with_sightings(latest, brought))

    def addresses(self, target: str, since: datetime) -> tuple[str, ...]:
        """Return the balancer's public addresses in the newest reading since then.

        It reads what stands in clear: the probe calls it in the middle of an
        investigation, where importing pydantic would spoil the timings.
        """
        newest: tuple[str, ...] = ()
        for item in self._range(
            target,
            "inspect",
            since,
            FilterExpression="attribute_exists(addresses)",
            ProjectionExpression="addresses",
        ):
            listed = in_clear(item, "addresses", "L") or ()
            found = (in_clear({"one": one}, "one") for one in listed)
            newest = tuple(address for address in found if address)
        return newest

    def _put_if(self, item: Item, condition: str, **more: Any) -> bool:  # noqa: ANN401 - boto3's own arguments
        """Store an item on a condition; say whether it held."""
        try:
            self._dynamodb.put_item(
                TableName=self.table, Item=item, ConditionExpression=condition, **more
            )
        except self._dynamodb.exceptions.ClientError as error:
            if not refused_as(error, "ConditionalCheckFailedException"):
                raise
            return False
        return True

    def _range(
        self, target: str, source: str, since: datetime | None = None, **more: str
    ) -> list[Item]:
        """Return all items of a source since then, oldest first."""
        question = self._question(target, source, since) | more
        pages = self._dynamodb.get_paginator("query").paginate(**question)
        return [item for page in pages for item in page["Items"]]

    def _newest(self, target: str, source: str, count: int) -> list[Item]:
        """Return the newest items of a source, oldest first."""
        page = self._dynamodb.query(
            **self._question(target, source), ScanIndexForward=False, Limit=count
        )
        return page["Items"][::-1]

    def _question(
        self, target: str, source: str, since: datetime | None = None
    ) -> dict[str, Any]:
        first = f"{source}#{moment(since) if since else ''}"
        return {
            "TableName": self.table,
            "KeyConditionExpression": "pk = :target AND sk BETWEEN :first AND :last",
            "ExpressionAttributeValues": {
                ":target": {"S": target},
                ":first": {"S": first},
                ":last": {"S": f"{source}{END}"},
            },
            "ConsistentRead": True,
        }


def _read(items: Iterable[Item]) -> list[Observation]:
    found: list[Observation] = []
    for item in items:
        try:
            found.append(from_image(item))
        except UnreadableError as error:
            log.warning("journal item skipped", extra={"reason": str(error)})
    return found


def _with_sightings(
    latest: Sequence[Observation], brought: Sequence[Observation]
) -> list[NodeReport]:
    """Give each node's last report the sightings of those before it, each once."""
    found: dict[tuple[str, str], dict[Sighting, None]] = {}
    for report in (*brought, *latest):
        if isinstance(report, NodeReport):
            seen = dict.fromkeys(report.sightings)
            found.setdefault((report.cluster, report.node), {}).update(seen)
    return [
        replace(report, sightings=tuple(found[report.cluster, report.node]))
        for report in latest
        if isinstance(report, NodeReport)
    ]
