"""The pusher, against a real server: unavailable, overloaded, available."""

import base64
import queue
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from parallax.model.cluster import ClusterReading, NodeReport, Sighting
from parallax.model.probe import Probe, Role
from parallax.model.push import SCHEMA, Push
from parallax_agent.push import pusher as pusher_module
from parallax_agent.push.post import Answer
from parallax_agent.push.pusher import Pusher
from parallax_agent.push.signing import SigningKey
from tests.agent.conftest import KEY, IngestServer
from tests.agent.push.endless import Serve, endless, serve
from tests.agent.sightings.test_log_followers import until
from tests.parallax.probe.servers import issue

__all__ = ["serve"]
type Build = Callable[..., Pusher]
LONG_AGO = datetime(2026, 11, 23, tzinfo=UTC)


def message(name: str, *, targets: int = 1, problem: str = "") -> Push:
    """Return a push with this node, which identifies it."""
    report = NodeReport(
        target="platform-api",
        cluster="keybuzz",
        node=name,
        sent_at=LONG_AGO,
        interval=15.0,
        reading=ClusterReading(read_at=LONG_AGO, problems=(problem,)),
    )
    return Push(
        schema=SCHEMA,
        cluster="keybuzz",
        node=name,
        sent_at=LONG_AGO,
        reports=(report,) * targets,
    )


def received(server: IngestServer, count: int) -> list[Push]:
    """Wait for this many pushes."""
    return [server.taken.get(timeout=10) for _ in range(count)]


@pytest.fixture
def build(key_file: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Build]:
    """Build pushers that retry fast, and stop them at the end."""
    monkeypatch.setattr(pusher_module, "FIRST_WAIT", 0.01)
    monkeypatch.setattr(pusher_module, "MAX_WAIT", 0.05)
    monkeypatch.setattr(pusher_module, "BACKLOG_SECONDS", 0.01)
    built: list[Pusher] = []

    def make(url: str, capacity: int = 120) -> Pusher:
        built.append(Pusher(f"{url}/v1/observations", key_file, capacity=capacity))
        return built[-1]

    yield make
    for pusher in built:
        pusher.close(5)


def test_a_push_is_signed_and_dated_when_it_is_sent(
    ingest: IngestServer, build: Build
) -> None:
    """The server verifies the signature; the push has the time of sending."""
    pusher = build(ingest.url)
    pusher.start()
    pusher.put(message("worker-01"))
    (got,) = received(ingest, 1)
    assert ingest.requests == [("POST", "/v1/observations")]
    assert got.schema == SCHEMA
    age = datetime.now(UTC) - got.sent_at
    assert timedelta(0) <= age < timedelta(seconds=10)


def test_a_server_that_is_unavailable_then_busy_then_available(build: Build) -> None:
    """No loss, no duplicate, the newest first, one id for all attempts."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    pusher = build(f"http://127.0.0.1:{port}")
    for name in ("first", "second"):
        pusher.put(message(name))
    pusher.start()
    server = IngestServer(port, answers=[503, 429, 500])
    try:
        assert [p.node for p in received(server, 2)] == ["second", "first"]
        assert len(set(server.ids)) == 2
    finally:
        server.stop()


def test_a_delayed_report_keeps_its_time(ingest: IngestServer, build: Build) -> None:
    """Only the push's time changes; report times differ by milliseconds."""
    ingest.answers = [503]
    waited = message("late")
    (report,) = waited.reports
    probe = Probe(
        role=Role.POD,
        request_id="0" * 32,
        url="http://api.example/",
        started_at=LONG_AGO,
        healthy=True,
        duration=0.1,
    )
    seen = Sighting(request_id="0" * 32, seen_at=LONG_AGO, node="late")
    full = replace(report, probes=(probe,), sightings=(seen,), log_read_at=LONG_AGO)
    pusher = build(ingest.url)
    pusher.put(replace(waited, reports=(full,)))
    pusher.start()
    (got,) = received(ingest, 1)
    (report,) = got.reports
    assert datetime.now(UTC) - got.sent_at < timedelta(seconds=10)
    assert report.sent_at == full.sent_at + timedelta(milliseconds=1)
    assert replace(report, sent_at=full.sent_at) == full


