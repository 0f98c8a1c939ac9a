"""Specification of the newest probes: `parallax.journal.newest_probes`."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from parallax.journal.dynamodb import DynamoJournal
from parallax.journal.newest_probes import newest_probes
from parallax.journal.rounds import key_of
from parallax.model.round import Round, Streak, TargetRound
from tests.conftest import Cloud

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def round_with(shard: int, *past: Streak) -> Round:
    """Return a round of one target."""
    return Round(
        shard=shard,
        of=2,
        started_at=NOW,
        ended_at=NOW,
        targets=(TargetRound(target="front", past=past),),
    )


def test_the_last_probe_of_the_last_streak_counts(cloud: Cloud) -> None:
    """Healthy or not; of two shards the newer one, if their number changed."""
    healthy = Streak(started_at=NOW, healthy=True, later=(60, 120))
    failing = Streak(started_at=NOW + timedelta(seconds=180), healthy=False)
    journal = DynamoJournal(cloud.journal)
    journal.record_round(round_with(0, healthy, failing))
    journal.record_round(round_with(1, healthy))
    (found,) = newest_probes(cloud.journal).values()
    assert (found.at, found.healthy) == (failing.started_at, False)


def test_without_a_round_no_probe_is_known(cloud: Cloud) -> None:
    """A new stack; and a target that was never probed."""
    assert newest_probes(cloud.journal) == {}
    DynamoJournal(cloud.journal).record_round(round_with(0))
    assert newest_probes(cloud.journal) == {}


@pytest.mark.parametrize(
    "content",
    [[], {}, {"targets": [{"past": [{"later": "x"}]}]}, {"targets": [7]}],
)
def test_a_broken_round_is_skipped(cloud: Cloud, content: Any) -> None:
    """Its targets then have no data."""
    body = gzip.compress(json.dumps(content).encode())
    item = {**key_of(0), "payload": {"B": body}}
    cloud.client("dynamodb").put_item(TableName=cloud.journal, Item=item)
    assert newest_probes(cloud.journal) == {}
