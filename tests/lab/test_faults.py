"""Each fault gives the answer that it should, and all is well after it."""

import pytest

from tests.lab.conftest import Answer, Up

pytestmark = pytest.mark.lab


def _is_haproxy_page(answer: Answer) -> bool:
    """Whether these are HAProxy's own 107 bytes."""
    return (
        answer.code == 503
        and answer.headers["content-length"] == "107"
        and "No server is available to handle this request." in answer.body
    )


def _inside_is_well(up: Up) -> bool:
    """Whether a node's ingress NodePort answers 200 for every host."""
    url = f"http://{up.case.nodes[1].address}:{up.case.ingress.http_node_port}/"
    hosts = [app.host for app in up.case.apps]
    return all(up.get(url, "-H", f"Host: {host}").code == 200 for host in hosts)


@pytest.mark.parametrize(
    "fault",
    [
        "lb-health-check-wrong-port",
        "lb-no-healthy-target",
        "lb-no-target",
        "lb-wrong-destination-port",
    ],
)
def test_the_balancers_faults_show_its_page_and_inside_is_well(
    well: Up, fault: str
) -> None:
    """Both hosts get HAProxy's 107 bytes, and the ingress NodePort answers 200."""
    well.inject(fault)
    api, front = well.public("api"), well.public("front")
    assert _is_haproxy_page(api)
    assert "date" not in {name.lower() for name in api.headers}
    assert front.code == 503
    assert "X-Varnish" in front.headers
    assert _inside_is_well(well)
    well.clear()
    assert well.public("api").code == well.public("front").code == 200


def test_only_the_balancer_is_shut_out_by_the_firewall(well: Up) -> None:
    """The NodePort hangs for the balancer's address and answers a node's."""
    well.inject("lb-no-healthy-target")
    url = f"http://{well.case.nodes[0].address}:{well.case.ingress.http_node_port}/healthz"
    shut = ("curl", "-so", "/dev/null", "-w", "%{http_code}", "--max-time", "1")
    assert well.run(*shut, "--interface", "10.0.0.5", url) == "000"
    assert well.run(*shut, "--interface", "10.0.0.112", url) == "200"


def test_the_cdn_replays_a_stored_error(well: Up) -> None:
    """Two X-Varnish ids and an Age on the CDN host; the other host is well."""
    well.inject("cache-replays-error")
    front = well.public("front")
    assert front.code == 503
    assert len(front.headers["X-Varnish"].split()) == 2
    assert "Age" in front.headers
    assert "maintenance" in front.body
    assert well.public("api").code == 200
    assert well.get("https://platform.keybuzz.io/?other=1").code == 200
    assert _inside_is_well(well)


@pytest.mark.parametrize("fault", ["service-without-endpoints", "pods-not-ready"])
def test_a_service_without_ready_endpoints_is_the_ingress_503(
    well: Up, fault: str
) -> None:
    """190 bytes of nginx without a Server header, and the NodePort refuses."""
    well.inject(fault)
    api = well.public("api")
    assert (api.code, api.reason) == (503, "Service Temporarily Unavailable")
    assert api.headers["content-length"] == "190"
    assert "server" not in {name.lower() for name in api.headers}
    assert well.public("front").code == 200
    refused = well.run(
        "curl", "-so", "/dev/null", "-w", "%{errormsg}", "http://10.0.0.110:30080/"
    )
    assert "connect" in refused


def test_a_pods_own_error_is_passed_on(well: Up) -> None:
    """The pod's JSON and reason phrase come through; its health stays green."""
    well.inject("pod-answers-error")
    api = well.public("api")
    assert (api.code, api.reason) == (503, "Service Unavailable")
    assert "maintenance" in api.body
    assert well.get("http://10.0.0.110:8080/health").code == 200


def test_a_pod_that_refuses_is_the_ingress_502(well: Up) -> None:
    """Three endpoints are tried, and the log tells all three."""
    well.inject("pod-refuses-connection")
    mark = "feedfeedfeedfeedfeedfeedfeedfeed"
    url = "https://platform-api.keybuzz.io/"
    assert well.get(url, "-H", f"X-Request-ID: {mark}").code == 502
    logs = [p.read_text() for p in well.folder.glob("ingress-worker-*.log")]
    (line,) = [x for text in logs for x in text.splitlines() if x.endswith(mark)]
    assert "502, 502, 502" in line
