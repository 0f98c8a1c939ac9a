"""Specification of the cluster's own pods as witnesses: `hops.other_pods`."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from parallax.model.probe import ErrorType, Probe, Role
from parallax.probe import fetch
from parallax_agent.hops.other_pods import MOST, cut_nodes, other_pods, requests
from parallax_agent.hops.selection import VantagePoint
from tests.agent.conftest import Quiet, Server
from tests.agent.hops.test_plan import AT, NOW


def pod(
    name: str,
    node: str = "worker-02",
    labels: dict[str, str] | None = None,
    **changes: Any,
) -> dict[str, Any]:
    """Return a ready pod of `kube-system` as the API has it."""
    spec: dict[str, Any] = {"nodeName": node, "containers": [{"name": "main"}]}
    return {
        "metadata": {"name": name, "labels": labels or {}},
        "spec": spec | changes,
        "status": {
            "phase": "Running",
            "podIP": "10.42.1.7",
            "conditions": [{"type": "Ready", "status": "True"}],
        },
    }


DNS = {"k8s-app": "kube-dns"}


def probing(port: Any, **get: Any) -> list[dict[str, Any]]:
    """Return a container with an HTTP readiness probe."""
    named = [{"name": "health", "containerPort": 9440}]
    check = {"httpGet": {"port": port, **get}}
    return [{"name": "main", "ports": named, "readinessProbe": check}]


def test_a_dns_pod_is_preferred() -> None:
    """Every node may use it; its name comes later in the alphabet."""
    metrics = pod("aaa-metrics", containers=probing(8080, path="/ready"))
    found = other_pods([metrics, pod("coredns-1", labels=DNS)])
    assert (found["worker-02"].name, found["worker-02"].port) == ("coredns-1", 53)


@pytest.mark.parametrize(
    ("containers", "place"),
    [
        (probing(8080, path="/ready"), (8080, "/ready")),
        (probing("health"), (9440, "/")),
        (probing(8080, path="ready"), (8080, "/ready")),
        (probing(8443, scheme="HTTPS"), None),
        (probing("unknown"), None),
        ([{"name": "main", "readinessProbe": {"tcpSocket": {"port": 1}}}], None),
        ([{"name": "main"}], None),
    ],
)
def test_another_pod_is_requested_as_the_kubelet_does(
    containers: list[Any], place: tuple[int, str] | None
) -> None:
    """Without a plain HTTP probe nothing is known to be harmless."""
    found = other_pods([pod("metrics", containers=containers)])
    one = found.get("worker-02")
    assert (one and (one.port, one.path)) == place


@pytest.mark.parametrize(
    "change",
    [
        {"spec": {"hostNetwork": True, "nodeName": "worker-02"}},
        {"spec": {}},
        {"status": {"podIP": "10.42.1.7", "conditions": []}},
        {"status": {"conditions": [{"type": "Ready", "status": "True"}]}},
        {"status": None},
    ],
)
def test_a_pod_that_shows_nothing_is_left_out(change: dict[str, Any]) -> None:
    """It has its node's address, no node or no address, or it is not ready."""
    assert other_pods([pod("coredns-1", labels=DNS) | change]) == {}


def probe(**changes: Any) -> Probe:
    """Return a probe of a pod on worker-02 that got no connection."""
    lost = Probe(
        role=Role.POD,
        request_id="1",
        url="http://shop/",
        started_at=NOW,
        healthy=False,
        duration=1.5,
        error_type=ErrorType.TIMEOUT,
        error_phase="connect",
        peer_node="worker-02",
    )
    return replace(lost, **changes)


@pytest.mark.parametrize(
    ("changes", "nodes"),
    [
        ({}, {"worker-02"}),
        ({"peer_node": "worker-01"}, set[str]()),
        ({"peer_node": None}, set[str]()),
        ({"error_phase": "processing"}, set[str]()),
        ({"error_phase": None, "status_code": 503}, set[str]()),
        ({"role": Role.INGRESS_OTHER}, set[str]()),
    ],
)
def test_only_an_unreachable_pod_on_another_node_asks_for_it(
    changes: dict[str, Any], nodes: set[str]
) -> None:
    """A response of any kind shows that the network works."""
    assert cut_nodes([probe(**changes)], "worker-01") == nodes


def test_a_few_nodes_are_asked_about_in_turns() -> None:
    """In a large cluster each cycle sends the same small number of requests."""
    items = [pod(f"coredns-{n}", f"worker-{n}", DNS) for n in range(7)]
    pods = list(other_pods(items).values())
    seen: set[str | None] = set()
    for cycle in range(3):
        sent = list(requests(pods, replace(AT, cycle=cycle), "agent"))
        assert len(sent) == MOST
        seen |= {one.peer_node for one in sent}
    assert len(seen) == 7
    assert list(requests([], AT, "agent")) == []


class NotFound(Quiet):
    """A pod that responds 404 to everything."""

    def do_GET(self) -> None:  # noqa: N802 - http.server's name
        """Respond."""
        self.answer(404, b"no")


def test_a_request_goes_to_the_pod_and_any_response_is_fine() -> None:
    """On a real socket: 404 is a response, so the network works."""
    port = Server(NotFound).server_address[1]
    item = pod("metrics", containers=probing(port, path="/ready"))
    item["status"]["podIP"] = "127.0.0.1"
    (found,) = other_pods([item]).values()
    at = VantagePoint(node="worker-01", cycle=0)
    (one,) = requests([found], at, "agent")
    made = asyncio.run(fetch(one))
    assert (made.status_code, made.healthy) == (404, True)
    assert (made.role, made.pod, made.peer_node) == (
        Role.OTHER_POD,
        "metrics",
        "worker-02",
    )
