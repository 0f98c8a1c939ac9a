"""Reflectors: caches that follow a real HTTP server through all its states."""

import json
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from parallax.http_limits import TooLargeError
from parallax.model.wire import Json
from parallax_agent.watch import reflector as reflector_module
from parallax_agent.watch.api import Apis, connect
from parallax_agent.watch.cache import CacheView, Unavailable
from parallax_agent.watch.calls import Calls
from parallax_agent.watch.reflector import Reflector
from parallax_agent.watch.resources import WatchSpec
from tests.agent.kubernetes_api import KubernetesServer, kubeconfig
from tests.agent.push.endless import CHUNKED, Serve, endless, serve
from tests.agent.sightings.test_log_followers import until

__all__ = ["serve"]
PODS = WatchSpec("pods", "keybuzz")
ALL = 10
"""The recorded pods of that namespace."""


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test wait for a back-off."""
    monkeypatch.setattr(reflector_module, "BACKOFF_SECONDS", (0.01,) * 6)
    monkeypatch.setattr(reflector_module, "REFUSED_SECONDS", (0.01,))


@pytest.fixture
def apis(kubernetes_api: KubernetesServer, tmp_path: Path) -> Iterator[Apis]:
    """Connect to the recorded API."""
    with closing(connect(kubernetes_api.kubeconfig(tmp_path))) as connected:
        yield connected


@pytest.fixture
def pods(kubernetes_api: KubernetesServer, apis: Apis) -> Iterator[Reflector]:
    """Reflect the pods of the target's namespace, and wait for the first watch."""
    made = Reflector(apis, PODS)
    made.start()
    until(lambda: kubernetes_api.watching("pods"))
    yield made
    made.stop()
    made.join(20)


