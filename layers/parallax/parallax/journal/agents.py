"""Agents: the reports and heartbeats of the agents in a DynamoDB table.

In: a report, or a push with a heartbeat. Out: items as `journal.agent_items` makes
them; reports with their readings; the newest heartbeats of a cluster.
It does not: decide which reports a judgement reads; `journal.dynamodb` does.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from parallax.aws import client
from parallax.journal.agent_items import (
    cluster_key,
    heartbeat_in,
    heartbeat_item,
    if_newer,
)
from parallax.journal.conditional import held
from parallax.journal.observation import (
    Item,
    Observation,
    latest_item,
    sightings_item,
)
from parallax.journal.reading_store import Key, reading_store
from parallax.model.cluster import NodeReport
from parallax.model.heartbeat import Agents, HeartbeatSeen
from parallax.model.push import Push
from parallax.model.reading_parts import joined, split

type Range = Callable[..., list[Item]]
"""Returns the items of a key whose sort keys begin with `<source>#`."""


class AgentItems:
    """What one table has from agents; `items_of` queries it."""

    def __init__(self, table: str, items_of: Range) -> None:
        self.readings = reading_store(table)
        self._table = table
        self._items_of = items_of
        self._dynamodb = client("dynamodb")

    def record(self, report: NodeReport) -> None:
        """Store a report as its node's newest, unless a newer one is stored.

        The newest report is written last. It alone invokes `diagnose`, which then finds
        the others. A duplicate changes nothing.
        """
        bare = self._without_reading(report)
        latest = latest_item(bare)
        if report.sightings:
            item = sightings_item(bare)
            self._put(Item=item, ConditionExpression="attribute_not_exists(pk)")
        self._put(**if_newer(latest, report.interval))

    def record_heartbeat(self, push: Push, received_at: datetime) -> None:
        """Store a push's heartbeat, unless a newer one of the node is stored."""
        if push.heartbeat:
            item = heartbeat_item(push, received_at)
            self._put(**if_newer(item, push.heartbeat.interval))

    def with_readings(self, reports: Sequence[Observation]) -> list[NodeReport]:
        """Return reports with their readings; two that differ each have their own."""
        found = [report for report in reports if isinstance(report, NodeReport)]
        stored = self.readings.readings(key for one in found for key in _keys(one))
        return [
            joined(one, {key[1]: stored[key] for key in _keys(one) if key in stored})
            for one in found
        ]

    def agents(self, cluster: str) -> Agents:
        """Return the newest heartbeat of each agent of a cluster, and its nodes.

        The nodes are those of the newest list that a heartbeat refers to and that is
        stored. Reads may miss the last second, and cost half as much.
        """
        key = cluster_key(cluster)
        items = self._items_of(key, "heartbeat", ConsistentRead=False)
        seen = [one for one in (heartbeat_in(cluster, item) for item in items) if one]
        return Agents(heartbeats=tuple(seen), nodes=self._nodes(cluster, seen))

    def _nodes(
        self, cluster: str, seen: Sequence[HeartbeatSeen]
    ) -> tuple[str, ...] | None:
        newest = sorted(seen, key=lambda one: one.received_at, reverse=True)
        digests = dict.fromkeys(one.nodes for one in newest if one.nodes)
        for digest in digests:
            reading = self.readings.readings([(cluster, digest)]).get((cluster, digest))
            if reading and reading.nodes is not None:
                return tuple(node.name for node in reading.nodes)
        return None

    def _without_reading(self, report: NodeReport) -> NodeReport:
        """Store a reading inside a report, and return the report with its digests.

        Agents of schema v1 send a reading with each report.
        """
        if report.reading is None:
            return report
        ref, parts, problems = split(report.reading)
        for part in parts:
            self.readings.keep(report.cluster, part, report.arrived_at)
        return replace(
            report,
            reading=None,
            reading_ref=ref,
            problems=(*report.problems, *problems),
        )

    def _put(self, **arguments: Any) -> None:  # noqa: ANN401 - boto3's own arguments
        """Store an item, unless the condition does not hold."""
        held(self._dynamodb.put_item, TableName=self._table, **arguments)


def _keys(report: NodeReport) -> Iterator[Key]:
    """Yield the keys of the parts that a report refers to."""
    if report.reading_ref:
        yield report.cluster, report.reading_ref.target
        if report.reading_ref.nodes:
            yield report.cluster, report.reading_ref.nodes
