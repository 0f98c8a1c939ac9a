"""The journal: observations are read once, in order, and limited."""

import base64
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parallax.journal.dynamodb import READINGS, DynamoJournal
from parallax.journal.observation import (
    from_image,
    latest_item,
    moment,
    sightings_item,
    to_item,
)
from parallax.journal.printed import PrintedJournal
from parallax.model.balancer import BalancerReading, LoadBalancer
from parallax.model.cluster import ClusterReading, NodeReport, Sighting
from parallax.model.heartbeat import Agents
from parallax.model.name import NAME_BYTES, is_name, is_node_name
from parallax.model.packed import TooLargeError, UnreadableError
from parallax.model.probe import Probe, ProbeRun, Role
from parallax.model.push import SCHEMA_V2, Heartbeat, Push
from parallax.model.reading_parts import part

NOW = datetime(2025, 11, 20, 12, 0, tzinfo=UTC)


def probe(role: Role = Role.FIRST, *, healthy: bool = False, body: str = "") -> Probe:
    """Make a probe of one second ago."""
    return Probe(
        role=role,
        request_id="abc",
        url="https://front.example/",
        started_at=NOW,
        healthy=healthy,
        duration=0.1,
        status_code=503,
        body=body,
    )


def run(*more: Probe) -> ProbeRun:
    """Make a run: an investigation, if there is more than the first probe."""
    return ProbeRun(target="front", started_at=NOW, probes=(probe(), *more))


def report(**changes: Any) -> NodeReport:
    """Make a report of one node."""
    fields: dict[str, Any] = {
        "target": "front",
        "cluster": "c",
        "node": "worker-1",
        "sent_at": NOW,
        "interval": 15.0,
    }
    return NodeReport(**(fields | changes))


READING = BalancerReading(
    target="front",
    read_at=NOW + timedelta(seconds=2),
    load_balancer=LoadBalancer(id=1, name="lb", ipv4="203.0.113.20"),
)


def test_recorded_observations_are_read(cloud: Any) -> None:
    """Runs, readings and each node's report of one target are read unchanged."""
    journal = DynamoJournal(cloud.journal)
    early = report(sent_at=NOW - timedelta(seconds=5))
    for observation in (READING, run(), early):
        journal.record(observation)
    journal.record(BalancerReading(target="another", read_at=NOW))
    since = NOW - timedelta(minutes=1)
    assert journal.recent("front", since) == (run(), READING, early)


def test_the_last_observations_are_read_at_any_age(cloud: Any) -> None:
    """The last run, reading and report are read, no matter how old."""
    journal = DynamoJournal(cloud.journal)
    for observation in (READING, run(), report()):
        journal.record(observation)
    since = NOW + timedelta(hours=20)
    assert journal.recent("front", since) == (run(), READING, report())


def test_runs_are_read_by_time_and_only_the_newest_readings(cloud: Any) -> None:
    """Half an hour of runs; only as many readings as may still be evidence."""
    journal = DynamoJournal(cloud.journal)
    at = [NOW + timedelta(minutes=m) for m in range(8)]
    runs = [replace(run(), started_at=instant) for instant in at]
    readings = [replace(READING, read_at=instant) for instant in at]
    for observation in (*runs[::-1], *readings):
        journal.record(observation)
    assert journal.recent("front", at[1]) == (*runs[1:], *readings[-READINGS:])


def test_an_investigation_takes_the_place_of_its_first_probe(cloud: Any) -> None:
    """The two records of one run are one item, the fuller one."""
    journal = DynamoJournal(cloud.journal)
    full = run(probe(Role.REPEAT))
    journal.record(run())
    journal.record(full)
    assert journal.recent("front", NOW) == (full,)


def test_a_node_has_its_newest_report(cloud: Any) -> None:
    """One report for each node; a late one does not replace it."""
    journal = DynamoJournal(cloud.journal)
    times = [NOW + timedelta(seconds=s) for s in (0, 15, 30)]
    first, late, last = (report(sent_at=at, received_at=at) for at in times)
    silent = report(node="worker-2")
    for observation in (first, silent, last, late):
        journal.record(observation)
    assert journal.recent("front", NOW) == (last, silent)


def test_sightings_of_earlier_reports_come_with_the_last(cloud: Any) -> None:
    """Sightings of the newest run are included once; older ones are not."""
    journal = DynamoJournal(cloud.journal)
    journal.record(run())
    old, early, late = (
        Sighting(request_id=name, seen_at=NOW, node="worker-1")
        for name in ("old", "early", "late")
    )
    brought = {-600: (old,), 15: (early,), 30: (early, late), 45: ()}
    for seconds, sightings in brought.items():
        at = NOW + timedelta(seconds=seconds)
        journal.record(report(sent_at=at, received_at=at, sightings=sightings))
    (_, last) = journal.recent("front", NOW)
    assert isinstance(last, NodeReport)
    assert last.sent_at == NOW + timedelta(seconds=45)
    assert last.sightings == (early, late)


