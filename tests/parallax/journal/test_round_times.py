"""Round times: when each shard's last round began and ended."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from parallax.journal.dynamodb import DynamoJournal
from parallax.journal.observation import moment
from parallax.journal.round_times import RoundTimes
from parallax.model.cluster import NodeReport

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)


def store(cloud: Any, shard: int, **changes: Any) -> None:
    """Store a round as the probe does; its payload is not read."""
    item: dict[str, Any] = {
        "pk": {"S": "#rounds"},
        "sk": {"S": str(shard)},
        "kind": {"S": "round"},
        "started_at": {"S": moment(NOW)},
        "ended_at": {"S": moment(NOW + timedelta(seconds=1))},
        "of": {"N": "2"},
        "payload": {"B": b"not gzip"},
    }
    cloud.client("dynamodb").put_item(TableName=cloud.journal, Item=item | changes)


def times(shard: int) -> RoundTimes:
    """Make the times of a stored round."""
    ended = NOW + timedelta(seconds=1)
    return RoundTimes(shard=shard, of=2, started_at=NOW, ended_at=ended)


def test_the_times_of_all_shards_are_read(cloud: Any) -> None:
    """One value for each shard."""
    journal = DynamoJournal(cloud.journal)
    assert journal.round_times() == ()
    for shard in (1, 0):
        store(cloud, shard)
    assert journal.round_times() == (times(0), times(1))


@pytest.mark.parametrize(
    "change",
    [{"of": {"S": "2"}}, {"started_at": {"S": "noon"}}, {"ended_at": {"NULL": True}}],
)
def test_an_unreadable_round_is_skipped(
    cloud: Any, change: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    """The others are read."""
    store(cloud, 0)
    store(cloud, 1, **change)
    assert DynamoJournal(cloud.journal).round_times() == (times(0),)
    assert len(caplog.records) == 1


def test_a_report_of_a_target_with_this_name_is_no_round(cloud: Any) -> None:
    """An agent may report about any target."""
    journal = DynamoJournal(cloud.journal)
    store(cloud, 0)
    journal.record(
        NodeReport(target="#rounds", cluster="c", node="n", sent_at=NOW, interval=15.0)
    )
    assert journal.round_times() == (times(0),)
