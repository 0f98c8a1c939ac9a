"""The faults of pods: the users' responses."""

import pytest

from tests.lab.conftest import Up

pytestmark = pytest.mark.lab


@pytest.mark.parametrize(
    "fault",
    ["service-without-endpoints", "service-port-leads-nowhere", "pods-not-ready"],
)
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
    """Users get the pod's JSON and reason phrase; its health check passes."""
    well.inject("pod-answers-error")
    api = well.public("api")
    assert (api.code, api.reason) == (503, "Service Unavailable")
    assert "maintenance" in api.body
    assert well.get("http://10.0.0.110:8080/health").code == 200


def test_a_pod_that_refuses_is_the_ingress_502(well: Up) -> None:
    """Three endpoints are tried, and the log has all three."""
    well.inject("pod-refuses-connection")
    mark = "feedfeedfeedfeedfeedfeedfeedfeed"
    url = "https://platform-api.keybuzz.io/"
    assert well.get(url, "-H", f"X-Request-ID: {mark}").code == 502
    logs = [p.read_text() for p in well.folder.glob("ingress-worker-*.log")]
    (line,) = [x for text in logs for x in text.splitlines() if x.endswith(mark)]
    assert "502, 502, 502" in line
