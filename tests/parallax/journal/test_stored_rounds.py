"""Stored rounds: the last one of each shard that exists."""

from datetime import timedelta

import pytest

from parallax.journal.dynamodb import DynamoJournal
from parallax.journal.rounds import round_item
from parallax.journal.stored_rounds import stored_rounds
from tests.conftest import Cloud
from tests.parallax.journal.test_rounds import NOW, round_of

MINUTE = timedelta(minutes=1)


def test_every_shard_has_its_last_round(cloud: Cloud) -> None:
    """By number, with the targets of each."""
    journal = DynamoJournal(cloud.journal)
    for number, name in enumerate(("front", "api", "shop")):
        journal.record_round(round_of(number, 3, name))
    found = stored_rounds(cloud.journal)
    names = {number: list(one.targets) for number, one in found.items()}
    assert names == {0: ["front"], 1: ["api"], 2: ["shop"]}


def test_a_shard_that_no_longer_exists_has_none(cloud: Cloud) -> None:
    """Its item stays for two days; the newest round says how many shards there are."""
    journal = DynamoJournal(cloud.journal)
    for number in range(3):
        journal.record_round(round_of(number, 3, f"old-{number}"))
    journal.record_round(round_of(0, 2, "new", at=NOW + MINUTE))
    found = stored_rounds(cloud.journal)
    assert {n: list(one.targets) for n, one in found.items()} == {
        0: ["new"],
        1: ["old-1"],
    }


def test_an_unreadable_round_is_skipped(
    cloud: Cloud, caplog: pytest.LogCaptureFixture
) -> None:
    """The other shards are read; other items are ignored."""
    journal = DynamoJournal(cloud.journal)
    journal.record_round(round_of(1, 2, "api"))
    item = round_item(round_of(0, 2, "front")) | {"payload": {"B": b"damaged"}}
    cloud.client("dynamodb").put_item(TableName=cloud.journal, Item=item)
    other = {"pk": {"S": "#rounds"}, "sk": {"S": "latest#x"}, "kind": {"S": "latest"}}
    cloud.client("dynamodb").put_item(TableName=cloud.journal, Item=other)
    assert list(stored_rounds(cloud.journal)) == [1]
    assert "round skipped" in caplog.text


def test_an_empty_table_has_no_round(cloud: Cloud) -> None:
    """Before the first minute of a new stack."""
    assert stored_rounds(cloud.journal) == {}
