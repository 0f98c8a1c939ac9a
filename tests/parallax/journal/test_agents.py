"""What agents send is stored once, and a judgement gets reports with their readings."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parallax.journal.agent_items import heartbeat_item
from parallax.journal.dynamodb import DynamoJournal
from parallax.journal.observation import latest_item
from parallax.model.cluster import (
    STALE_INTERVALS,
    ClusterReading,
    Endpoint,
    Node,
    NodeReport,
)
from parallax.model.name import NAME_BYTES
from parallax.model.probe import Probe, Role
from parallax.model.push import SCHEMA_V2, Heartbeat, Push
from parallax.model.reading_parts import MISSING, split
from tests.parallax.journal.units import size, write_units

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
READING = ClusterReading(
    read_at=NOW,
    nodes=tuple(Node(name=f"worker-{n:03}", ready=True) for n in range(100)),
    endpoints=(Endpoint(address="10.0.0.9", ready=True, node="worker-001"),),
    problems=("Ingresses: forbidden",),
)
REF, PARTS, PROBLEMS = split(READING)


def report(
    sent: float = 0, received: float | None = None, **changes: Any
) -> NodeReport:
    """Make a report that was sent and received so many seconds after noon."""
    fields: dict[str, Any] = {
        "target": "front",
        "cluster": "c",
        "node": "worker-001",
        "sent_at": NOW + timedelta(seconds=sent),
        "received_at": NOW + timedelta(seconds=sent if received is None else received),
        "interval": 15.0,
    }
    return NodeReport(**(fields | changes))


def push(sent: float = 0, **changes: Any) -> Push:
    """Make a push with a heartbeat."""
    fields: dict[str, Any] = {"sequence": 1, "interval": 60.0, "targets": 20}
    beat = Heartbeat(**(fields | changes))
    at = NOW + timedelta(seconds=sent)
    return Push(
        schema=SCHEMA_V2, cluster="c", node="worker-001", sent_at=at, heartbeat=beat
    )


def stored(cloud: Any, key: str) -> dict[str, dict[str, Any]]:
    """Return the items of a partition by sort key."""
    pages = cloud.client("dynamodb").scan(TableName=cloud.journal)["Items"]
    return {item["sk"]["S"]: item for item in pages if item["pk"]["S"] == key}


def last(journal: DynamoJournal) -> NodeReport:
    """Return the one report of the target."""
    (found,) = journal.recent("front", NOW)
    assert isinstance(found, NodeReport)
    return found


def test_a_repeated_report_does_not_look_fresh(cloud: Any) -> None:
    """A duplicate keeps the time of its first receipt, however late it arrives."""
    journal = DynamoJournal(cloud.journal)
    journal.record(report(0, 1))
    for received in (1, 5, 240, 600):
        journal.record(report(0, received))
    assert last(journal) == report(0, 1)


def test_a_replayed_report_does_not_replace_a_newer_one(cloud: Any) -> None:
    """It was sent earlier, although it is received later."""
    journal = DynamoJournal(cloud.journal)
    for sent in (0, 15, 30):
        journal.record(report(sent))
        journal.record(report(0, sent + 1))
    assert last(journal) == report(30)


def test_a_retry_a_millisecond_later_changes_no_time_of_receipt(cloud: Any) -> None:
    """An agent shifts a report's time for each attempt; its receipt shifts with it."""
    journal = DynamoJournal(cloud.journal)
    journal.record(report(0, 0.5))
    journal.record(report(0.001, 0.501))
    journal.record(report(0.002, 0.4))
    assert last(journal) == report(0.001, 0.501)


def test_a_report_from_the_buffer_does_not_replace_a_newer_one(cloud: Any) -> None:
    """After an outage of ingest the newest push is sent first."""
    journal = DynamoJournal(cloud.journal)
    for sent in (60, 45, 30):
        journal.record(report(sent))
    assert last(journal) == report(60)


