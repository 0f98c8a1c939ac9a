"""The responses to the kubelet and Prometheus, over real HTTP."""

import contextlib
import io
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

import httpx
import pytest

from parallax.model.probe import Phases, Probe, Role
from parallax_agent.serving import server as module
from parallax_agent.serving.metrics import Metrics
from parallax_agent.serving.server import (
    REQUEST_BYTES,
    REQUEST_SECONDS,
    StatusServer,
    StatusSources,
    _Bounded,
    start_server,
)

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def probe(role: Role = Role.SERVICE, **changes: object) -> Probe:
    """Return a healthy probe, or one with other fields."""
    fields: dict[str, object] = {
        "role": role,
        "request_id": "id",
        "url": "http://example.test/",
        "started_at": NOW,
        "healthy": True,
        "duration": 0.25,
        "status_code": 200,
        "phases": Phases(connect=0.05, processing=0.2),
    }
    return Probe(**(fields | changes))  # type: ignore[arg-type] - checked by the model


type Seen = Mapping[str, Sequence[Probe]]


def last(*probes: Probe) -> Seen:
    """Return these as the last probes of one target."""
    return {"shop": probes}


@contextmanager
def serving(
    *, alive: bool = True, ready: bool = True, seen: Seen | None = None
) -> Iterator[str]:
    """Serve on any port; yield the URL."""
    metrics = Metrics(lambda: 3, lambda: 7)
    if seen:
        metrics.update(seen)
    server = StatusServer(
        "127.0.0.1", 0, StatusSources(lambda: alive, lambda: ready, metrics.registry)
    )
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.close()


@pytest.mark.parametrize(
    ("alive", "ready", "codes"),
    [(True, True, (200, 200)), (True, False, (200, 503)), (False, False, (503, 503))],
)
def test_health_checks(*, alive: bool, ready: bool, codes: tuple[int, int]) -> None:
    """A hung agent is restarted; during the first cycle the kubelet waits."""
    with serving(alive=alive, ready=ready) as url:
        asked = [httpx.get(f"{url}{path}") for path in ("/livez", "/readyz")]
    assert tuple(answer.status_code for answer in asked) == codes


def test_prometheus_reads_every_hop_in_the_usual_names() -> None:
    """blackbox_exporter's names, with the labels target, role and peer_node."""
    bad = probe(Role.INGRESS_OTHER, healthy=False, status_code=503, peer_node="w2")
    with serving(seen=last(probe(), bad)) as url:
        lines = httpx.get(f"{url}/metrics").text.splitlines()
    at = '{peer_node="",role="service",target="shop"'
    assert f"probe_success{at}}} 1.0" in lines
    assert f"probe_duration_seconds{at}}} 0.25" in lines
    assert 'probe_http_duration_seconds{peer_node="",phase="connect",' in str(lines)
    other = '{peer_node="w2",role="ingress-other",target="shop"}'
    assert f"probe_success{other} 0.0" in lines
    assert f"probe_http_status_code{other} 503.0" in lines


def test_of_several_probes_the_failing_one_is_exported() -> None:
    """A healthy pod must not hide an alert on `probe_success == 0`."""
    bad = probe(healthy=False, status_code=None)
    with serving(seen=last(probe(), bad, probe())) as url:
        text = httpx.get(f"{url}/metrics").text
    assert 'probe_success{peer_node="",role="service",target="shop"} 0.0' in text


def test_metrics_of_the_agent() -> None:
    """Buffered and dropped data is counted, also before the first cycle."""
    with serving() as url:
        text = httpx.get(f"{url}/metrics").text
    assert "parallax_agent_buffered_pushes 3.0" in text
    assert "parallax_agent_dropped_reports_total 7.0" in text


def test_other_paths() -> None:
    """The response to a wrong path lists the paths that exist."""
    with serving() as url:
        answer = httpx.get(f"{url}/")
    assert answer.status_code == 404
    assert "/metrics" in answer.text


def test_a_port_in_use_does_not_stop_the_agent() -> None:
    """On the node's network another program may have it: logged, not fatal."""
    with serving() as url:
        port = int(url.rpartition(":")[2])
        metrics = Metrics(lambda: 0, lambda: 0)
        answers = StatusSources(lambda: True, lambda: True, metrics.registry)
        assert start_server("127.0.0.1", port, answers) is None


