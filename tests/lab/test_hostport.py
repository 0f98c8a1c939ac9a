"""An ingress on ports 80 and 443 of the nodes; the balancer passes TLS to it."""

import pytest

from tests.lab.conftest import Up
from tests.lab.seen import balancer, kubernetes, verdicts

pytestmark = pytest.mark.lab
SERVICE = "api/v1/namespaces/ingress-nginx/services/ingress-nginx-controller"
PODS = "api/v1/namespaces/ingress-nginx/pods"


def test_users_are_served_at_ports_of_the_nodes(hostport_up: Up) -> None:
    """Every node listens on 80 and 443, with the ingress's certificate of the hosts."""
    up = hostport_up
    assert {a.code for a in up.all_public().values()} == {200}
    assert up.inside_codes() == {200}
    lb = balancer(up)
    assert [s["destination_port"] for s in lb["services"]] == [443, 80]
    assert set(verdicts(lb).values()) == {("healthy", None, None)}


def test_pods_have_host_ports_and_the_service_no_node_port(hostport_up: Up) -> None:
    """The Service is a ClusterIP."""
    spec = kubernetes(hostport_up, SERVICE)["spec"]
    assert spec["type"] == "ClusterIP"
    assert not any("nodePort" in port for port in spec["ports"])
    for pod in kubernetes(hostport_up, PODS)["items"]:
        ports = pod["spec"]["containers"][0]["ports"]
        assert [p["hostPort"] for p in ports] == [80, 443]


def test_a_node_without_a_pod_refuses(hostport: Up) -> None:
    """A host port exists only beside its pod."""
    hostport.inject("ingress-without-endpoints")
    assert hostport.inside_codes() == {0}
    assert hostport.public("api").code == 0


def test_the_ingresss_certificate_is_refused(hostport: Up) -> None:
    """The balancer passes TLS, so a client checks the ingress's certificate."""
    hostport.inject("ingress-certificate-refused")
    url = f"https://{hostport.case.app('api').host}/"
    text = hostport.run("curl", "-so", "/dev/null", "-w", "%{errormsg}", url)
    assert "no alternative certificate subject name" in text
    assert hostport.public("front").code == 200
