"""HAProxy as ingress, behind a balancer that the cloud controller keeps."""

import json
import time

import pytest

from parallax_agent.sightings.formats.haproxy import haproxy_format
from tests.lab.conftest import Up
from tests.lab.seen import balancer, kubernetes, verdicts

pytestmark = pytest.mark.lab
MARK = "c0ffeec0ffee4c0f8c0ffeec0ffeec0f"
SPACE = "namespaces/haproxy-controller"
FORMAT = (
    "%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %CC %CS %tsc "
    '%ac/%fc/%bc/%sc/%rc %sq/%bq %hr %hs "%HM %[var(txn.base)] %HV"'
)


def logged(up: Up, mark: str) -> tuple[int, str | None, str | None]:
    """Return status, backend and server of a request id's line, once it exists."""
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        for node in up.case.nodes:
            log = up.folder / f"ingress-{node.name}.log"
            for line in log.read_text().splitlines():
                entry = haproxy_format(FORMAT).read(line, None)
                if entry and entry.request_id == mark:
                    return (
                        entry.status_code,
                        entry.upstream_name,
                        entry.upstream_address,
                    )
    pytest.fail(f"no log line of {mark}")


def test_hosts_of_two_zones_are_served(haproxy_up: Up) -> None:
    """One of them is the apex of its zone; the CDN's origin is a tcp service."""
    assert {a.code for a in haproxy_up.all_public().values()} == {200}
    assert haproxy_up.case.zones == ("records.test", "vinyl.example")
    assert set(verdicts(balancer(haproxy_up)).values()) == {("healthy", None, None)}


def test_the_service_keeps_the_balancer(haproxy: Up) -> None:
    """Its uid is the balancer's label, and its annotation follows the fault."""
    haproxy.inject("lb-health-check-wrong-port")
    path = f"api/v1/{SPACE}/services/haproxy-kubernetes-ingress"
    service = kubernetes(haproxy, path)["metadata"]
    assert balancer(haproxy)["labels"]["hcloud-ccm/service-uid"] == service["uid"]
    wrong = service["annotations"]["load-balancer.hetzner.cloud/health-check-port"]
    assert wrong == "31999"


@pytest.mark.parametrize(
    ("fault", "code", "backend", "server"),
    [
        (
            "ingress-does-not-know-host",
            404,
            "haproxy-controller_default-local-service_http",
            None,
        ),
        ("service-without-endpoints", 503, "vinyl_svc_orders_http", None),
        ("pod-too-slow", 504, "vinyl_svc_orders_http", "SRV_"),
    ],
)
def test_haproxys_own_pages_and_log_lines(
    haproxy: Up, fault: str, code: int, backend: str, server: str | None
) -> None:
    """The log names backend and server; without a server it has none."""
    haproxy.inject(fault)
    mark = f"{code}{MARK[3:]}"
    host = haproxy.case.app("api").host
    answer = haproxy.get(f"https://{host}/", "-H", f"X-Request-ID: {mark}")
    assert answer.code == code
    found = logged(haproxy, mark)
    assert found[:2] == (code, backend)
    assert (found[2] or "").startswith(server or "")
    assert (found[2] is None) == (server is None)
    assert haproxy.public("front").code == 200


def test_a_pod_that_is_gone_has_no_process(haproxy: Up) -> None:
    """Each ingress pod is a process of its own; its NodePorts then refuse."""
    haproxy.inject("ingress-without-endpoints")
    assert haproxy.inside_codes() == {0}
    pods = kubernetes(haproxy, f"api/v1/{SPACE}/pods")["items"]
    assert json.dumps(pods) == "[]"