def test_a_closed_public_interface_has_no_address() -> None:
    """Its addresses stay in the reading, but only the private ones may be probed."""
    closed = LoadBalancer(id=1, name="lb", ipv4="203.0.113.20", public_interface=False)
    item = to_item(replace(READING, load_balancer=closed))
    assert item["addresses"] == {"L": []}
    inner = replace(closed, private_ips=("10.0.0.5",))
    item = to_item(replace(READING, load_balancer=inner))
    assert item["addresses"] == {"L": [{"S": "10.0.0.5"}]}


def test_the_balancers_addresses_need_no_decoding(cloud: Any) -> None:
    """The newest reading's addresses are found; a problem reading has none."""
    journal = DynamoJournal(cloud.journal)
    assert journal.addresses("front", NOW) == ()
    journal.record(READING)
    journal.record(BalancerReading(target="front", read_at=NOW + timedelta(seconds=9)))
    assert journal.addresses("front", NOW) == ("203.0.113.20",)


def test_a_broken_item_does_not_hide_the_others(cloud: Any) -> None:
    """An unreadable item is skipped, and the others are read."""
    journal = DynamoJournal(cloud.journal)
    journal.record(run())
    broken = to_item(READING) | {"payload": {"B": b"not gzip"}}
    cloud.client("dynamodb").put_item(TableName=cloud.journal, Item=broken)
    assert journal.recent("front", NOW) == (run(),)


def test_the_filters_attributes_are_plain() -> None:
    """A stream filter can select a failing first probe."""
    item = to_item(run())
    assert (item["kind"], item["outcome"]) == ({"S": "run"}, {"S": "failing"})
    assert to_item(run(probe(Role.REPEAT)))["kind"] == {"S": "investigation"}
    item = to_item(report())
    assert (item["kind"], item["outcome"]) == ({"S": "latest"}, {"S": "reported"})
    kept = int(to_item(run())["expires_at"]["N"]) - NOW.timestamp()
    assert kept == timedelta(days=2).total_seconds()


def test_a_stream_image_is_read_from_base64() -> None:
    """Lambda passes binary attributes as base64 text."""
    item = to_item(READING)
    item["payload"] = {"B": base64.b64encode(item["payload"]["B"]).decode()}
    assert from_image(item) == READING


ATTRIBUTE = st.dictionaries(
    st.sampled_from(["S", "N", "B", "L"]),
    st.none() | st.text() | st.binary() | st.lists(st.integers()) | st.integers(),
)


@given(
    st.dictionaries(
        st.sampled_from(["pk", "sk", "kind", "payload"]), ATTRIBUTE | st.text()
    )
)
def test_no_image_is_another_error(image: Any) -> None:
    """Any stream record is an observation or unreadable."""
    with pytest.raises(UnreadableError):
        from_image(image)