@pytest.mark.parametrize("code", [400, 413])
def test_a_rejected_push_is_dropped_and_logged(
    ingest: IngestServer, build: Build, caplog: pytest.LogCaptureFixture, code: int
) -> None:
    """These are not retried; the log has the server's own response."""
    ingest.answers = [code]
    pusher = build(ingest.url)
    pusher.put(message("next"))
    pusher.put(message("refused"))
    pusher.start()
    (got,) = received(ingest, 1)
    assert got.node == "next"
    (line,) = [
        r for r in caplog.records if r.message == "push was rejected and dropped"
    ]
    assert (vars(line)["status_code"], vars(line)["response"]) == (code, "as planned")


@pytest.mark.parametrize("code", [301, 403, 404, 408, 502])
def test_a_rejection_that_is_not_ingest_s_own_loses_nothing(
    ingest: IngestServer, build: Build, code: int
) -> None:
    """A proxy, AWS or a wrong URL proves nothing about the push: it is retried."""
    ingest.answers = [code]
    pusher = build(ingest.url)
    pusher.put(message("kept"))
    pusher.start()
    assert received(ingest, 1)[0].node == "kept"
    assert len(ingest.requests) == 2


def test_a_machine_without_resources_loses_nothing(
    ingest: IngestServer, build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No socket or no memory for a moment: the push is retried."""
    failures = iter([OSError(24, "too many open files"), MemoryError()])
    send = pusher_module.send_post

    def fail(*arguments: Any) -> Answer:
        for failure in failures:
            raise failure
        return send(*arguments)

    monkeypatch.setattr(pusher_module, "send_post", fail)
    pusher = build(ingest.url)
    pusher.put(message("kept"))
    pusher.start()
    assert received(ingest, 1)[0].node == "kept"


def test_a_response_that_never_ends_blocks_no_push(
    ingest: IngestServer,
    serve: Serve,
    key_file: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The attempt fails, and the next attempt succeeds."""
    monkeypatch.setattr(pusher_module, "SEND_SECONDS", 0.3)
    monkeypatch.setattr(pusher_module, "FIRST_WAIT", 0.01)
    met = threading.Event()

    def hints() -> Iterator[bytes]:
        met.set()
        yield from endless(b"", b"HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n")

    pusher = Pusher(serve(hints()), key_file)
    pusher.put(message("kept"))
    pusher.start()
    assert met.wait(10)
    pusher._url = f"{ingest.url}/v1/observations"
    assert ingest.taken.get(timeout=10).node == "kept"
    assert pusher.close(5) == 0


def test_a_push_stored_in_part_is_logged(
    ingest: IngestServer, build: Build, caplog: pytest.LogCaptureFixture
) -> None:
    """The log has the reason; the push is not retried."""
    ingest.response = {"message": "stored 1 of 2; reports.0: large", "refused": 1}
    pusher = build(ingest.url)
    pusher.put(message("large"))
    pusher.start()
    received(ingest, 1)
    assert pusher.close(5) == 0
    (line,) = (r for r in caplog.records if r.message == "push was stored in part")
    assert "reports.0: large" in vars(line)["response"]


def test_a_rotated_key_is_used_at_once(
    ingest: IngestServer, build: Build, key_file: Path
) -> None:
    """The key file is read for every push."""
    newer = "whsec_" + base64.b64encode(b"another key of the tests, 32 byt").decode()
    pusher = build(ingest.url)
    pusher.start()
    pusher.put(message("old key"))
    received(ingest, 1)
    key_file.write_text(newer)
    ingest.keys = [newer]
    pusher.put(message("new key"))
    assert received(ingest, 1)[0].node == "new key"


def test_a_rotation_in_the_wrong_order_loses_nothing(
    ingest: IngestServer,
    build: Build,
    key_file: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Pushes that the old key cannot send wait for the new key."""
    newer = "whsec_" + base64.b64encode(b"another key of the tests, 32 byt").decode()
    ingest.keys = [newer]
    pusher = build(ingest.url)
    pusher.put(message("waits"))
    pusher.put(message("next"))
    pusher.start()
    until(lambda: len(ingest.requests) >= 2)
    key_file.write_text(newer)
    assert [push.node for push in received(ingest, 2)] == ["next", "waits"]
    line = next(r for r in caplog.records if r.message == "push was not authorized")
    assert (line.levelname, vars(line)["status_code"]) == ("ERROR", 401)
    assert pusher.dropped == 0


def test_a_key_changed_during_a_push_is_tried_at_once(
    ingest: IngestServer, build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After 401 the file is read again, and a newer key gets its own attempt."""
    stale = "whsec_" + base64.b64encode(b"stale").decode()
    keys = iter([SigningKey(stale), SigningKey(KEY)])
    monkeypatch.setattr(pusher_module, "read_key", lambda _: next(keys))
    pusher = build(ingest.url)
    pusher.start()
    pusher.put(message("rotated"))
    assert received(ingest, 1)[0].node == "rotated"
    assert len(ingest.requests) == 2


def test_a_key_of_another_cluster_is_replaced_at_once(
    ingest: IngestServer, build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After 403 too the file is read again; each attempt names its key's id."""
    keys = iter([SigningKey(KEY, "wrong"), SigningKey(KEY, "right")])
    monkeypatch.setattr(pusher_module, "read_key", lambda _: next(keys))
    ingest.answers = [403, 202]
    pusher = build(ingest.url)
    pusher.start()
    pusher.put(message("moved"))
    assert received(ingest, 1)[0].node == "moved"
    assert ingest.key_ids == ["wrong", "right"]


def test_a_full_buffer_drops_its_oldest_and_counts(
    ingest: IngestServer, build: Build
) -> None:
    """The newest stay; later reports contain the number of lost ones."""
    pusher = build(ingest.url, capacity=3)
    for number in range(5):
        pusher.put(message(f"{number}", targets=2))
    assert pusher.buffered == 3
    pusher.start()
    got = received(ingest, 3)
    assert [p.node for p in got] == ["4", "3", "2"]
    assert {r.dropped for p in got for r in p.reports} == {4}
    assert pusher.close(5) == 0


def test_a_push_over_the_limit_is_split(ingest: IngestServer, build: Build) -> None:
    """Reports of one cycle are sent in several messages below the limit."""
    pusher = build(ingest.url)
    pusher.start()
    pusher.put(message("large", targets=5, problem="x" * 300_000))
    got = received(ingest, 2)
    assert sorted(len(p.reports) for p in got) == [2, 3]


def test_closing_flushes_once(ingest: IngestServer, build: Build) -> None:
    """At the end the buffer is sent; then the thread ends."""
    pusher = build(ingest.url)
    for name in ("a", "b"):
        pusher.put(message(name))
    pusher.start()
    assert pusher.close(5) == 0
    assert [p.node for p in received(ingest, 2)] == ["b", "a"]


def test_closing_does_not_wait_for_an_unavailable_server(
    ingest: IngestServer, build: Build
) -> None:
    """One attempt; the rest is reported as unsent."""
    ingest.answers = [503] * 100
    pusher = build(ingest.url)
    for name in ("a", "b"):
        pusher.put(message(name))
    pusher.start()
    assert pusher.close(5) == 2
    with pytest.raises(queue.Empty):
        ingest.taken.get_nowait()


def test_a_push_is_compressed(ingest: IngestServer, build: Build) -> None:
    """Repeated data costs almost no bandwidth."""
    pusher = build(ingest.url)
    pusher.start()
    pusher.put(message("worker-01", targets=50, problem="x" * 1000))
    received(ingest, 1)
    assert ingest.sizes[0] < 5_000


def test_a_companys_own_authority_may_stand_between(
    build: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy's certificate counts where `SSL_CERT_FILE` names who signed it.

    Also one that leaves out what RFC 5280 asks for, as many companies' do.
    """
    authority = issue(tmp_path / "ca.pem", "Acme CA")
    proxy = issue(tmp_path / "proxy.pem", "127.0.0.1", by=authority)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.path))
    server = IngestServer(context=proxy.context)
    try:
        pusher = build(f"https://127.0.0.1:{server.server_port}")
        pusher.put(message("worker-01"))
        pusher.start()
        assert received(server, 1)[0].node == "worker-01"
    finally:
        server.stop()
