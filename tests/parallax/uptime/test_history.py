"""Specification of the histories as items: `parallax.uptime.history`, `.table`."""

import gzip
import json
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from hypothesis import given
from hypothesis import strategies as st

from parallax import aws
from parallax.model.packed import ITEM_LIMIT, UnreadableError
from parallax.uptime import table as table_module
from parallax.uptime.history import (
    KEPT_DAYS,
    PARTS,
    History,
    NewerError,
    history_item,
    key_of,
    part_of,
    read_history,
)
from parallax.uptime.table import Histories, ThrottledError
from parallax.uptime.tally import DAY, Tally
from tests.conftest import Cloud

TODAY = 20_787
UNTIL = TODAY * DAY + 3600
TALLIES = st.builds(
    Tally,
    known=st.integers(1, DAY),
    outage=st.integers(0, DAY),
    failed=st.integers(0, 9),
    probes=st.just(0),
    known_in_maintenance=st.integers(0, DAY),
)
TARGETS = st.dictionaries(
    st.text(max_size=9),
    st.dictionaries(
        st.integers(TODAY - KEPT_DAYS + 1, TODAY), TALLIES, min_size=1, max_size=8
    ),
    max_size=4,
)


def damaged(content: object) -> dict[str, Any]:
    """Return an item with any content."""
    payload = gzip.compress(json.dumps(content).encode())
    return history_item(History(part=3, until=UNTIL)) | {"payload": {"B": payload}}


@given(TARGETS)
def test_a_history_survives_its_item(targets: dict[str, dict[int, Tally]]) -> None:
    """With every number of each day."""
    history = History(part=3, until=UNTIL, targets=targets)
    assert read_history(history_item(history)) == history


def test_old_and_future_days_are_dropped() -> None:
    """A day in the future comes from a wrong clock, and would never expire."""
    days = {day: Tally(known=1) for day in (TODAY - KEPT_DAYS, TODAY, TODAY + 40)}
    history = History(part=3, until=UNTIL, targets={"a": days, "b": {1: Tally(1)}})
    assert read_history(history_item(history)).targets == {"a": {TODAY: Tally(1)}}


def test_a_healthy_quarter_takes_few_bytes() -> None:
    """Ninety equal days are one run: 312 targets of 10,000 are some KB."""
    days = {TODAY - offset: Tally(known=DAY) for offset in range(90)}
    targets = {f"service-{number:05}": days for number in range(10_000 // PARTS)}
    item = history_item(History(part=3, until=UNTIL, targets=targets))
    assert len(item["payload"]["B"]) < 2_000


def test_a_history_that_is_too_large_loses_its_oldest_days(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The newest ones matter for the error budget."""
    monkeypatch.setattr("parallax.uptime.history.ITEM_LIMIT", 300)
    days = {TODAY - n: Tally(n * 7919 % DAY + 1, n * 977 % DAY) for n in range(90)}
    item = history_item(History(part=3, until=UNTIL, targets={"a": days}))
    kept = read_history(item).targets["a"]
    assert TODAY in kept
    assert min(kept) > TODAY - 50
    assert "old days were dropped" in caplog.text
    assert len(item["payload"]["B"]) <= 300 < ITEM_LIMIT


@pytest.mark.parametrize(
    "content",
    [
        {},
        [],
        {"v": 0, "targets": {}},
        {"v": "1", "targets": {}},
        {"v": 1, "targets": {"a": []}},
        {"v": 1, "targets": {"a": [TODAY, [10**9, 1]]}},
        {"v": 1, "targets": {"a": [TODAY, [1, *range(9)]]}},
        {"v": 1, "targets": {"a": [TODAY, [1, "x"]]}},
        {"v": 1, "targets": 7},
    ],
)
def test_any_other_content_is_unreadable_and_nothing_else(content: object) -> None:
    """Also a run of a billion days, which would fill the memory."""
    with pytest.raises(UnreadableError):
        read_history(damaged(content))


def test_a_newer_version_is_recognized() -> None:
    """It must not be replaced: an older release runs after a rollback."""
    with pytest.raises(NewerError):
        read_history(damaged({"v": 2, "targets": "anything"}))


def test_a_target_stays_in_its_part() -> None:
    """The parts do not depend on the number of targets."""
    assert part_of("front") == 22
    assert {part_of(f"t{number}") for number in range(999)} == {*range(PARTS)}


def test_a_history_is_stored_and_read(cloud: Cloud) -> None:
    """Parts without an item are left out."""
    histories = Histories(cloud.incidents)
    new = History(part=part_of("a"), until=UNTIL, targets={"a": {TODAY: Tally(60)}})
    assert histories.put(new, None)
    assert histories.of(["a", "b"]) == {part_of("a"): new}
    assert histories.all() == {part_of("a"): new}


def test_the_same_hour_is_not_stored_twice(cloud: Cloud) -> None:
    """Of two invocations that read the same history, one succeeds."""
    histories = Histories(cloud.incidents)
    old = History(part=3, until=UNTIL)
    assert histories.put(old, None)
    assert not histories.put(old, None)
    assert histories.put(replace(old, until=UNTIL + 60), UNTIL)
    assert not histories.put(replace(old, until=UNTIL + 60), UNTIL)


def test_a_damaged_item_is_replaced_and_a_newer_one_is_not(
    cloud: Cloud, caplog: pytest.LogCaptureFixture
) -> None:
    """What is damaged has lost its days; the next hour is counted again."""
    for part, content in ((3, {}), (4, {"v": 2})):
        item = damaged(content) | key_of(part)
        cloud.client("dynamodb").put_item(TableName=cloud.incidents, Item=item)
    found = Histories(cloud.incidents).all()
    assert found == {3: History(part=3, until=UNTIL), 4: None}
    assert "uptime was damaged" in caplog.text
    assert "newer version" in caplog.text


def test_a_throttled_table_is_read_again_and_then_given_up(cloud: Cloud) -> None:
    """DynamoDB leaves keys unprocessed; after four requests the caller learns it."""
    name, key = cloud.incidents, key_of(part_of("a"))
    client = aws.client("dynamodb")
    answer = {"Responses": {}, "UnprocessedKeys": {name: {"Keys": [key]}}}
    with Stubber(client) as stub:
        for _ in range(table_module.ATTEMPTS):
            stub.add_response("batch_get_item", answer)
        with pytest.raises(ThrottledError):
            Histories(name).of(["a"])
        stub.add_client_error("batch_get_item", "ThrottlingException")
        with pytest.raises(ClientError):
            Histories(name).of(["a"])
