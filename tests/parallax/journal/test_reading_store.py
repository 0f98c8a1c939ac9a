"""The parts of readings: each is stored once, kept while it is used, and read once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from parallax import aws
from parallax.journal.agent_items import part_item, part_key
from parallax.journal.reading_store import BATCH, CHECKED, ReadingStore
from parallax.model.cluster import ClusterReading, Node
from parallax.model.packed import TooLargeError
from parallax.model.push import ReadingPart
from parallax.model.reading_parts import part

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)


def made(name: str = "worker-1") -> ReadingPart:
    """Make a part: a list of one node."""
    return part(ClusterReading(read_at=NOW, nodes=(Node(name=name),)))


PART = made()
KEY = ("c", PART.digest)


@pytest.fixture
def calls(cloud: Any) -> list[str]:
    """Return the names of the calls to DynamoDB from now on."""
    del cloud  # it has set the emulator's address
    made: list[str] = []
    events = aws.client("dynamodb").meta.events
    events.register("before-call.dynamodb", lambda model, **_: made.append(model.name))
    return made


def hours_left(cloud: Any, now: datetime) -> float:
    """Return how long the part is kept."""
    item = cloud.client("dynamodb").get_item(
        TableName=cloud.journal, Key=part_key(*KEY)
    )["Item"]
    return (float(item["expires_at"]["N"]) - now.timestamp()) / 3600


def test_a_part_is_written_once_for_all_nodes(cloud: Any, calls: list[str]) -> None:
    """A container that has stored it does not store it again."""
    store = ReadingStore(cloud.journal)
    for _ in range(5):
        store.keep("c", PART, NOW)
        assert store.lacking("c", [PART.digest], NOW) == ()
    assert calls == ["PutItem"]


def test_another_container_does_not_overwrite_it(cloud: Any) -> None:
    """The condition holds only when less than a day is left."""
    ReadingStore(cloud.journal).keep("c", PART, NOW)
    later = NOW + timedelta(hours=23)
    ReadingStore(cloud.journal).keep("c", PART, later)
    assert hours_left(cloud, later) == 25
    latest = NOW + timedelta(hours=25)
    ReadingStore(cloud.journal).keep("c", PART, latest)
    assert hours_left(cloud, latest) == 48


def test_a_part_in_use_is_kept(cloud: Any) -> None:
    """Whoever refers to it renews it, without sending it again."""
    ReadingStore(cloud.journal).keep("c", PART, NOW)
    store = ReadingStore(cloud.journal)
    for hours in (1, 23, 30, 50, 80):
        now = NOW + timedelta(hours=hours)
        assert store.lacking("c", [PART.digest], now) == ()
        assert hours_left(cloud, now) >= 24


def test_a_part_that_expires_while_it_is_renewed_is_lacking(
    cloud: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Renewing it does not create an item without a reading."""
    ReadingStore(cloud.journal).keep("c", PART, NOW)
    dynamodb = aws.client("dynamodb")
    read = dynamodb.batch_get_item

    def read_then_expire(**request: Any) -> Any:
        page = read(**request)
        dynamodb.delete_item(TableName=cloud.journal, Key=part_key(*KEY))
        return page

    monkeypatch.setattr(dynamodb, "batch_get_item", read_then_expire)
    store, now = ReadingStore(cloud.journal), NOW + timedelta(hours=47)
    assert store.lacking("c", [PART.digest], now) == (PART.digest,)
    store.keep("c", PART, now)
    assert store.readings([KEY]) == {KEY: PART.reading}


def test_only_unknown_digests_are_asked_for(cloud: Any, calls: list[str]) -> None:
    """In batches; an hour later the table is read again."""
    store = ReadingStore(cloud.journal)
    parts = [made(f"worker-{number}") for number in range(BATCH + 20)]
    store.keep("c", parts[0], NOW)
    digests = [one.digest for one in parts]
    assert store.lacking("c", [*digests, *digests], NOW) == tuple(digests[1:])
    assert calls == ["PutItem", "BatchGetItem", "BatchGetItem"]
    assert store.lacking("c", digests[:1], NOW + CHECKED) == ()
    assert calls[3:] == ["BatchGetItem"]


def test_a_reading_is_read_once(cloud: Any, calls: list[str]) -> None:
    """One that is not stored is read again."""
    store = ReadingStore(cloud.journal)
    assert store.readings([KEY]) == {}
    store.keep("c", PART, NOW)
    for _ in range(3):
        assert store.readings([KEY, KEY]) == {KEY: PART.reading}
    assert calls == ["BatchGetItem", "PutItem", "BatchGetItem"]


def test_the_same_part_of_two_clusters_is_two_items(cloud: Any) -> None:
    """A name may have any character."""
    store = ReadingStore(cloud.journal)
    for cluster in ("a", "a#b/東"):
        store.keep(cluster, PART, NOW)
    keys = [("a", PART.digest), ("a#b/東", PART.digest)]
    assert store.readings(keys) == dict.fromkeys(keys, PART.reading)


def test_a_broken_part_is_skipped_with_a_warning(
    cloud: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """A report that refers to it has no reading then."""
    item = part_item("c", PART, NOW) | {"payload": {"B": b"not gzip"}}
    cloud.client("dynamodb").put_item(TableName=cloud.journal, Item=item)
    assert ReadingStore(cloud.journal).readings([KEY]) == {}
    assert len(caplog.records) == 1


def test_what_dynamodb_does_not_process_is_asked_for_again(
    cloud: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It throttles a part of a batch; the rest is there."""
    store = ReadingStore(cloud.journal)
    store.keep("c", PART, NOW)
    dynamodb = aws.client("dynamodb")
    read, throttled = dynamodb.batch_get_item, [True]

    def throttle(RequestItems: Any) -> Any:  # noqa: N803 - boto3's name
        if throttled.pop() if throttled else False:
            return {"Responses": {}, "UnprocessedKeys": RequestItems}
        return read(RequestItems=RequestItems)

    monkeypatch.setattr(dynamodb, "batch_get_item", throttle)
    assert store.readings([KEY]) == {KEY: PART.reading}


def test_a_part_too_large_is_refused_by_size() -> None:
    """Our limit of an item is below DynamoDB's."""
    noise = "".join(chr(0x4E00 + (i * 7919) % 20000) for i in range(400_000))
    with pytest.raises(TooLargeError, match="more than the limit of 380000"):
        part_item("c", made(noise), NOW)
