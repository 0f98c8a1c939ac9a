"""Policy Local with ingress replicas on two of five nodes, pods on the overlay."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.lab.conftest import Up
from tests.lab.seen import (
    balancer,
    by_ingress,
    hangs,
    is_haproxy_page,
    kubernetes,
    verdicts,
)

pytestmark = pytest.mark.lab
SERVICE = "api/v1/namespaces/ingress-nginx/services/ingress-nginx-controller"
WELL = ("healthy", None, None)
NO_POD = ("unhealthy", "unexpected_http_status", 503)


def test_only_nodes_with_an_ingress_pod_are_healthy_and_no_user_fails(
    local_up: Up,
) -> None:
    """With policy Local, three of five targets are unhealthy without any fault."""
    assert {a.code for a in local_up.all_public().values()} == {200}
    found = list(verdicts(balancer(local_up)).values())
    assert found == [WELL, WELL, NO_POD, NO_POD, NO_POD]
    spec = kubernetes(local_up, SERVICE)["spec"]
    assert spec["externalTrafficPolicy"] == "Local"
    assert spec["healthCheckNodePort"] == 32123


def test_targets_without_an_ingress_pod_serve_nobody(local: Up) -> None:
    """The balancer's page, three targets without a pod, 200 inside."""
    local.inject("lb-targets-not-the-ingress-nodes-local")
    assert all(is_haproxy_page(answer) for answer in local.all_public().values())
    assert list(verdicts(balancer(local)).values()) == [NO_POD] * 3
    assert local.inside_codes() == {200}


def test_a_check_that_is_always_healthy_sends_users_to_empty_nodes(
    local: Up,
) -> None:
    """Every target is healthy; some requests are dropped, others get 200."""
    local.inject("nodeport-dropped-by-local-traffic-policy")
    assert set(verdicts(balancer(local)).values()) == {WELL}
    seen: set[int] = set()
    deadline = time.monotonic() + 60
    with ThreadPoolExecutor() as pool:
        while not {200, 503} <= seen and time.monotonic() < deadline:
            seen |= {a.code for a in pool.map(local.public, ["api"] * 5)}
    assert {200, 503} <= seen
    requests_from_the_node_itself_prove_nothing(local)


def requests_from_the_node_itself_prove_nothing(up: Up) -> None:
    """Assert that a node without a pod serves itself, but no other source."""
    having, lacking = up.case.nodes[0].address, up.case.nodes[4].address
    place = f"{lacking}:{up.case.ingress.http_node_port}"
    balancers = up.case.balancer.private_address
    assert hangs(up, balancers, place)
    assert hangs(up, having, place)
    assert by_ingress(up, 4) == 200
    health = [up.get(f"http://{node}:32123/healthz") for node in (having, lacking)]
    assert [answer.code for answer in health] == [200, 503]


def test_a_firewall_drops_health_checks_and_requests(local: Up) -> None:
    """UFW drops the balancer's traffic to all NodePorts, health checks included."""
    local.inject("node-firewall-blocks-load-balancer")
    assert is_haproxy_page(local.public("api"))
    found = list(verdicts(balancer(local)).values())
    assert found[:2] == [("unhealthy", "layer4_timeout", None)] * 2
    assert local.inside_codes() == {200}
