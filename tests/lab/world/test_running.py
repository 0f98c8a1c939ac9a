"""The healthy path: every hop responds."""

from datetime import UTC, datetime, timedelta

import pytest

from lab.inside.objects.controllers import TRIGGER
from tests.lab.conftest import Up
from tests.lab.seen import kubernetes

pytestmark = pytest.mark.lab


def test_names_lead_to_cdn_and_balancer(up: Up) -> None:
    """The resolver returns the CDN for one host and the balancer for the other."""
    hosts = up.run(
        "getent", "ahostsv4", "platform.keybuzz.io", "platform-api.keybuzz.io"
    )
    assert "203.0.113.80" in hosts
    assert "203.0.113.20" in up.run("getent", "ahostsv4", "platform-api.keybuzz.io")


def test_both_hosts_return_a_pods_json(up: Up) -> None:
    """The CDN adds its headers; the balancer lower-cases and adds none."""
    front, api = up.public("front"), up.public("api")
    assert front.code == api.code == 200
    assert "keybuzz-front" in front.body
    assert "keybuzz-api" in api.body
    assert "X-Varnish" in front.headers
    assert "server" not in {name.lower() for name in api.headers}
    assert "date" in api.headers


def test_both_certificates_are_signed_by_the_labs_ca(up: Up) -> None:
    """A client that trusts only the lab's CA accepts them."""
    for app in up.case.apps:
        ca = str(up.folder / "ca.pem")
        code = up.run(
            "curl",
            "-so",
            "/dev/null",
            "-w",
            "%{http_code}",
            "--cacert",
            ca,
            f"https://{app.host}/",
        )
        assert code == "200"


def test_every_inside_hop_responds(up: Up) -> None:
    """Pods, NodePorts of every node, ClusterIPs, and the ingress by Host."""
    for app in up.case.apps:
        assert up.get(f"http://{app.cluster_ip}/").code == 200
        for node in up.case.nodes:
            assert up.get(f"http://{node.address}:{app.port}/").code == 200
            assert up.get(f"http://{node.address}:{app.node_port}/").code == 200
            url = f"http://{node.address}:{up.case.ingress.http_node_port}/"
            assert up.get(url, "-H", f"Host: {app.host}").code == 200


def test_an_unknown_host_is_the_ingress_404(up: Up) -> None:
    """Through the balancer, a Host without an Ingress gets nginx's bare page."""
    answer = up.get("https://203.0.113.20/", "-H", "Host: nobody.example")
    assert answer.code == 404
    assert "<hr><center>nginx</center>" in answer.body
    assert "server" not in {name.lower() for name in answer.headers}


def test_our_request_id_is_in_one_nodes_access_log(up: Up) -> None:
    """The ingress trusts X-Request-ID and writes the controller's own format."""
    mark = "0123456789abcdef0123456789abcdef"
    up.get("https://platform-api.keybuzz.io/", "-H", f"X-Request-ID: {mark}")
    logs = [p.read_text() for p in up.folder.glob("ingress-worker-*.log")]
    lines = [x for text in logs for x in text.splitlines() if x.endswith(mark)]
    assert len(lines) == 1
    assert "[keybuzz-keybuzz-api-80] [] 10.0.0.11" in lines[0]


def test_the_cluster_is_older_than_its_monitoring(up: Up) -> None:
    """Pods and endpoints are an hour old, as in a cluster that has run for a while."""
    hour_ago = datetime.now(UTC) - timedelta(minutes=59)
    space = f"namespaces/{up.case.namespace}"
    for pod in kubernetes(up, f"api/v1/{space}/pods")["items"]:
        (container,) = pod["status"]["containerStatuses"]
        assert (
            datetime.fromisoformat(container["state"]["running"]["startedAt"])
            < hour_ago
        )
    group = "apis/discovery.k8s.io/v1"
    for found in kubernetes(up, f"{group}/{space}/endpointslices")["items"]:
        changed = found["metadata"]["annotations"][TRIGGER]
        assert datetime.fromisoformat(changed) < hour_ago
