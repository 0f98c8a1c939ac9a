"""Old stack, new agent; new stack again: no report is lost on the way."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from parallax.model.cluster import ClusterReading, Node, NodeReport, ReadingRef
from parallax.model.probe import Role
from parallax.model.push import SCHEMA, SCHEMA_V2, Heartbeat, Push, ReadingPart
from parallax.model.reading_parts import split
from parallax_agent.push import pusher as pusher_module
from parallax_agent.push.instructions import FAILED
from parallax_agent.push.pusher import Pusher
from parallax_agent.push.versions import as_v1
from tests.agent.conftest import IngestServer
from tests.agent.push.version_one import VersionOne
from tests.agent.sightings.test_log_followers import until
from tests.parallax.pieces import OK, probe

NOW = datetime(2026, 11, 30, tzinfo=UTC)
READING = ClusterReading(
    read_at=NOW,
    nodes=(Node(name="one"),),
    ingress_name="shop",
    problems=("pods: forbidden",),
)
REF, PARTS, PROBLEMS = split(READING)
BEAT = Heartbeat(sequence=1, interval=60.0, targets=1, nodes=REF.nodes)
REPORT = NodeReport(
    target="shop",
    cluster="keybuzz",
    node="one",
    sent_at=NOW,
    interval=15.0,
    reading_ref=REF,
    problems=PROBLEMS,
)
BEAT_ONLY = Push(
    schema=SCHEMA_V2, cluster="keybuzz", node="one", sent_at=NOW, heartbeat=BEAT
)
PUSH = replace(BEAT_ONLY, reports=(REPORT,), readings=PARTS)


@pytest.fixture
def old() -> Iterator[VersionOne]:
    """Serve an ingest of version 0.1."""
    server = VersionOne()
    yield server
    server.stop()


@pytest.fixture
def build(
    key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Pusher]]:
    """Build pushers that retry fast, and stop them at the end."""
    monkeypatch.setattr(pusher_module, "FIRST_WAIT", 0.01)
    monkeypatch.setattr(pusher_module, "BACKLOG_SECONDS", 0.01)
    built: list[Pusher] = []

    def make(server: IngestServer) -> Pusher:
        built.append(Pusher(f"{server.url}/v1/observations", key_file))
        built[-1].start()
        return built[-1]

    yield make
    for pusher in built:
        pusher.close(5)


def test_a_report_in_v1_has_its_whole_reading() -> None:
    """Problems of the agent are among those of the reading, as before."""
    push = as_v1(PUSH)
    assert push is not None
    assert (push.schema, push.heartbeat, push.readings) == (SCHEMA, None, ())
    whole = replace(REPORT, reading=READING, reading_ref=None, problems=())
    assert push.reports == (whole,)


def test_a_report_in_v1_has_no_role_that_v1_lacks() -> None:
    """Release 0.1.0 rejects a whole push because of one such probe."""
    own, other = (probe(role, NOW, OK) for role in (Role.POD, Role.OTHER_POD))
    push = as_v1(replace(PUSH, reports=(replace(REPORT, probes=(own, other)),)))
    assert push is not None
    assert push.reports[0].probes == (own,)


def test_a_heartbeat_has_no_form_in_v1() -> None:
    """An earlier version expects reports instead."""
    assert as_v1(BEAT_ONLY) is None


def test_an_old_stack_gets_the_rejected_push_in_v1(
    old: VersionOne, build: Callable[..., Pusher], caplog: pytest.LogCaptureFixture
) -> None:
    """The push is not lost, nothing is logged as an error, and v1 is remembered."""
    pusher = build(old)
    pusher.put(PUSH)
    until(lambda: old.stored)
    assert [body["schema"][-2:] for body in old.bodies] == ["v2", "v1"]
    (report,) = old.stored[0]["reports"]
    assert report["reading"]["ingress_name"] == "shop"
    assert report["reading"]["problems"] == ["pods: forbidden"]
    assert pusher.legacy
    pusher.put(PUSH)
    until(lambda: len(old.stored) == 2)
    assert len(old.bodies) == 3
    assert not [r for r in caplog.records if r.levelname in {"WARNING", "ERROR"}]


def test_a_heartbeat_finds_out_that_the_stack_is_old(
    old: VersionOne, build: Callable[..., Pusher]
) -> None:
    """Nothing waits in the buffer; the next work is a report of every target."""
    pusher = build(old)
    pusher.put(BEAT_ONLY)
    until(lambda: pusher.legacy)
    until(lambda: pusher.buffered == 0)
    pusher.put(BEAT_ONLY)
    assert pusher.buffered == 0
    assert old.stored == []


def test_an_old_stack_may_still_shorten_the_interval(
    old: VersionOne, build: Callable[..., Pusher]
) -> None:
    """Its response has no other instruction."""
    old.extra = {"interval_seconds": 10}
    pusher = build(old)
    pusher.put(PUSH)
    until(lambda: old.stored)
    found = until(pusher.take_instructions)
    assert (found.interval_seconds, found.full, found.next_seconds) == (10.0, (), None)


def test_v2_is_tried_again_after_ten_minutes(
    old: VersionOne, build: Callable[..., Pusher], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stack that was updated meanwhile gets heartbeats."""
    monkeypatch.setattr(pusher_module, "LEGACY_SECONDS", 0.05)
    pusher = build(old)
    pusher.put(PUSH)
    until(lambda: old.stored)
    until(lambda: not pusher.legacy)
    old.stop()
    new = IngestServer(old.server_port)
    try:
        pusher.put(BEAT_ONLY)
        assert new.taken.get(timeout=10).heartbeat == BEAT
    finally:
        new.stop()


