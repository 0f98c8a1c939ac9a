"""Reports are stored each for itself: one costs itself, a failure costs no other."""

import random
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from hypothesis import given, settings
from hypothesis import strategies as st

from parallax.ingest.rejection import PushRejected
from parallax.ingest.store import Stored, store
from parallax.journal.dynamodb import DynamoJournal
from parallax.journal.observation import to_item
from parallax.model.cluster import ClusterReading, NodeReport

NOW = datetime(2025, 11, 20, 12, 0, tzinfo=UTC)
NOISE = random.Random(9).randbytes(400_000).hex()  # noqa: S311 - incompressible


def report(target: str, problem: str = "") -> NodeReport:
    """Make a report of one target."""
    reading = ClusterReading(read_at=NOW, problems=(problem,))
    return NodeReport(
        target=target,
        cluster="c",
        node="n",
        sent_at=NOW,
        interval=15.0,
        reading=reading,
    )


class Table:
    """A journal in memory, with DynamoDB's refusals for some targets."""

    def __init__(self, **refused: Exception) -> None:
        self.stored: list[str] = []
        self._refused = refused

    def record(self, given: NodeReport) -> None:
        """Store a report as the journal does."""
        item = to_item(given)
        if given.target in self._refused:
            raise self._refused[given.target]
        self.stored.append(item["pk"]["S"])


INVALID = ClientError({"Error": {"Code": "ValidationException"}}, "PutItem")
THROTTLED = ClientError({"Error": {"Code": "ThrottlingException"}}, "PutItem")
AWAY = [
    THROTTLED,
    EndpointConnectionError(endpoint_url="x"),
    OSError("no file left"),
    MemoryError(),
    ImportError("botocore"),
    ValueError("a bug of ours"),
]


@settings(deadline=None)
@given(count=st.integers(0, 9), place=st.integers(0, 9), large=st.booleans())
def test_one_poisoned_report_costs_only_itself(
    count: int, place: int, *, large: bool
) -> None:
    """At any place in the push: all others are stored, and it is named."""
    good = [report(f"t{number}") for number in range(count)]
    place = min(place, count)
    poison = report("poison", problem=NOISE if large else "")
    reports = [*good[:place], poison, *good[place:]]
    table = Table(poison=INVALID)
    if not good:
        with pytest.raises(PushRejected) as caught:
            store(reports, table.record)
        assert caught.value.status_code == (413 if large else 400)
        return
    stored = store(reports, table.record)
    assert table.stored == [one.target for one in good]
    assert stored.count == count
    assert stored.text.startswith(f"stored {count} of {count + 1}; reports.{place}: ")


def test_what_dynamodb_has_no_room_for_is_not_stored(cloud: Any) -> None:
    """The real journal keeps the reports before and behind one that is too large."""
    journal = DynamoJournal(cloud.journal)
    reports = [report("a"), report("b", problem=NOISE), report("c")]
    stored = store(reports, journal.record)
    assert (stored.count, len(stored.refused)) == (2, 1)
    assert "more than the limit of 380000" in stored.text
    found = {name: len(journal.recent(name, NOW)) for name in "abc"}
    assert found == {"a": 1, "b": 0, "c": 1}


@pytest.mark.parametrize("error", AWAY, ids=repr)
def test_a_failure_for_now_is_raised_after_all_had_their_turn(error: Exception) -> None:
    """Nothing that is not the report's own fault is an answer of 4xx."""
    table = Table(b=error, d=INVALID)
    with pytest.raises(ExceptionGroup, match="1 of 4 reports not stored"):
        store([report(name) for name in "abcd"], table.record)
    assert table.stored == ["a", "c"]


def test_all_refused_is_a_refusal() -> None:
    """413 only where size is the reason for each of them; at most three are named."""
    table = Table(a=INVALID)
    large = [report("b", problem=NOISE)] * 4
    with pytest.raises(PushRejected) as caught:
        store(large, table.record)
    assert caught.value.status_code == 413
    assert caught.value.text.endswith("and 1 more")
    with pytest.raises(PushRejected) as caught:
        store([report("a"), *large], table.record)
    assert caught.value.status_code == 400


def test_a_report_keeps_its_place_beside_those_refused_before() -> None:
    """Reasons are in the order of the push as it was sent."""
    table = Table(d=INVALID)
    before = {3: "reports.3.interval: x", 0: "reports.0.target: x"}
    stored = store([report("b"), report("d")], table.record, before)
    assert (table.stored, stored.count) == (["b"], 1)
    places = [reason.partition(":")[0] for reason in stored.refused]
    assert places == ["reports.0.target", "reports.2", "reports.3.interval"]
    with pytest.raises(PushRejected) as caught:
        store([report("b", problem=NOISE)], table.record, {0: "reports.0.target: x"})
    assert caught.value.status_code == 400


def test_refused_reports_cost_one_line_of_log(caplog: pytest.LogCaptureFixture) -> None:
    """However many there are, the line names three of them and the number."""
    before = {number: f"reports.{number}: x" for number in range(1, 1000)}
    store([report("a")], Table().record, before)
    (line,) = caplog.records
    assert vars(line)["count"] == 999
    assert vars(line)["reason"].endswith("reports.3: x; and 996 more")


def test_a_push_without_reports_is_stored() -> None:
    """There is nothing that could be refused."""
    assert store([], Table().record) == Stored(0)