def logged_problems(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return why watches failed, as the log has it."""
    return [vars(r)["problem"] for r in caplog.records if r.message == "watch failed"]


def pod(name: str, phase: str = "Running", namespace: str = "keybuzz") -> Json:
    """Write a pod."""
    return {
        "metadata": {"name": name, "namespace": namespace, "managedFields": [{}]},
        "spec": {"nodeName": "worker-01", "volumes": [{"name": "large"}]},
        "status": {"phase": phase},
    }


def phases(reflector: Reflector) -> dict[str, str]:
    """Return the phase of each pod in the cache."""
    items = reflector.cache.view().items or []
    return {i["metadata"]["name"]: i["status"]["phase"] for i in items}


def queries(server: KubernetesServer, *, watch: bool) -> list[dict[str, str]]:
    """Return the queries of the pods' lists, or of their watches."""
    found = [
        {k: v[-1] for k, v in parse_qs(urlsplit(path).query).items()}
        for _, path in server.requests
        if "/pods" in path
    ]
    return [query for query in found if ("watch" in query) == watch]


def test_a_list_comes_in_pages_and_is_watched(
    kubernetes_api: KubernetesServer, apis: Apis
) -> None:
    """Every page is kept, each object once; the watch begins at the list's version."""
    kubernetes_api.largest_page = 4
    made = Reflector(apis, PODS, lambda: 200.0)
    made.start()
    until(lambda: kubernetes_api.watching("pods"))
    made.stop()
    made.join(20)
    assert len(phases(made)) == ALL
    lists = queries(kubernetes_api, watch=False)
    assert [query.get("continue") for query in lists] == [None, "4", "8"]
    (watch,) = queries(kubernetes_api, watch=True)
    assert (watch["resourceVersion"], watch["allowWatchBookmarks"]) == ("500", "true")
    assert 200 <= int(watch["timeoutSeconds"]) <= 400


def test_changes_come_without_polling(
    kubernetes_api: KubernetesServer, pods: Reflector
) -> None:
    """Added, modified, deleted; only used fields, in the list's order."""
    kubernetes_api.change("pods", "ADDED", pod("a"))
    kubernetes_api.change("pods", "MODIFIED", pod("a", "Failed"))
    kubernetes_api.change("pods", "ADDED", pod("other", namespace="shop"))
    kubernetes_api.change("pods", "ADDED", pod("z"))
    until(lambda: "z" in phases(pods))
    names = list(phases(pods))
    assert (names[0], names[-1], len(names)) == ("a", "z", ALL + 2)
    first = (pods.cache.view().items or [])[0]
    assert first == {
        "metadata": {"name": "a", "namespace": "keybuzz"},
        "spec": {"nodeName": "worker-01", "volumes": [{}]},
        "status": {"phase": "Failed"},
    }
    kubernetes_api.change("pods", "DELETED", pod("a"))
    until(lambda: "a" not in phases(pods))
    assert len(queries(kubernetes_api, watch=False)) == 1


def test_a_dropped_watch_continues(
    kubernetes_api: KubernetesServer, pods: Reflector
) -> None:
    """Missed changes come with the new stream; no list is read again."""
    kubernetes_api.change("pods", "ADDED", pod("before"))
    until(lambda: "before" in phases(pods))
    kubernetes_api.drop()
    kubernetes_api.change("pods", "ADDED", pod("meanwhile"))
    until(lambda: "meanwhile" in phases(pods))
    assert len(queries(kubernetes_api, watch=False)) == 1
    assert queries(kubernetes_api, watch=True)[-1]["resourceVersion"] == "501"


def test_a_bookmark_keeps_the_version_recent(
    kubernetes_api: KubernetesServer, pods: Reflector
) -> None:
    """After a bookmark the watch is reopened from there."""
    bookmark = {"kind": "Pod", "metadata": {"resourceVersion": "900"}}
    kubernetes_api.send("pods", {"type": "BOOKMARK", "object": bookmark})
    kubernetes_api.drop()
    until(lambda: queries(kubernetes_api, watch=True)[1:])
    assert queries(kubernetes_api, watch=True)[-1]["resourceVersion"] == "900"
    assert len(phases(pods)) == ALL


def test_a_forgotten_version_is_listed_again(
    kubernetes_api: KubernetesServer, pods: Reflector
) -> None:
    """410 as an event: missed changes, also deletions, come with a list."""
    kubernetes_api.change("pods", "ADDED", pod("gone soon"))
    until(lambda: "gone soon" in phases(pods))
    kubernetes_api.drop()
    kubernetes_api.change("pods", "DELETED", pod("gone soon"))
    kubernetes_api.change("pods", "ADDED", pod("new"))
    kubernetes_api.forget()
    kubernetes_api.drop()
    until(lambda: "new" in phases(pods))
    assert "gone soon" not in phases(pods)


def test_a_forgotten_version_may_be_a_status(
    kubernetes_api: KubernetesServer, pods: Reflector
) -> None:
    """410 as an HTTP status has the same effect, and is not a problem."""
    kubernetes_api.watch_errors["pods"] = 410
    kubernetes_api.drop()
    until(lambda: len(queries(kubernetes_api, watch=False)) > 1)
    assert pods.cache.view().problem == ""
    kubernetes_api.watch_errors.clear()
    until(lambda: kubernetes_api.watching("pods"))
    kubernetes_api.change("pods", "ADDED", pod("new"))
    until(lambda: "new" in phases(pods))


def test_a_malformed_event_is_listed_again(
    kubernetes_api: KubernetesServer,
    pods: Reflector,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Later events cannot replace a lost one."""
    kubernetes_api.send("pods", b'{"type": "ADDED", "obj\n')
    until(lambda: len(queries(kubernetes_api, watch=False)) > 1)
    until(lambda: kubernetes_api.watching("pods") > 1)
    kubernetes_api.change("pods", "ADDED", pod("new"))
    until(lambda: "new" in phases(pods))
    assert "watch failed unexpectedly" in caplog.text


def test_permissions_revoked_while_watching(
    kubernetes_api: KubernetesServer,
    pods: Reflector,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Log and problem name it, no old object counts; a new grant restores all."""
    caplog.set_level("INFO", reflector_module.__name__)
    kubernetes_api.errors["pods"] = 403
    kubernetes_api.drop()

    def refused() -> CacheView | None:
        view = pods.cache.view()
        return view if view.reason else None

    view = until(refused)
    assert (view.items, view.reason) == (None, Unavailable.FORBIDDEN)
    assert view.problem.startswith("cannot watch pods in namespace keybuzz: 403")
    problem = "cannot watch pods in namespace keybuzz: 403"
    until(lambda: any(p.startswith(problem) for p in logged_problems(caplog)))
    kubernetes_api.errors.clear()
    until(lambda: len(phases(pods)) == ALL)
    until(lambda: "watch recovered" in caplog.text)


def test_a_right_to_list_alone_is_not_enough(
    kubernetes_api: KubernetesServer, apis: Apis
) -> None:
    """Without permission to watch, the problem names that verb."""
    kubernetes_api.watch_errors["pods"] = 403
    made = Reflector(apis, PODS)
    made.start()
    until(lambda: made.cache.view().reason)
    view = made.cache.view()
    made.stop()
    made.join(20)
    assert view.items is None
    assert view.problem.startswith("cannot watch pods in namespace keybuzz: 403")


def test_a_forbidden_watch_is_retried_soon_and_then_ever_later(
    kubernetes_api: KubernetesServer,
    apis: Apis,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A starting API server rejects for seconds; a missing permission stays."""
    monkeypatch.undo()
    pauses: list[float] = []

    def noted(_: Calls, seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 6:
            kubernetes_api.errors.clear()

    monkeypatch.setattr(Calls, "pause", noted)
    kubernetes_api.errors["pods"] = 403
    made = Reflector(apis, PODS)
    made.start()
    until(lambda: kubernetes_api.watching("pods"))
    made.stop()
    made.join(20)
    assert pauses[0] <= 2
    assert pauses[:5] == sorted(pauses[:5])
    assert all(30 <= pause <= 60 for pause in pauses[4:6])


def test_the_api_restarts(
    kubernetes_api: KubernetesServer,
    pods: Reflector,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """After refused connections the new server's objects count."""
    port = kubernetes_api.server_port
    kubernetes_api.stop()
    until(lambda: pods._failures > reflector_module.MAX_FAILURES)
    assert len(logged_problems(caplog)) == 1
    again = KubernetesServer(port)
    again.replaced["pods"] = {"items": [pod("new")]}
    try:
        until(lambda: list(phases(pods)) == ["new"])
    finally:
        again.stop()


def test_a_silent_watch_is_reopened(
    kubernetes_api: KubernetesServer,
    pods: Reflector,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without a bookmark it is reopened, but not broken."""
    monkeypatch.setattr(reflector_module, "SILENT_SECONDS", 0.05)
    kubernetes_api.drop()
    until(lambda: len(queries(kubernetes_api, watch=True)) >= 4)
    assert len(phases(pods)) == ALL
    assert len(queries(kubernetes_api, watch=False)) == 1


def test_a_watch_that_ends_at_once_is_reopened_later(
    kubernetes_api: KubernetesServer,
    pods: Reflector,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A server that closes every stream gets no flood of requests."""
    pauses: list[float] = []
    real = Calls.pause

    def noted(self: Calls, seconds: float) -> None:
        pauses.append(seconds)
        real(self, seconds)

    monkeypatch.setattr(Calls, "pause", noted)
    kubernetes_api.endless = False
    kubernetes_api.drop()
    until(lambda: len(pauses) >= 4)
    assert all(pause > 0 for pause in pauses)
    assert len(phases(pods)) == ALL


@pytest.mark.parametrize(
    ("answer", "least"),
    [
        ((429, "1"), 1.0),
        ((503, "2"), 2.0),
        ((429, "86400"), 60.0),
        ((429, "soon"), 0.0),
    ],
)
def test_retry_after_of_a_busy_server(
    kubernetes_api: KubernetesServer,
    apis: Apis,
    monkeypatch: pytest.MonkeyPatch,
    answer: tuple[int, str],
    least: float,
) -> None:
    """`Retry-After` is used, within limits; then the watch continues."""
    pauses: list[float] = []

    def noted(_: Calls, seconds: float) -> None:
        pauses.append(seconds)
        kubernetes_api.errors.clear()

    monkeypatch.setattr(Calls, "pause", noted)
    kubernetes_api.errors["pods"], kubernetes_api.retry_after = answer
    made = Reflector(apis, PODS)
    made.start()
    until(lambda: kubernetes_api.watching("pods"))
    made.stop()
    made.join(20)
    assert len(phases(made)) == ALL
    assert least <= pauses[0] <= least * 1.5 + 0.01


def test_an_error_event_that_is_no_410_goes_on_from_there(
    kubernetes_api: KubernetesServer, pods: Reflector
) -> None:
    """E.g. 500 in the middle of a stream: the known version stays valid."""
    status = {"kind": "Status", "code": 500, "reason": "InternalError"}
    kubernetes_api.send("pods", {"type": "ERROR", "object": status})
    kubernetes_api.drop()
    until(lambda: len(queries(kubernetes_api, watch=True)) > 1)
    kubernetes_api.change("pods", "ADDED", pod("new"))
    until(lambda: "new" in phases(pods))
    assert len(queries(kubernetes_api, watch=False)) == 1


@pytest.mark.parametrize(
    "event",
    [
        {"type": "ERROR", "object": None},
        {"type": "ADDED", "object": None},
        {"type": "ADDED"},
        {},
        {"type": "MODIFIED", "object": {"metadata": None}},
    ],
)
def test_an_event_without_an_object_is_listed_again(
    kubernetes_api: KubernetesServer, pods: Reflector, event: Json
) -> None:
    """Its meaning is unknown; no known object is lost."""
    kubernetes_api.send("pods", json.dumps(event).encode() + b"\n")
    until(lambda: len(queries(kubernetes_api, watch=False)) > 1)
    until(lambda: kubernetes_api.watching("pods") > 1)
    kubernetes_api.change("pods", "ADDED", pod("new"))
    until(lambda: len(phases(pods)) == ALL + 1)


def test_an_event_of_an_unknown_type_changes_nothing(
    kubernetes_api: KubernetesServer, pods: Reflector
) -> None:
    """Its version counts, as a bookmark's does."""
    about = {"name": "x", "namespace": "keybuzz", "resourceVersion": "700"}
    kubernetes_api.send("pods", {"type": "NEWS", "object": {"metadata": about}})
    kubernetes_api.drop()
    until(lambda: len(queries(kubernetes_api, watch=True)) > 1)
    assert queries(kubernetes_api, watch=True)[-1]["resourceVersion"] == "700"
    assert "x" not in phases(pods)


@pytest.mark.parametrize("large", [False, True])
def test_an_expired_continue_token_starts_again(
    kubernetes_api: KubernetesServer, apis: Apis, *, large: bool
) -> None:
    """410 in the middle of a list: no page of the first attempt is kept."""
    kubernetes_api.largest_page, kubernetes_api.lose_continue = 4, True
    if large:
        kubernetes_api.replaced["pods"] = {"items": [pod(f"p-{n}") for n in range(50)]}
    made = Reflector(apis, PODS)
    made.start()
    until(lambda: kubernetes_api.watching("pods"))
    made.stop()
    made.join(20)
    assert len(phases(made)) == (50 if large else ALL)
    tokens = [q.get("continue") for q in queries(kubernetes_api, watch=False)]
    assert tokens[:4] == [None, "4", None, "4"]


@pytest.mark.parametrize(
    ("pieces", "error"),
    [
        (endless(b"HTTP/1.1 200 OK\r\n\r\n", b" " * 9999), TooLargeError),
        (endless(CHUNKED + b"0\r\n", b"X: " + b"x" * 999 + b"\r\n"), TimeoutError),
        (endless(CHUNKED, b"1;" + b"e" * 9999 + b"\r\n \r\n"), TimeoutError),
    ],
    ids=["body", "trailers", "chunk extensions"],
)
def test_a_list_that_never_ends_is_an_error(
    serve: Serve,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    pieces: Iterator[bytes],
    error: type[Exception],
) -> None:
    """The reader stops after a limit of bytes or of seconds."""
    monkeypatch.setattr(reflector_module, "PAGE_SECONDS", 30.0)
    if error is TimeoutError:
        monkeypatch.setattr(reflector_module, "PAGE_SECONDS", 0.2)
    file = kubeconfig(serve(pieces).rstrip("/"), tmp_path)
    with closing(connect(file)) as apis, pytest.raises(error):
        Reflector(apis, PODS)._list()


def test_a_page_that_is_too_large_is_listed_in_smaller_ones(
    kubernetes_api: KubernetesServer, apis: Apis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cluster with large objects is read all the same."""
    monkeypatch.setattr(reflector_module, "PAGE_BYTES", 20_000)
    large = {"spec": {"nodeName": "worker-01", "volumes": [{"name": "x" * 1000}]}}
    many = [pod(f"p-{n}") | large for n in range(50)]
    kubernetes_api.replaced["pods"] = {"items": many}
    made = Reflector(apis, PODS)
    made.start()
    until(lambda: kubernetes_api.watching("pods"))
    made.stop()
    made.join(20)
    assert len(made.cache.view().items or []) == 50
    limits = [query["limit"] for query in queries(kubernetes_api, watch=False)]
    assert limits == ["100", *["10"] * 5]


def test_a_half_open_connection_is_detected(
    pods: Reflector,
) -> None:
    """The kernel sends keepalives after 10 silent seconds, and gives up at 25."""
    until(lambda: pods._calls._open)
    opened = pods._calls._open
    assert opened is not None
    sock = opened.connection.sock if opened.connection else None
    assert sock is not None
    view = [
        sock.getsockopt(level, name)
        for level, name in (
            (socket.SOL_SOCKET, socket.SO_KEEPALIVE),
            (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE),
            (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL),
            (socket.IPPROTO_TCP, socket.TCP_KEEPCNT),
        )
    ]
    assert view == [1, 10, 5, 3]
    assert sock.gettimeout() == reflector_module.SILENT_SECONDS


def test_stopping_ends_a_silent_watch(
    kubernetes_api: KubernetesServer, pods: Reflector
) -> None:
    """Without data and without waiting."""
    pods.stop()
    pods.join(20)
    assert not pods.is_alive()
    assert kubernetes_api.watching("pods") == 1
