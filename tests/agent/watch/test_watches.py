"""Watches: started when needed, stopped when unused."""

from contextlib import closing
from pathlib import Path

import pytest

from parallax_agent.watch import watches as watches_module
from parallax_agent.watch.api import Lists, connect
from parallax_agent.watch.cache import Cache
from parallax_agent.watch.reflector import WATCH_SECONDS
from parallax_agent.watch.resources import WatchSpec
from parallax_agent.watch.watches import (
    FIRST_SECONDS,
    IDLE_SECONDS,
    MAX_WATCH_SECONDS,
    Watches,
)
from tests.agent.kubernetes_api import KubernetesServer
from tests.agent.sightings.test_log_followers import until
from tests.agent.watch.test_cache import Clock

NODES, PODS = WatchSpec("nodes"), WatchSpec("pods", "keybuzz")


def test_the_steady_state_calls_nothing(
    kubernetes_api: KubernetesServer, tmp_path: Path
) -> None:
    """For any number of cycles, there is one list and one watch of each."""
    file = kubernetes_api.kubeconfig(tmp_path)
    with closing(connect(file)) as apis, closing(Watches(apis)) as watches:
        watches.want([NODES, PODS])
        until(lambda: all(map(kubernetes_api.watching, ("nodes", "pods"))))
        for _ in range(5):
            lists = Lists(watches)
            assert len(lists.items("nodes", None) or ()) == 5
            assert lists.items("pods", "keybuzz")
            watches.stop_idle()
    assert len(kubernetes_api.requests) == 4


def test_an_unused_watch_is_stopped(
    kubernetes_api: KubernetesServer, tmp_path: Path
) -> None:
    """It starts again when it is needed."""
    clock = Clock()
    file = kubernetes_api.kubeconfig(tmp_path)
    with closing(connect(file)) as apis, closing(Watches(apis, clock)) as watches:
        watches.view(NODES)
        watches.view(PODS)
        pods = watches._watches[PODS].reflector
        clock.now = IDLE_SECONDS + 1
        watches.view(NODES)
        watches.stop_idle()
        pods.join(20)
        assert not pods.is_alive()
        assert watches._watches.keys() == {NODES}
        assert watches.view(PODS).items


def test_a_watch_lasts_longer_in_a_larger_cluster(
    kubernetes_api: KubernetesServer, tmp_path: Path
) -> None:
    """5 nodes: a revoked permission shows soon; 500: the API server is spared."""
    file = kubernetes_api.kubeconfig(tmp_path)
    with closing(connect(file)) as apis, closing(Watches(apis)) as watches:
        assert watches.watch_seconds() == WATCH_SECONDS
        watches.view(NODES)
        assert watches.watch_seconds() == WATCH_SECONDS + 5
        nodes = watches._watches[NODES].reflector.cache
        nodes.replace({("", f"node-{n}"): {} for n in range(500)})
        assert watches.watch_seconds() == MAX_WATCH_SECONDS


def test_a_missing_first_response_is_a_problem(
    kubernetes_api: KubernetesServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cycle waits for a limited time, and the problem says what is unknown."""
    monkeypatch.setattr(watches_module, "FIRST_SECONDS", 0.0)
    file = kubernetes_api.kubeconfig(tmp_path)
    monkeypatch.setattr("parallax_agent.watch.reflector.Reflector.run", lambda _: None)
    with closing(connect(file)) as apis, closing(Watches(apis)) as watches:
        lists = Lists(watches)
        assert lists.items("nodes", None) is None
        assert lists.problems == {"list nodes": "cannot list nodes: no response yet"}


def test_a_cycle_waits_for_all_first_responses_together(
    kubernetes_api: KubernetesServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A watch that starts late in a cycle gets only the remaining time."""
    monkeypatch.setattr("parallax_agent.watch.reflector.Reflector.run", lambda _: None)
    waited: list[float] = []
    monkeypatch.setattr(Cache, "answered", lambda _, seconds: waited.append(seconds))
    clock = Clock()
    file = kubernetes_api.kubeconfig(tmp_path)
    with closing(connect(file)) as apis, closing(Watches(apis, clock)) as watches:
        lists = Lists(watches)
        clock.now = FIRST_SECONDS - 1
        lists.items("nodes", None)
        clock.now = FIRST_SECONDS + 1
        lists.items("pods", "keybuzz")
    assert waited == [1.0, 0.0]


def test_closing_ends_every_thread(
    kubernetes_api: KubernetesServer, tmp_path: Path
) -> None:
    """SIGTERM does not wait for silent streams."""
    with closing(connect(kubernetes_api.kubeconfig(tmp_path))) as apis:
        watches = Watches(apis)
        watches.want([NODES, PODS])
        until(lambda: all(map(kubernetes_api.watching, ("nodes", "pods"))))
        threads = [kept.reflector for kept in watches._watches.values()]
        watches.close()
        for thread in threads:
            thread.join(20)
    assert not any(thread.is_alive() for thread in threads)
