"""Reports are stored each for itself: one costs itself, a failure costs no other."""

import random
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from hypothesis import given, settings
from hypothesis import strategies as st

from parallax.ingest.acceptance import AcceptedPush, Place
from parallax.ingest.rejection import PushRejected
from parallax.ingest.store import Stored, store
from parallax.journal.dynamodb import DynamoJournal
from parallax.journal.observation import to_item
from parallax.model.cluster import ClusterReading, Node, NodeReport
from parallax.model.push import SCHEMA_V2, Heartbeat, Push, ReadingPart
from parallax.model.reading_parts import part

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


def push(
    reports: list[NodeReport], refused: dict[Place, str] | None = None, **more: Any
) -> AcceptedPush:
    """Make an accepted push of these reports."""
    return AcceptedPush(
        schema=SCHEMA_V2,
        cluster="c",
        node="n",
        sent_at=NOW,
        reports=tuple(reports),
        refused=refused or {},
        **more,
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

    def record_heartbeat(self, given: Push, received_at: datetime) -> None:
        """Store a heartbeat; a target named `heartbeat` stands for its refusal."""
        del given, received_at
        if "heartbeat" in self._refused:
            raise self._refused["heartbeat"]
        self.stored.append("heartbeat")

    def keep(self, cluster: str, given: ReadingPart, now: datetime) -> None:
        """Store a part of a reading."""
        del cluster, now
        if given.digest in self._refused:
            raise self._refused[given.digest]
        self.stored.append(given.digest)


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
            store(push(reports), table, NOW)
        assert caught.value.status_code == (413 if large else 400)
        return
    stored = store(push(reports), table, NOW)
    assert table.stored == [one.target for one in good]
    assert stored.count == count
    assert stored.text.startswith(f"stored {count} of {count + 1}; reports.{place}: ")


def test_what_dynamodb_has_no_room_for_is_not_stored(cloud: Any) -> None:
    """The real journal keeps the reports before and behind one that is too large."""
    journal = DynamoJournal(cloud.journal)
    reports = [report("a"), report("b", problem=NOISE), report("c")]
    stored = store(push(reports), journal, NOW)
    assert (stored.count, len(stored.refused)) == (2, 1)
    assert "more than the limit of 380000" in stored.text
    found = {name: len(journal.recent(name, NOW)) for name in "abc"}
    assert found == {"a": 1, "b": 0, "c": 1}


@pytest.mark.parametrize("error", AWAY, ids=repr)
def test_a_failure_for_now_is_raised_after_all_had_their_turn(error: Exception) -> None:
    """Nothing that is not the report's own fault is an answer of 4xx."""
    table = Table(b=error, d=INVALID)
    with pytest.raises(ExceptionGroup, match="1 of 4 parts of a push not stored"):
        store(push([report(name) for name in "abcd"]), table, NOW)
    assert table.stored == ["a", "c"]


def test_all_refused_is_a_refusal() -> None:
    """413 only where size is the reason for each of them; at most three are named."""
    table = Table(a=INVALID)
    large = [report("b", problem=NOISE)] * 4
    with pytest.raises(PushRejected) as caught:
        store(push(large), table, NOW)
    assert caught.value.status_code == 413
    assert caught.value.text.endswith("and 1 more")
    with pytest.raises(PushRejected) as caught:
        store(push([report("a"), *large]), table, NOW)
    assert caught.value.status_code == 400


def test_a_report_keeps_its_place_beside_those_refused_before() -> None:
    """Reasons are in the order of the push as it was sent."""
    table = Table(d=INVALID)
    before: dict[Place, str] = {
        ("reports", 3): "reports.3.interval: x",
        ("reports", 0): "reports.0.target: x",
    }
    stored = store(push([report("b"), report("d")], before), table, NOW)
    assert (table.stored, stored.count) == (["b"], 1)
    places = [reason.partition(":")[0] for reason in stored.refused]
    assert places == ["reports.0.target", "reports.2", "reports.3.interval"]
    first: dict[Place, str] = {("reports", 0): "reports.0.target: x"}
    with pytest.raises(PushRejected) as caught:
        store(push([report("b", problem=NOISE)], first), table, NOW)
    assert caught.value.status_code == 400


def test_refused_reports_cost_one_line_of_log(caplog: pytest.LogCaptureFixture) -> None:
    """However many there are, the line names three of them and the number."""
    before: dict[Place, str] = {
        ("reports", number): f"reports.{number}: x" for number in range(1, 1000)
    }
    store(push([report("a")], before), Table(), NOW)
    (line,) = caplog.records
    assert vars(line)["count"] == 999
    assert vars(line)["reason"].endswith("reports.3: x; and 996 more")


def test_a_push_without_reports_is_stored() -> None:
    """There is nothing that could be refused."""
    assert store(push([]), Table(), NOW) == Stored(0)


NODES = part(ClusterReading(read_at=NOW, nodes=(Node(name="n"),)))
BEAT = Heartbeat(sequence=1, interval=60.0, targets=2)


def test_readings_are_stored_before_the_reports_that_refer_to_them() -> None:
    """A judgement that a report starts finds its reading."""
    table = Table()
    given = push([report("a")], readings=(NODES,), heartbeat=BEAT)
    assert store(given, table, NOW).text == "stored 2"
    assert table.stored == ["heartbeat", NODES.digest, "a"]


def test_a_reading_that_cannot_be_stored_costs_only_itself() -> None:
    """It is named by its place; the report is stored, and lacks the reading."""
    table = Table(**{NODES.digest: INVALID})
    stored = store(push([report("a")], readings=(NODES,)), table, NOW)
    assert (stored.count, table.stored) == (1, ["a"])
    assert stored.text.startswith("stored 1 of 2; readings.0: cannot be stored")


def test_a_heartbeat_is_stored_although_all_reports_are_refused() -> None:
    """The agent works, so the push is not rejected."""
    table = Table(a=INVALID)
    stored = store(push([report("a")], heartbeat=BEAT), table, NOW)
    assert (stored.count, len(stored.refused)) == (0, 1)
    assert table.stored == ["heartbeat"]


@pytest.mark.parametrize("error", [THROTTLED, INVALID], ids=repr)
def test_a_heartbeat_that_is_not_stored_is_never_refused(error: Exception) -> None:
    """Its fields are checked before, so the fault is not the agent's."""
    with pytest.raises(ExceptionGroup):
        store(push([], heartbeat=BEAT), Table(heartbeat=error), NOW)