@settings(
    deadline=None,
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(back=st.floats(1, 3600), interval=st.sampled_from([10.0, 15.0, 60.0]))
def test_a_clock_that_is_set_back_does_not_silence_a_node(
    cloud: Any, back: float, interval: float
) -> None:
    """Its last report is never older than the intervals after which it is silent."""
    journal = DynamoJournal(cloud.journal)
    target = f"front-{back}-{interval}"
    for number in range(-2, 8):
        at = number * interval
        sent = at if number < 0 else at - back
        journal.record(report(sent, at, target=target, interval=interval))
        (found,) = journal.recent(target, NOW)
        assert isinstance(found, NodeReport)
        age = NOW + timedelta(seconds=at) - found.arrived_at
        assert age <= timedelta(seconds=interval * STALE_INTERVALS)


def test_a_latest_report_of_an_earlier_version_is_replaced(cloud: Any) -> None:
    """It has a reading, and no time of sending beside the payload."""
    journal = DynamoJournal(cloud.journal)
    item = latest_item(report(0, reading=READING))
    del item["sent_at"]
    cloud.client("dynamodb").put_item(TableName=cloud.journal, Item=item)
    assert last(journal) == report(0, reading=READING)
    journal.record(report(15))
    assert last(journal) == report(15)


def test_a_report_comes_with_its_reading_from_parts(cloud: Any) -> None:
    """As if the agent had sent it with the report."""
    journal = DynamoJournal(cloud.journal)
    for part in PARTS:
        journal.keep("c", part, NOW)
    journal.record(report(reading_ref=REF, problems=PROBLEMS))
    assert last(journal).reading == READING


def test_a_report_without_a_stored_part_says_so(cloud: Any) -> None:
    """It has no reading, and its problem is the reason."""
    journal = DynamoJournal(cloud.journal)
    journal.keep("c", PARTS[0], NOW)
    journal.record(report(reading_ref=REF))
    assert (last(journal).reading, last(journal).problems) == (None, (MISSING,))
    journal.keep("c", PARTS[1], NOW)
    assert last(journal).reading == replace(READING, problems=())


def test_agents_that_disagree_have_their_own_readings(cloud: Any) -> None:
    """Each report has what its own agent read, also in another cluster."""
    journal = DynamoJournal(cloud.journal)
    other = replace(READING, endpoints=(), problems=())
    for node, reading in (("worker-001", READING), ("worker-002", other)):
        journal.record(report(node=node, reading=reading))
    journal.record(report(cluster="d", reading_ref=REF))
    found = [one for one in journal.recent("front", NOW) if isinstance(one, NodeReport)]
    assert [one.reading for one in found] == [READING, other, None]


def test_the_reading_in_a_report_of_v1_is_stored_once(cloud: Any) -> None:
    """So its item does not grow with the number of nodes."""
    journal = DynamoJournal(cloud.journal)
    for number in range(3):
        node = f"worker-{number:03}"
        journal.record(report(node=node, reading=READING))
    assert sorted(stored(cloud, "cluster#c")) == sorted(
        f"reading#{part.digest}" for part in PARTS
    )
    item = stored(cloud, "front")["latest#c/worker-001"]
    bare = latest_item(report(reading_ref=REF, problems=PROBLEMS))
    assert size(item) == size(bare)
    assert last_of(journal, "worker-002").reading == READING


def last_of(journal: DynamoJournal, node: str) -> NodeReport:
    """Return the report of one node."""
    reports = (o for o in journal.recent("front", NOW) if isinstance(o, NodeReport))
    return next(one for one in reports if one.node == node)


def test_a_heartbeat_is_one_write_unit_whatever_its_names() -> None:
    """The longest names of a cluster and a node fit into one KB."""
    longest = replace(
        push(sequence=2**53, targets=2**53, nodes="0" * 32),
        cluster="東" * (NAME_BYTES // 3),
        node="x" * NAME_BYTES,
    )
    item = heartbeat_item(longest, NOW)
    assert write_units(item) == 1
    assert len(item["pk"]["S"].encode()) <= 2048
    assert len(item["sk"]["S"].encode()) <= 1024


def full_report(nodes: int) -> NodeReport:
    """Make a report of a full set of internal requests in a cluster of this size."""
    chance = Random(9)  # noqa: S311 - as in a real report, ids do not compress
    probes = tuple(
        Probe(
            role=Role.POD,
            request_id=chance.randbytes(16).hex(),
            url="http://10.0.0.9:8080/health",
            started_at=NOW,
            healthy=True,
            duration=chance.uniform(0.001, 0.1),
            status_code=200,
        )
        for number in range(26)
    )
    many = tuple(Node(name=f"worker-{n:03}", ready=True) for n in range(nodes))
    return report(probes=probes, reading=replace(READING, nodes=many))


def test_a_report_costs_the_same_in_a_cluster_of_any_size(cloud: Any) -> None:
    """Two write units for 26 requests; the list of nodes is stored only once."""
    journal = DynamoJournal(cloud.journal)
    units: list[int] = []
    for nodes in (5, 500):
        journal.record(replace(full_report(nodes), target=f"front-{nodes}"))
        (item,) = stored(cloud, f"front-{nodes}").values()
        units.append(write_units(item))
    assert units == [2, 2]


def test_the_heartbeats_of_a_cluster_are_read_with_its_nodes(cloud: Any) -> None:
    """The newest list counts that is stored."""
    journal = DynamoJournal(cloud.journal)
    journal.keep("c", PARTS[1], NOW)
    known = replace(push(0, nodes=PARTS[1].digest), node="a")
    unknown = replace(push(1, nodes="f" * 32), node="b")
    for one in (known, unknown, replace(push(2), node="c")):
        journal.record_heartbeat(one, one.sent_at)
    agents = journal.agents("c")
    assert [one.node for one in agents.heartbeats] == ["a", "b", "c"]
    assert [one.interval for one in agents.heartbeats] == [60.0] * 3
    assert agents.heartbeats[1].received_at == unknown.sent_at
    assert agents.nodes == tuple(node.name for node in READING.nodes or ())
    assert (journal.agents("d").heartbeats, journal.agents("d").nodes) == ((), None)


def test_a_replayed_heartbeat_does_not_keep_a_node_alive(cloud: Any) -> None:
    """Nor does an earlier one that is received later."""
    journal = DynamoJournal(cloud.journal)
    for sent, received in ((0, 0), (60, 60), (60, 200), (0, 90)):
        at = NOW + timedelta(seconds=received)
        journal.record_heartbeat(push(sent), at)
    (seen,) = journal.agents("c").heartbeats
    assert seen.received_at == NOW + timedelta(seconds=60)


@pytest.mark.parametrize(
    "change", [{"interval": {"S": "x"}}, {"received_at": {"S": "x"}}]
)
def test_an_unreadable_heartbeat_is_skipped(
    cloud: Any, change: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    """The others are read."""
    journal = DynamoJournal(cloud.journal)
    journal.record_heartbeat(push(), NOW)
    item = heartbeat_item(replace(push(), node="broken"), NOW) | change
    cloud.client("dynamodb").put_item(TableName=cloud.journal, Item=item)
    assert [one.node for one in journal.agents("c").heartbeats] == ["worker-001"]
    assert len(caplog.records) == 1
