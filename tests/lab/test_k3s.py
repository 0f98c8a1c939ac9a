"""Two nodes with Traefik, as in k3s: its objects, its pages, its log."""

import json
import time
from typing import Any

import pytest

from tests.lab.conftest import Up
from tests.lab.seen import balancer, is_haproxy_page, kubernetes, verdicts

pytestmark = pytest.mark.lab
MARK = "c0ffeec0ffee4c0f8c0ffeec0ffeec0f"
SYSTEM = "namespaces/kube-system"


def logged(up: Up, mark: str) -> dict[str, Any]:
    """Return the access log's entry of a request id, as soon as it exists."""
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        for line in (up.folder / "ingress-k3s-server.log").read_text().splitlines():
            entry: dict[str, Any] = json.loads(line)
            if entry["request_X-Request-Id"] == mark:
                return entry
    pytest.fail(f"no log line of {mark}")


def test_users_and_both_nodes_are_served(k3s_up: Up) -> None:
    """The node without an ingress pod forwards requests, and so does the balancer."""
    assert {a.code for a in k3s_up.all_public().values()} == {200}
    assert k3s_up.inside_codes() == {200}
    found = set(verdicts(balancer(k3s_up)).values())
    assert found == {("healthy", None, None)}


def test_the_api_has_traefiks_objects_as_k3s_installs_them(k3s_up: Up) -> None:
    """A LoadBalancer Service with two named ports, a Deployment's pod, the class."""
    service = kubernetes(k3s_up, f"api/v1/{SYSTEM}/services/traefik")
    assert service["metadata"]["labels"]["app.kubernetes.io/name"] == "traefik"
    spec = service["spec"]
    assert spec["type"] == "LoadBalancer"
    assert [p["name"] for p in spec["ports"]] == ["web", "websecure"]
    deployment = kubernetes(k3s_up, f"apis/apps/v1/{SYSTEM}/deployments/traefik")
    assert deployment["status"]["readyReplicas"] == 1
    (pod,) = kubernetes(k3s_up, f"api/v1/{SYSTEM}/pods")["items"]
    assert spec["selector"].items() <= pod["metadata"]["labels"].items()
    owner = pod["metadata"]["ownerReferences"][0]
    sets = kubernetes(k3s_up, f"apis/apps/v1/{SYSTEM}/replicasets")["items"]
    assert (owner["kind"], owner["name"]) == ("ReplicaSet", sets[0]["metadata"]["name"])
    group = "apis/networking.k8s.io/v1"
    (cls,) = kubernetes(k3s_up, f"{group}/ingressclasses")["items"]
    assert cls["spec"]["controller"] == "traefik.io/ingress-controller"
    rules = kubernetes(k3s_up, f"{group}/namespaces/notes/ingresses")["items"]
    classes = {rule["spec"]["ingressClassName"] for rule in rules}
    assert classes == {cls["metadata"]["name"]}


@pytest.mark.parametrize(
    ("fault", "code", "page", "asked"),
    [
        ("ingress-does-not-know-host", 404, "404 page not found\n", False),
        ("service-without-endpoints", 503, "no available server\n", False),
        ("pod-refuses-connection", 502, "Bad Gateway", True),
        ("pod-too-slow", 504, "Gateway Timeout", True),
    ],
)
def test_traefiks_own_pages_and_log_lines(
    k3s: Up, fault: str, code: int, page: str, *, asked: bool
) -> None:
    """A short text without a Server header; the log names router and server, if any."""
    k3s.inject(fault)
    mark = f"{code}{MARK[3:]}"
    host = k3s.case.app("api").host
    answer = k3s.get(f"https://{host}/", "-H", f"X-Request-ID: {mark}")
    assert (answer.code, answer.body) == (code, page)
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert "server" not in {name.lower() for name in answer.headers}
    entry = logged(k3s, mark)
    assert entry["DownstreamStatus"] == code
    assert ("ServiceURL" in entry) == asked
    assert ("RouterName" in entry) == (code != 404)
    assert k3s.public("front").code == 200


def test_without_its_pod_the_deployment_is_scaled_to_none(k3s: Up) -> None:
    """Both nodes' NodePorts refuse, users get the balancer's page."""
    k3s.inject("ingress-without-endpoints")
    assert is_haproxy_page(k3s.public("api"))
    assert k3s.inside_codes() == {0}
    deployment = kubernetes(k3s, f"apis/apps/v1/{SYSTEM}/deployments/traefik")
    assert deployment["spec"]["replicas"] == deployment["status"]["readyReplicas"] == 0
