"""Policy Local with ingress replicas on two of five nodes, pods on the overlay."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.lab.conftest import Up
from tests.lab.seen import balancer, is_haproxy_page, kubernetes, verdicts

pytestmark = pytest.mark.lab
SERVICE = "api/v1/namespaces/ingress-nginx/services/ingress-nginx-controller"
WELL = ("healthy", None, None)
NO_POD = ("unhealthy", "unexpected_http_status", 503)


def test_only_nodes_with_an_ingress_pod_are_healthy_and_users_are_well(
    local_up: Up,
) -> None:
    """That three of five targets are unhealthy is what Local means."""
    assert {a.code for a in local_up.all_public().values()} == {200}
    found = list(verdicts(balancer(local_up)).values())
    assert found == [WELL, WELL, NO_POD, NO_POD, NO_POD]
    spec = kubernetes(local_up, SERVICE)["spec"]
    assert spec["externalTrafficPolicy"] == "Local"
    assert spec["healthCheckNodePort"] == 32123


def test_targets_without_an_ingress_pod_lead_nowhere(local: Up) -> None:
    """The balancer's page, three targets that say they have no pod, a well inside."""
    local.inject("lb-targets-not-the-ingress-nodes-local")
    assert all(is_haproxy_page(answer) for answer in local.all_public().values())
    assert list(verdicts(balancer(local)).values()) == [NO_POD] * 3
    assert local.inside_codes() == {200}


def test_a_check_that_is_green_everywhere_sends_users_where_nobody_is(
    local: Up,
) -> None:
    """Every target counts as healthy, some requests are lost and others are well."""
    local.inject("nodeport-dropped-by-local-traffic-policy")
    assert set(verdicts(balancer(local)).values()) == {WELL}
    seen: set[int] = set()
    deadline = time.monotonic() + 60
    with ThreadPoolExecutor() as pool:
        while not {200, 503} <= seen and time.monotonic() < deadline:
            seen |= {a.code for a in pool.map(local.public, ["front"] * 5)}
    assert seen == {200, 503}


def test_a_firewall_shuts_out_health_checks_and_requests(local: Up) -> None:
    """UFW drops all NodePorts of the balancer's: also the port of the health check."""
    local.inject("node-firewall-blocks-load-balancer")
    assert is_haproxy_page(local.public("api"))
    found = list(verdicts(balancer(local)).values())
    assert found[:2] == [("unhealthy", "layer4_timeout", None)] * 2
    assert local.inside_codes() == {200}
