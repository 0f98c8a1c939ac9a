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

from parallax.aws import client
from parallax.journal.agents import AgentItems
from parallax.journal.observation import (
    Item,
    Observation,
    from_image,
    moment,
    to_item,
)
from parallax.journal.round_times import RoundTimes, read_round_times
from parallax.model.cluster import NodeReport, Sighting
from parallax.model.packed import UnreadableError, in_clear
from parallax.model.probe import ProbeRun

END = "$"
"""Ends a source's key range. DynamoDB sorts keys by their UTF-8 bytes, all keys of a
source begin with `source#`, and `$` is the byte after `#`. A character after the `#`
would exclude names that sort after it."""
READINGS = 6
"""Newest load balancer readings to read: three minutes of a failing target."""
SIGHTINGS_BEHIND = timedelta(minutes=3)
"""Before the newest run, since an earlier investigation may replace it."""
log = logging.getLogger(__name__)


class DynamoJournal:
    """Observations of a target under its name, each source sorted by time."""

    def __init__(self, table: str) -> None:
        self.table = table
        self._dynamodb = client("dynamodb")
        self._agents = AgentItems(table, self._range)
        self.agents = self._agents.agents
        self.record_heartbeat = self._agents.record_heartbeat
        self.keep = self._agents.readings.keep
        self.lacking = self._agents.readings.lacking

    def record(self, observation: Observation) -> None:
        """Store one observation, or raise `TooLargeError` or botocore's `ClientError`.

        A duplicate of a report, replayed or repeated, must not look as if it was
        received just now. A run may be stored again, since its investigation replaces
        it.
        """
        if isinstance(observation, NodeReport):
            self._agents.record(observation)
            return
        self._dynamodb.put_item(TableName=self.table, Item=to_item(observation))

    def recent(self, target: str, since: datetime) -> tuple[Observation, ...]:
        """Return what a judgement needs of a target, each source oldest first.

        These are its runs since then, or at least the newest one; the newest load
        balancer readings; the last report of every node of the last two days, with all
        sightings that the node reported around the newest run. Reads are consistent,
        so that the observation whose stream record invoked the caller is included. An
        unreadable item is logged and skipped.
        """
        items = self._range(target, "probe", since) or self._newest(target, "probe", 1)
        runs = [r for r in _read(items) if isinstance(r, ProbeRun)]
        readings = _read(self._newest(target, "inspect", READINGS))
        latest = _read(self._range(target, "latest"))
        newest = runs[-1].started_at if runs else datetime.now(UTC)
        logged = _read(self._range(target, "sightings", newest - SIGHTINGS_BEHIND))
        reports = self._agents.with_readings(latest)
        return (*runs, *readings, *_with_sightings(reports, logged))

    def round_times(self) -> tuple[RoundTimes, ...]:
        """Return when each shard's last round of probes began and ended."""
        return read_round_times(self.table)

    def addresses(self, target: str, since: datetime) -> tuple[str, ...]:
        """Return the load balancer's public addresses in the newest reading since then.

        It reads only plain attributes: the probe calls it during an investigation,
        where importing pydantic would distort the timings.
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

    def _range(
        self, target: str, source: str, since: datetime | None = None, **more: object
    ) -> list[Item]:
        """Return all items of a source since then, oldest first."""
        query = self._query(target, source, since) | more
        pages = self._dynamodb.get_paginator("query").paginate(**query)
        return [item for page in pages for item in page["Items"]]

    def _newest(self, target: str, source: str, count: int) -> list[Item]:
        """Return the newest items of a source, oldest first."""
        page = self._dynamodb.query(
            **self._query(target, source), ScanIndexForward=False, Limit=count
        )
        return page["Items"][::-1]

    def _query(
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
    latest: Sequence[NodeReport], logged: Sequence[Observation]
) -> list[NodeReport]:
    """Add to each node's last report the sightings of earlier ones, each once."""
    found: dict[tuple[str, str], dict[Sighting, None]] = {}
    for report in (*logged, *latest):
        if isinstance(report, NodeReport):
            seen = dict.fromkeys(report.sightings)
            found.setdefault((report.cluster, report.node), {}).update(seen)
    return [
        replace(report, sightings=tuple(found[report.cluster, report.node]))
        for report in latest
    ]
