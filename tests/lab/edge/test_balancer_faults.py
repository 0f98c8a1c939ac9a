"""The faults of balancer and firewall: the users' responses, and 200 inside."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.lab.conftest import Up
from tests.lab.seen import balancer, is_haproxy_page, verdicts

pytestmark = pytest.mark.lab


@pytest.mark.parametrize(
    ("lab", "fault", "expected"),
    [
        ("well", "lb-health-check-rejected", ("unexpected_http_status", 400)),
        ("shop", "lb-health-check-rejected-domain", ("unexpected_http_status", 404)),
        ("well", "lb-not-in-private-network", ("layer4_timeout", None)),
        ("well", "lb-targets-not-the-ingress-nodes", ("layer4_no_connection", None)),
        ("shop", "lb-targets-not-the-ingress-nodes", ("layer4_no_connection", None)),
    ],
    indirect=["lab"],
)
def test_the_balancers_page_its_targets_and_the_inside(
    lab: Up, fault: str, expected: tuple[str, int | None]
) -> None:
    """Both hosts get HAProxy's page, the API has the reason, the NodePort gets 200."""
    lab.inject(fault)
    public = lab.all_public()
    assert is_haproxy_page(public["api"])
    assert is_haproxy_page(public["front"])
    assert "X-Varnish" in public["front"].headers
    state = balancer(lab)
    assert set(verdicts(state).values()) == {("unhealthy", *expected)}
    assert lab.inside_codes() == {200}
    private = fault != "lb-not-in-private-network"
    assert [n["network"] for n in state["private_net"]] == [4711] * private
    not_a_node = fault == "lb-targets-not-the-ingress-nodes"
    servers = lab.case.former_nodes if not_a_node else lab.case.nodes
    assert set(verdicts(state)) == {server.server_id for server in servers}


@pytest.mark.parametrize(
    "fault",
    ["lb-health-check-wrong-port", "lb-no-target", "lb-wrong-destination-port"],
)
def test_the_balancers_own_faults_show_its_page_and_200_inside(
    well: Up, fault: str
) -> None:
    """Both hosts get HAProxy's 107 bytes; the ingress NodePort responds with 200."""
    well.inject(fault)
    public = well.all_public()
    assert is_haproxy_page(public["api"])
    assert "date" not in {name.lower() for name in public["api"].headers}
    assert public["front"].code == 503
    assert "X-Varnish" in public["front"].headers
    assert well.inside_codes() == {200}
    well.clear()
    assert {answer.code for answer in well.all_public().values()} == {200}


def test_the_firewall_drops_only_the_balancer(well: Up) -> None:
    """The NodePort times out only for the balancer; an old API has no detail.

    With `detail` the same is node-firewall-blocks-load-balancer.
    """
    well.inject("lb-no-healthy-target")
    assert is_haproxy_page(well.public("api"))
    assert set(verdicts(balancer(well)).values()) == {("unhealthy", None, None)}
    place = well.case.nodes[0].address, well.case.ingress.http_node_port
    url = "http://{}:{}/healthz".format(*place)
    curl = ("curl", "-so", "/dev/null", "-w", "%{http_code}%{errormsg}")
    shut = well.run(*curl, "--interface", "10.0.0.5", "--max-time", "0.3", url)
    assert "timed out" in shut
    assert well.run(*curl, "--interface", "10.0.0.112", url) == "200"


def test_a_port_without_a_service_refuses(well: Up) -> None:
    """Port 443 refuses, the CDN gets 200 over port 80, the API lists port 80."""
    well.inject("lb-no-service-for-port")
    words = ("curl", "-so", "/dev/null", "-w", "%{errormsg}")
    refused = well.run(*words, f"https://{well.case.app('api').host}/")
    assert "connect" in refused
    assert well.public("front").code == 200
    services = balancer(well)["services"]
    assert [service["listen_port"] for service in services] == [80]
    assert well.inside_codes() == {200}


def test_a_balancer_with_a_short_timeout_responds_with_504(well: Up) -> None:
    """HAProxy's 504 after two seconds; the ingress logs 499; the pods respond."""
    well.inject("lb-timeout-too-short")
    mark = "40404040404040404040404040404040"
    with ThreadPoolExecutor() as pool:
        inside = pool.submit(well.inside_codes)
        answer = well.all_public("-H", f"X-Request-ID: {mark}")["api"]
    assert inside.result() == {200}
    assert (answer.code, answer.headers["content-length"]) == (504, "92")
    assert "The server didn't respond in time." in answer.body
    assert '" 499 ' in logged(well, "[keybuzz-keybuzz-api-80]", mark)
    assert balancer(well)["services"][0]["http"]["timeout_idle"] == 30


def logged(up: Up, upstream: str, mark: str) -> str:
    """Return an ingress's log line of a request id, as soon as there is one."""
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        logs = [path.read_text() for path in up.folder.glob("ingress-*.log")]
        for line in (x for text in logs for x in text.splitlines()):
            if upstream in line and line.endswith(mark):
                return line
    pytest.fail(f"no log line of {mark}")


def test_an_unexpected_proxy_line_is_nginxs_400(well: Up) -> None:
    """Both hosts get nginx's 400 while the targets are healthy."""
    well.inject("proxy-protocol-mismatch")
    for answer in well.all_public().values():
        assert answer.code == 400
        assert "<hr><center>nginx</center>" in answer.body
    state = balancer(well)
    assert all(service["proxyprotocol"] for service in state["services"])
    assert set(verdicts(state).values()) == {("healthy", None, None)}
    assert well.inside_codes() == {200}


def test_an_ingress_that_waits_for_a_proxy_line_closes(lab: Up) -> None:
    """The balancer returns 502 (503 after an HTTP check); with the line it is 200."""
    lab.inject("proxy-protocol-mismatch-at-ingress")
    assert {a.code for a in lab.all_public().values()} <= {502, 503}
    assert not any(service["proxyprotocol"] for service in balancer(lab)["services"])
    assert lab.inside_codes() == {0}
    assert lab.inside_codes("--haproxy-protocol") == {200}


def test_some_targets_come_and_go_and_some_users_fail(well: Up) -> None:
    """Slow 503s among 200s; one target is always healthy, another never."""
    well.inject("lb-some-targets-unhealthy")
    seen: set[tuple[str, int]] = set()
    expected = {(role, code) for role in ("api", "front") for code in (200, 503)}
    deadline = time.monotonic() + 60
    while not expected <= seen and time.monotonic() < deadline:
        seen |= {(role, answer.code) for role, answer in well.all_public().items()}
    assert seen == expected
    found = verdicts(balancer(well))
    first, second, *_ = well.case.nodes
    assert found[first.server_id] == ("healthy", None, None)
    assert found[second.server_id] == ("unhealthy", "layer4_timeout", None)
    assert well.inside_codes() == {200}
