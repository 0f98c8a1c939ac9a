"""Sightings from followed logs, through the official client."""

import queue
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from parallax.model.cluster import Sighting
from parallax_agent.read.target_path import IngressPod
from parallax_agent.sightings import follower as follower_module
from parallax_agent.sightings.follower import Follower
from parallax_agent.sightings.formats import select_format
from parallax_agent.sightings.log_evidence import (
    UNKNOWN_FORMAT,
    LogBatch,
)
from parallax_agent.sightings.log_followers import (
    LogFollowers,
    combine,
)
from parallax_agent.watch.api import connect
from tests.agent.conftest import KubernetesServer

POD = IngressPod(namespace="ingress-nginx", name="pod-1", container="controller")
OTHER = IngressPod(namespace="ingress-nginx", name="pod-2", container="controller")
FIT = '$status $req_id "$http_user_agent"'
MOMENT = datetime(2026, 11, 23, 21, 0, 1, tzinfo=UTC)


def line(
    number: int,
    agent: str = "Parallax/0.1.0",
    request_id: str = "",
    written_at: datetime | None = None,
) -> bytes:
    """Write an access line; its second and its request id are its number."""
    request_id = request_id or f"{number:012x}4{0:03x}8{0:015x}"
    moment = f"2026-11-23T21:00:{number:02}.000000000Z"
    if written_at:
        moment = written_at.isoformat().replace("+00:00", "Z")
    return (
        f"{moment} 10.0.0.5 - - [23/Nov/2026:21:00:{number:02} +0000] "
        f'"GET / HTTP/1.1" 503 17 "-" "{agent}" 210 0.004 '
        f"[keybuzz-keybuzz-api-80] [] - - - - {request_id}\n"
    ).encode()


def until[T](ask: Callable[[], T | None], seconds: float = 10) -> T:
    """Repeat a call until it returns a true value."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if answer := ask():
            return answer
        time.sleep(0.005)
    raise AssertionError("no answer in time")


def ids(sightings: tuple[Sighting, ...]) -> list[int]:
    """Return the numbers that the request ids stand for."""
    return [int(s.request_id[:12], 16) for s in sightings]


def collect(follower: Follower, count: int) -> list[int]:
    """Wait until this many sightings were taken."""
    found: list[int] = []

    def enough() -> list[int] | None:
        found.extend(ids(follower.take().sightings))
        return found if len(found) >= count else None

    return until(enough)


@pytest.fixture
def follow(
    kubernetes_api: KubernetesServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[IngressPod], Follower]]:
    """Start followers that reconnect fast; stop them after the test."""
    monkeypatch.setattr(follower_module, "BACKOFF_SECONDS", (0.01,))
    monkeypatch.setattr(follower_module, "SETTLE_SECONDS", 0.02)
    made: list[Follower] = []
    with closing(connect(kubernetes_api.kubeconfig(tmp_path))) as apis:

        def make(pod: IngressPod) -> Follower:
            kubernetes_api.logs.setdefault(pod.name, queue.Queue())
            made.append(Follower(apis, pod, "worker-01"))
            return made[-1]

        yield make
        for one in made:
            one.stop()
        for stream in kubernetes_api.logs.values():
            stream.put(None)
        for one in made:
            if one.ident is not None:
                one.join(10)


def test_only_own_lines_are_kept(
    kubernetes_api: KubernetesServer, follow: Callable[[IngressPod], Follower]
) -> None:
    """Lines of other clients, and other ids, are never kept."""
    follower = follow(POD)
    follower.start()
    log = kubernetes_api.logs[POD.name]
    log.put(b"I1123 controller started\n" + line(1, agent="curl/8.5"))
    log.put(line(2)[:50])
    log.put(line(2)[50:] + line(3, request_id="not-a-uuid") + line(4))
    until(lambda: len(follower._evidence._sightings) == 2)
    got = follower.take()
    assert ids(got.sightings) == [2, 4]
    sighting = got.sightings[0]
    assert (sighting.node, sighting.pod) == ("worker-01", "pod-1")
    assert (sighting.status_code, sighting.upstream_address) == (503, None)
    assert sighting.seen_at == MOMENT + timedelta(seconds=1)
    assert got.read_at is not None
    assert follower.take().sightings == ()
    query = kubernetes_api.log_queries[0]
    assert query["container"] == ["controller"]
    assert query["follow"] == query["timestamps"] == ["true"]
    assert query["sinceSeconds"] == ["60"]


def test_a_stream_that_ends_is_reopened_without_duplicates(
    kubernetes_api: KubernetesServer, follow: Callable[[IngressPod], Follower]
) -> None:
    """After rotation, restart or a dropped stream."""
    follower = follow(POD)
    follower.start()
    log = kubernetes_api.logs[POD.name]
    one, two, three = (line(n, written_at=datetime.now(UTC)) for n in (1, 2, 3))
    log.put(one + two)
    log.put(None)
    log.put(one + two + three)
    assert collect(follower, 3) == [1, 2, 3]
    since = int(kubernetes_api.log_queries[1]["sinceSeconds"][0])
    assert 5 <= since < 15


def test_a_silent_stream_is_reopened_and_stays_live(
    kubernetes_api: KubernetesServer,
    follow: Callable[[IngressPod], Follower],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each successful opening proves that the log is live."""
    monkeypatch.setattr(follower_module, "QUIET_SECONDS", 0.05)
    follower = follow(POD)
    follower.set_format(select_format(None, {"log-format-upstream": FIT}))
    follower.start()
    first = until(lambda: follower.take().read_at)
    until(lambda: len(kubernetes_api.log_queries) >= 3)
    assert until(lambda: follower.take().read_at) >= first