def test_a_new_stack_gets_each_part_once(
    ingest: IngestServer, build: Callable[..., Pusher]
) -> None:
    """Parts go with the first report; what ingest lacks goes again."""
    pusher = build(ingest)
    for _ in range(2):
        pusher.put(PUSH)
    first = ingest.taken.get(timeout=10)
    second = ingest.taken.get(timeout=10)
    assert {part.digest for part in first.readings} == {REF.nodes, REF.target}
    assert second.readings == ()
    assert second.reports[0].reading_ref == REF
    ingest.response = {"message": "stored", "readings": [REF.target]}
    pusher.put(BEAT_ONLY)
    ingest.taken.get(timeout=10)
    found = until(pusher.take_instructions)
    while not found.readings:
        found = until(pusher.take_instructions)
    pusher.put(BEAT_ONLY)
    third = ingest.taken.get(timeout=10)
    assert [part.digest for part in third.readings] == [REF.target]


def test_a_failed_push_is_an_instruction_too(
    ingest: IngestServer, build: Callable[..., Pusher]
) -> None:
    """What ingest asked for before is no longer known."""
    ingest.answers = [503] * 1000
    pusher = build(ingest)
    pusher.put(BEAT_ONLY)
    assert until(pusher.take_instructions) == FAILED


def test_of_waiting_heartbeats_only_the_newest_is_sent(
    key_file: Path, ingest: IngestServer
) -> None:
    """An older one says nothing that it does not say; reports are all sent."""
    pusher = Pusher(f"{ingest.url}/v1/observations", key_file)
    pusher.put(PUSH)
    for number in range(2, 5):
        pusher.put(replace(BEAT_ONLY, heartbeat=replace(BEAT, sequence=number)))
    assert pusher.buffered == 2
    pusher.start()
    pusher.close(10)
    got = [ingest.taken.get(timeout=10) for _ in range(2)]
    assert [p.heartbeat.sequence for p in got if p.heartbeat] == [4]
    assert [len(p.reports) for p in got] == [0, 1]


def test_a_part_of_another_agent_s_making_is_not_invented() -> None:
    """A report whose part is gone has no reading in v1."""
    unknown = replace(REPORT, reading_ref=ReadingRef(read_at=NOW, target="x" * 32))
    parts: tuple[ReadingPart, ...] = ()
    push = as_v1(replace(PUSH, reports=(unknown,), readings=parts))
    assert push is not None
    assert push.reports[0].reading is None
