"""Specification of the recent probes: `parallax.journal.recent_probes`."""

import gzip
import json
from datetime import UTC, datetime, timedelta

from parallax.journal.dynamodb import DynamoJournal
from parallax.journal.recent_probes import recent_probes
from parallax.journal.rounds import key_of
from parallax.model.round import Round, Streak, TargetRound
from tests.conftest import Cloud

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def record(cloud: Cloud, shard: int, *past: Streak) -> None:
    """Store a round of two targets with the same past."""
    targets = tuple(TargetRound(target=name, past=past) for name in ("front", "docs"))
    one = Round(shard=shard, of=2, started_at=NOW, ended_at=NOW, targets=targets)
    DynamoJournal(cloud.journal).record_round(one)


def test_each_probe_of_a_streak_has_time_and_result(cloud: Cloud) -> None:
    """Of the named targets only; of two shards the newer one."""
    healthy = Streak(started_at=NOW, healthy=True, status_code=200, later=(60,))
    failing = Streak(started_at=NOW + 2 * MINUTE, healthy=False, status_code=503)
    record(cloud, 0, healthy, failing)
    record(cloud, 1, healthy)
    (found,) = recent_probes(cloud.journal, {"front", "gone"}).values()
    assert [(p.started_at - NOW, p.status_code) for p in found] == [
        (0 * MINUTE, 200),
        (1 * MINUTE, 200),
        (2 * MINUTE, 503),
    ]


def test_a_broken_round_is_skipped(cloud: Cloud) -> None:
    """Its targets then have no probes."""
    body = gzip.compress(
        json.dumps({"targets": [{"target": "front", "past": [7]}]}).encode()
    )
    item = {**key_of(0), "payload": {"B": body}}
    cloud.client("dynamodb").put_item(TableName=cloud.journal, Item=item)
    assert recent_probes(cloud.journal, {"front"}) == {}
