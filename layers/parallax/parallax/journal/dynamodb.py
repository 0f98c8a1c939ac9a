"""DynamoJournal: the journal in a DynamoDB table.

In: a table's name; region, endpoint and credentials as boto3 finds them.
Out: items as `parallax.journal.observation` makes them.
It does not: create the table; `template.yaml` does.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from parallax.aws import client
from parallax.journal.observation import (
    Item,
    Observation,
    from_image,
    is_report,
    moment,
    to_item,
)
from parallax.journal.round_times import RoundTimes, read_round_times
from parallax.model.packed import UnreadableError, in_clear
from parallax.model.probe import ProbeRun

if TYPE_CHECKING:
    from parallax.journal.agents import AgentItems
    from parallax.journal.latest_rounds import LatestRounds
    from parallax.model.cluster import NodeReport, Sighting
    from parallax.model.heartbeat import Agents
    from parallax.model.push import Push, ReadingPart
    from parallax.model.round import LastRound, Round

END = "$"
"""Ends a source's key range. DynamoDB sorts keys by their UTF-8 bytes, all keys of a
source begin with `source#`, and `$` is the byte after `#`. A character after the `#`
would exclude names that sort after it."""
READINGS = 6
"""Newest load balancer readings to read: three minutes of a failing target."""
ROUNDS_SECONDS = 20.0
"""Age of the rounds that `newest_run` may use."""
SIGHTINGS_BEHIND = timedelta(minutes=3)
"""Before the newest run, since an earlier investigation may replace it."""
log = logging.getLogger(__name__)


class DynamoJournal:
    """Observations of a target under its name, each source sorted by time."""

    def __init__(self, table: str) -> None:
        self.table = table
        self._dynamodb = client("dynamodb")

    @cached_property
    def _agents(self) -> AgentItems:
        from parallax.journal.agents import AgentItems  # noqa: PLC0415 - not for the probe

        return AgentItems(self.table, self._range)

    @cached_property
    def _rounds(self) -> LatestRounds:
        from parallax.journal.latest_rounds import (  # noqa: PLC0415 - not for ingest
            LatestRounds,
        )

        return LatestRounds(self.table)

    def agents(self, cluster: str) -> Agents:
        """Return the newest heartbeat of each agent of a cluster, and its nodes."""
        return self._agents.agents(cluster)

    def record_heartbeat(self, push: Push, received_at: datetime) -> None:
        """Store a push's heartbeat, unless a newer one of the node is stored."""
        self._agents.record_heartbeat(push, received_at)

    def keep(self, cluster: str, part: ReadingPart, now: datetime) -> None:
        """Store a part of a cluster reading, unless it is stored."""
        self._agents.readings.keep(cluster, part, now)

    def lacking(
        self, cluster: str, digests: Iterable[str], now: datetime
    ) -> Sequence[str]:
        """Return those of the digests whose parts are not stored."""
        return self._agents.readings.lacking(cluster, digests, now)

    def record(self, observation: Observation) -> None:
        """Store one observation, or raise `TooLargeError` or botocore's `ClientError`.

        A duplicate of a report, replayed or repeated, must not look as if it was
        received just now. A run may be stored again, since its investigation replaces
        it.
        """
        if isinstance(observation, ProbeRun) or not is_report(observation):
            self._dynamodb.put_item(TableName=self.table, Item=to_item(observation))
        else:
            self._agents.record(observation)

    def record_round(self, finished: Round) -> None:
        """Store a shard's round in place of its last one."""
        self._rounds.store(finished)

    def last_round(self, shard: int, of: int) -> LastRound:
        """Return what the last round of shard number `shard` of `of` said."""
        return self._rounds.last(shard, of)

    def recent(self, target: str, since: datetime) -> tuple[Observation, ...]:
        """Return what a judgement needs of a target, each source oldest first.

        These are its runs since then, or at least the newest one; of the healthy runs
        before the last only time and status. Then the newest load balancer readings;
        and the last report of every node of the last two days, with all sightings that
        the node reported around the newest run. Reads are consistent, so that the
        observation whose stream record invoked the caller is included. An unreadable
        item is logged and skipped.
        """
        runs = self._runs(target, since)
        readings = _read(self._newest(target, "inspect", READINGS))
        latest = _read(self._range(target, "latest"))
        logged = _read(self._range(target, "sightings", _logged_since(runs)))
        reports = self._agents.with_readings(latest)
        return (*runs, *readings, *_with_sightings(reports, logged))

    def signs(self, target: str, since: datetime) -> tuple[Observation, ...]:
        """Return the runs and last reports: they show that probes and agents work."""
        latest = self._agents.with_readings(_read(self._range(target, "latest")))
        return (*self._runs(target, since), *latest)

    def round_times(self) -> tuple[RoundTimes, ...]:
        """Return when each shard's last round of probes began and ended."""
        return read_round_times(self.table)

    def _runs(self, target: str, since: datetime) -> list[ProbeRun]:
        """Return the target's runs, oldest first: items of failing ones, and a round.

        Runs of an earlier version, and of an invocation by hand, are all items.
        """
        healthy = self._rounds.runs(target)
        recent = [run for run in healthy if run.started_at >= since]
        items = self._range(target, "probe", since)
        if not items and not recent:
            recent, items = list(healthy[-1:]), self._newest(target, "probe", 1)
        stored = [run for run in _read(items) if isinstance(run, ProbeRun)]
        return sorted([*recent, *stored], key=lambda run: run.started_at)

    def newest_run(self, target: str) -> ProbeRun | None:
        """Return the newest run; a healthy one may be some seconds behind.

        It costs nothing for each healthy target: the rounds are read once for all.
        """
        if healthy := self._rounds.healthy_run(target, ROUNDS_SECONDS):
            return healthy
        runs = _read(self._newest(target, "probe", 1))
        return next((run for run in runs if isinstance(run, ProbeRun)), None)

    def addresses(self, target: str, since: datetime) -> tuple[str, ...]:
        """Return where users reach the load balancer, by the newest reading since then.

        It reads only plain attributes: the probe calls it during an investigation,
        where importing pydantic would distort the timings.
        """
        query = self._query(target, "inspect", since) | {
            "FilterExpression": "attribute_exists(addresses)",
            "ProjectionExpression": "addresses",
            "ScanIndexForward": False,
            "Limit": READINGS,
        }
        for page in self._dynamodb.get_paginator("query").paginate(**query):
            for item in page["Items"]:
                listed = in_clear(item, "addresses", "L") or ()
                found = (in_clear({"one": one}, "one") for one in listed)
                return tuple(address for address in found if address)
        return ()

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


def _logged_since(runs: Sequence[ProbeRun]) -> datetime:
    """Return from when on sightings of the run that will be judged may exist."""
    if not runs:
        return datetime.now(UTC)
    full = [run.started_at for run in runs if len(run.probes) > 1]
    return min([runs[-1].started_at, *full[-1:]]) - SIGHTINGS_BEHIND


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
        if is_report(report):
            seen = dict.fromkeys(report.sightings)
            found.setdefault((report.cluster, report.node), {}).update(seen)
    return [
        replace(report, sightings=tuple(found[report.cluster, report.node]))
        for report in latest
    ]