@pytest.mark.parametrize("piece", [b"X-A: b\r\n", b"b"])
def test_an_endless_request_is_disconnected(piece: bytes) -> None:
    """After a limited number of bytes; the next client gets a response."""
    with serving() as url:
        port = int(url.rpartition(":")[2])
        sent = 0
        with (
            socket.create_connection(("127.0.0.1", port)) as endless,
            contextlib.suppress(ConnectionError),
        ):
            endless.sendall(b"GET /livez HTTP/1.1\r\nX-A: ")
            while sent < 64 * 1024 * 1024:
                sent += endless.send(piece * 10_000)
        assert httpx.get(f"{url}/livez").status_code == 200
    assert sent < 32 * 1024 * 1024


def test_a_request_ends_after_its_bytes_and_its_time() -> None:
    """However slowly a client sends it."""
    moments = iter([0.0, 1.0, REQUEST_SECONDS - 0.1, REQUEST_SECONDS])
    here, there = socket.socketpair()
    with here, there:
        request = _Bounded(here, lambda: next(moments))
        for _ in range(2):
            there.sendall(b"a")
            assert request.read(10) == b"a"
        there.sendall(b"a")
        assert request.read(10) == b""
    here, there = socket.socketpair()
    with here, there:
        there.sendall(b"a" * (REQUEST_BYTES + 9))
        assert len(io.BufferedReader(_Bounded(here)).read()) == REQUEST_BYTES


def test_too_many_clients_are_disconnected(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The oldest is, and the others get a response; each place is freed again."""
    monkeypatch.setattr(module, "MAX_CLIENTS", 2)
    metrics = Metrics(lambda: 0, lambda: 0)
    server = StatusServer(
        "127.0.0.1", 0, StatusSources(lambda: True, lambda: True, metrics.registry)
    )
    with contextlib.closing(server), contextlib.ExitStack() as stack:
        place = ("127.0.0.1", server.port)
        clients = [
            stack.enter_context(socket.create_connection(place)) for _ in range(3)
        ]
        assert clients[0].recv(1) == b""
        for client in clients[1:]:
            client.sendall(b"GET /livez HTTP/1.0\r\n\r\n")
            assert client.recv(15) == b"HTTP/1.0 200 OK"
        for _ in range(2):
            assert server._server._free.acquire(timeout=5)


@contextmanager
def idle_clients(url: str, count: int, address: str) -> Iterator[list[socket.socket]]:
    """Open connections from an address, and send nothing."""
    place = ("127.0.0.1", int(url.rpartition(":")[2]))
    with contextlib.ExitStack() as stack:
        yield [
            stack.enter_context(
                socket.create_connection(place, source_address=(address, 0))
            )
            for _ in range(count)
        ]


def test_idle_connections_do_not_block_the_kubelet(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """However many there are, also from the address of the kubelet."""
    monkeypatch.setattr(module, "MAX_CLIENTS", 3)
    with serving() as url, idle_clients(url, 5, "127.0.0.1"):
        codes = [httpx.get(f"{url}/livez").status_code for _ in range(5)]
    assert codes == [200] * 5


def test_an_address_with_many_connections_loses_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The connection of another address stays open, even if it is the oldest."""
    monkeypatch.setattr(module, "MAX_CLIENTS", 3)
    with (
        serving() as url,
        idle_clients(url, 1, "127.0.0.1") as (first,),
        idle_clients(url, 5, "127.0.0.2") as others,
    ):
        assert [client.recv(1) for client in others[:3]] == [b""] * 3
        first.sendall(b"GET /livez HTTP/1.0\r\n\r\n")
        assert first.recv(15) == b"HTTP/1.0 200 OK"


def test_a_thread_that_cannot_start_frees_its_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The connection is closed, and the next one gets a place."""
    monkeypatch.setattr(module, "MAX_CLIENTS", 1)

    def refuse(*_: object) -> None:
        raise RuntimeError("can't start new thread")

    with serving() as url:
        with monkeypatch.context() as patch:
            patch.setattr("socketserver.ThreadingMixIn.process_request", refuse)
            with idle_clients(url, 3, "127.0.0.1") as clients:
                assert [client.recv(1) for client in clients] == [b""] * 3
        assert httpx.get(f"{url}/livez").status_code == 200