def test_a_log_is_read_no_further_than_its_last_line_was_written(
    kubernetes_api: KubernetesServer,
    follow: Callable[[IngressPod], Follower],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """While a backlog arrives, newer lines are still waiting."""
    monkeypatch.setattr(follower_module, "SETTLE_SECONDS", 60)
    written_at = datetime.now(UTC) - timedelta(seconds=50)
    follower = follow(POD)
    follower.start()
    kubernetes_api.logs[POD.name].put(line(1, written_at=written_at))
    assert until(lambda: follower.take().read_at) == written_at


def test_an_interrupted_backlog_is_continued(
    kubernetes_api: KubernetesServer,
    follow: Callable[[IngressPod], Follower],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The next stream begins at the time of the last line, not at the current time."""
    monkeypatch.setattr(follower_module, "SETTLE_SECONDS", 60)
    follower = follow(POD)
    follower.start()
    log = kubernetes_api.logs[POD.name]
    log.put(line(1, written_at=datetime.now(UTC) - timedelta(seconds=50)))
    log.put(None)
    until(lambda: len(kubernetes_api.log_queries) >= 2)
    assert 55 <= int(kubernetes_api.log_queries[1]["sinceSeconds"][0]) < 75


def test_a_log_that_ends_at_once_is_reopened_ever_later(
    kubernetes_api: KubernetesServer,
    follow: Callable[[IngressPod], Follower],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A container that has ended sends its log and ends."""
    monkeypatch.setattr(follower_module, "SETTLE_SECONDS", 60)
    follower = follow(POD)
    waits: list[float] = []
    monkeypatch.setattr(follower_module, "BACKOFF_SECONDS", (0.01, 0.02, 0.03))
    monkeypatch.setattr(follower._ended, "wait", waits.append)
    for _ in range(4):
        kubernetes_api.logs[POD.name].put(None)
    follower.start()
    until(lambda: len(kubernetes_api.log_queries) >= 5)
    assert waits[:4] == [0.01, 0.02, 0.03, 0.03]


@pytest.mark.parametrize("code", [400, 403, 404, 500])
def test_a_log_that_cannot_be_read_is_not_live(
    kubernetes_api: KubernetesServer,
    follow: Callable[[IngressPod], Follower],
    caplog: pytest.LogCaptureFixture,
    code: int,
) -> None:
    """An error is logged once and retried; `read_at` stays None."""
    follower = follow(POD)
    stream = kubernetes_api.logs.pop(POD.name)
    kubernetes_api.errors["log"] = code
    follower.start()
    until(lambda: len(kubernetes_api.log_queries) >= 3)
    assert follower.take() == LogBatch()
    message = "access log could not be followed"
    (record,) = [r for r in caplog.records if r.message == message]
    assert str(code) in vars(record)["error"]
    kubernetes_api.logs[POD.name] = stream
    stream.put(line(7))
    assert collect(follower, 1) == [7]


def test_a_log_in_another_format_is_not_live(
    kubernetes_api: KubernetesServer, follow: Callable[[IngressPod], Follower]
) -> None:
    """Unreadable own lines show that the log has no sightings."""
    follower = follow(POD)
    follower.start()
    log = kubernetes_api.logs[POD.name]
    log.put(line(1) + b'"Parallax/0.1.0" 503\n')
    got = until(lambda: next(filter(lambda h: h.problem, [follower.take()]), None))
    assert (got.read_at, got.problem) == (None, UNKNOWN_FORMAT)
    log.put(line(2))
    assert collect(follower, 1) == [2]
    assert follower.take().read_at is not None


def test_pods_come_and_go(
    kubernetes_api: KubernetesServer, follow: Callable[[IngressPod], Follower]
) -> None:
    """Each pod gets one follower, until the pod is removed."""
    followers = LogFollowers(follow)
    followers.follow([POD])
    followers.follow([POD, OTHER])
    assert len(followers.take()) == 2
    until(lambda: len(kubernetes_api.log_queries) == 2)
    gone = followers._followers[POD]
    followers.follow([OTHER])
    followers.take()
    assert list(followers.take()) == [OTHER]
    kubernetes_api.logs[POD.name].put(b"a last line\n")
    gone.join(10)
    assert not gone.is_alive()
    followers.stop()


def with_one_line(
    kubernetes_api: KubernetesServer, follow: Callable[[IngressPod], Follower]
) -> tuple[LogFollowers, Follower]:
    """Return followers of one pod with one line, and the pod's follower."""
    followers = LogFollowers(follow)
    followers.follow([POD])
    kubernetes_api.logs[POD.name].put(line(1))
    follower = followers._followers[POD]
    until(lambda: len(follower._evidence._sightings) == 1)
    return followers, follower


def test_the_last_lines_of_a_removed_pod_are_kept(
    kubernetes_api: KubernetesServer, follow: Callable[[IngressPod], Follower]
) -> None:
    """They are returned once; its log is not live."""
    followers, _ = with_one_line(kubernetes_api, follow)
    followers.follow([OTHER])
    got = followers.take()
    assert (ids(got[POD].sightings), got[POD].read_at) == ([1], None)
    assert POD not in followers.take()
    followers.stop()


def test_a_failed_follower_s_last_lines_are_kept(
    kubernetes_api: KubernetesServer, follow: Callable[[IngressPod], Follower]
) -> None:
    """Its lines are not lost when another follower replaces it."""
    followers, broken = with_one_line(kubernetes_api, follow)
    broken.stop()
    kubernetes_api.logs[POD.name].put(None)
    broken.join(10)
    followers.follow([POD])
    assert followers._followers[POD] is not broken
    assert ids(followers.take()[POD].sightings) == [1]
    followers.stop()


@pytest.mark.parametrize(
    ("setting", "config"),
    [
        (None, (("log-format-upstream", "$status"),)),
        ("nginx: $status", (("log-format-upstream", FIT),)),
        ("nginx: $status", None),
    ],
)
def test_each_follower_gets_its_format(
    follow: Callable[[IngressPod], Follower],
    setting: str | None,
    config: tuple[tuple[str, str], ...] | None,
) -> None:
    """The setting takes precedence; a pod without follower is skipped."""
    followers = LogFollowers(follow, setting)
    followers.follow([POD])
    followers.set_format(OTHER, config)
    followers.set_format(POD, config)
    assert "X-Request-ID and User-Agent" in followers.take()[POD].problem
    followers.stop()


def test_a_config_map_that_was_not_read_changes_nothing(
    follow: Callable[[IngressPod], Follower],
) -> None:
    """The known format stays."""
    followers = LogFollowers(follow)
    followers.follow([POD])
    followers.set_format(POD, (("log-format-upstream", "$status"),))
    followers.set_format(POD, None)
    assert followers.take()[POD].problem
    followers.set_format(POD, ())
    assert not followers.take()[POD].problem
    followers.stop()


def test_several_logs_are_combined() -> None:
    """The oldest log decides up to when they are read."""
    later = MOMENT + timedelta(seconds=5)
    by_pod = {POD: LogBatch((), later), OTHER: LogBatch((), MOMENT)}
    assert combine(by_pod, [POD, OTHER]) == LogBatch((), MOMENT)


def test_one_dead_log_makes_all_of_them_no_proof() -> None:
    """A request may have reached the pod whose log is not live."""
    by_pod = {POD: LogBatch((), MOMENT), OTHER: LogBatch(problem="why")}
    got = combine(by_pod, [POD, OTHER])
    assert (got.read_at, got.problem) == (None, "why")
    assert combine(by_pod, []).read_at is None