DAMAGED = {
    "a truncated payload": lambda packed: packed[:-9],
    "a flipped bit": lambda packed: packed[:20] + bytes([packed[20] ^ 1]) + packed[21:],
    "no gzip": lambda _: b"not gzip",
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_corrupt_item_is_skipped_with_a_warning(
    cloud: Any, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    """All other items of the target are read."""
    journal = DynamoJournal(cloud.journal)
    others = report(node="worker-2"), report(node="worker-3")
    for observation in (run(), READING, *others):
        journal.record(observation)
    item = latest_item(report())
    packed = DAMAGED[damage](item["payload"]["B"])
    cloud.client("dynamodb").put_item(
        TableName=cloud.journal, Item=item | {"payload": {"B": packed}}
    )
    assert journal.recent("front", NOW) == (run(), READING, *others)
    (line,) = caplog.records
    assert line.levelname == "WARNING"
    assert "latest#c/worker-1" in vars(line)["reason"]


@pytest.mark.parametrize("addresses", [{"S": "x"}, {"L": [{"N": "1"}, {"NULL": True}]}])
def test_addresses_of_another_type_are_none(cloud: Any, addresses: Any) -> None:
    """The probe reads them during an investigation, which continues."""
    item = to_item(READING) | {"addresses": addresses}
    cloud.client("dynamodb").put_item(TableName=cloud.journal, Item=item)
    assert DynamoJournal(cloud.journal).addresses("front", NOW) == ()


NAMES = ["東京", "zürich", "~", "🚀", "a/b", "$", "#", "￮", "plain"]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_of_any_script_is_found_again(cloud: Any, name: str) -> None:
    """Reports and sightings of such a cluster are read like any other."""
    journal = DynamoJournal(cloud.journal)
    seen = Sighting(request_id="abc", seen_at=NOW, node=name)
    journal.record(run())
    journal.record(report(cluster=name, received_at=NOW, sightings=(seen,)))
    last = report(cluster=name, sent_at=NOW + timedelta(seconds=15))
    journal.record(replace(last, received_at=last.sent_at))
    (_, found) = journal.recent("front", NOW)
    assert found == replace(last, received_at=last.sent_at, sightings=(seen,))


def test_no_source_is_found_among_another_s(cloud: Any) -> None:
    """A key range ends where its source does, whatever the names in it."""
    journal = DynamoJournal(cloud.journal)
    journal.record(report(cluster="􏿽", node="􏿽"))
    assert journal.recent("front", NOW) == (report(cluster="􏿽", node="􏿽"),)


names = st.text(
    st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=60
).filter(is_name)


@given(names, names.filter(is_node_name), names, names.filter(is_node_name))
def test_no_two_nodes_share_a_key(
    cluster: str, node: str, other_cluster: str, other_node: str
) -> None:
    """Whatever clusters and nodes are called, also with a slash in a cluster's name."""
    one, other = (cluster, node), (other_cluster, other_node)
    for item in (latest_item, sightings_item):
        keys = {item(report(cluster=c, node=n))["sk"]["S"] for c, n in (one, other)}
        assert len(keys) == len({one, other})


def test_the_longest_names_fit_into_a_key() -> None:
    """DynamoDB accepts 1,024 bytes of a sort key."""
    longest = "東" * (NAME_BYTES // 3)
    for item in (latest_item, sightings_item):
        key = item(report(cluster=longest, node=longest))["sk"]["S"]
        assert len(key.encode()) <= 1024


@pytest.mark.parametrize(
    "image",
    [
        {},
        {"kind": {"S": "run"}},
        {"kind": {"S": "rumor"}, "payload": {"B": b""}},
        {"kind": {"S": "run"}, "payload": {"B": "no base64!"}},
        {"kind": {"S": "reading"}, "payload": to_item(run())["payload"]},
    ],
)
def test_what_is_no_observation_is_named_unreadable(image: Any) -> None:
    """Any wrong image raises one kind of error, with the reason."""
    with pytest.raises(UnreadableError):
        from_image(image)


def test_an_observation_too_large_is_refused_by_size() -> None:
    """Our limit of an item is below DynamoDB's."""
    noise = "".join(chr(0x4E00 + (i * 7919) % 20000) for i in range(400_000))
    with pytest.raises(TooLargeError, match="more than the limit of 380000"):
        to_item(run(probe(Role.REPEAT, body=noise)))


@given(st.datetimes(timezones=st.timezones()), st.datetimes(timezones=st.timezones()))
def test_moments_sort_as_time_does(one: datetime, other: datetime) -> None:
    """Texts of instants compare as the instants, whatever their zone."""
    if one.astimezone(UTC) <= other.astimezone(UTC):
        assert moment(one) <= moment(other)


def test_without_a_journal_it_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """The printed journal prints the key and the observation, and stores nothing."""
    journal = PrintedJournal()
    journal.record(run())
    out = capsys.readouterr().out
    assert '"would_store"' in out
    assert "probe#2025-11-20T12:00:00.000Z#abc" in out
    assert journal.recent("front", NOW) == ()
    assert journal.addresses("front", NOW) == ()


def test_without_a_journal_a_push_is_printed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Its heartbeat and its readings; no reading is requested again."""
    journal = PrintedJournal()
    beat = Heartbeat(sequence=1, interval=60.0, targets=2)
    push = Push(schema=SCHEMA_V2, cluster="c", node="n", sent_at=NOW, heartbeat=beat)
    nodes = part(ClusterReading(read_at=NOW, nodes=()))
    journal.record_heartbeat(push, NOW)
    journal.keep("c", nodes, NOW)
    heartbeat, reading = capsys.readouterr().out.splitlines()
    assert '"sk": "heartbeat#n"' in heartbeat
    assert f'"sk": "reading#{nodes.digest}"' in reading
    assert journal.lacking("c", [nodes.digest], NOW) == ()
    assert journal.agents("c") == Agents()
    assert journal.round_times() == ()
