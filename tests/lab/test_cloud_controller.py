"""Cloud controller: label and annotations of a balancer that a Service keeps."""

from lab.case import CASES, load
from lab.cloud_controller import LABEL, PREFIX, annotations, labels
from lab.edge.balancer import Balancer
from lab.inside.controller import Controller
from lab.inside.objects.ingress import ingress_service

KEPT = load(CASES / "haproxy.yaml")


def test_the_label_is_the_uid_of_the_service() -> None:
    """So Parallax finds the Service that keeps the balancer."""
    service = ingress_service(KEPT, Controller(KEPT))
    assert labels(KEPT) == {LABEL: service["metadata"]["uid"]}
    assert service["spec"]["type"] == "LoadBalancer"


def test_the_annotations_state_each_ports_protocol() -> None:
    """One https and one tcp service, each checked at its own NodePort."""
    found = ingress_service(KEPT, Controller(KEPT))["metadata"]["annotations"]
    assert found[f"{PREFIX}protocol-ports"] == "443:https,80:tcp"
    assert found[f"{PREFIX}name"] == KEPT.balancer.name
    assert f"{PREFIX}health-check-port" not in found


def test_the_annotations_follow_the_balancer() -> None:
    """A wrong port of the health check is what the annotation says."""
    balancer = Balancer(KEPT, CASES)
    balancer.change({"health_check": {"port": 31999}})
    found = annotations(KEPT, balancer.services)
    assert found[f"{PREFIX}health-check-port"] == "31999"
    assert found[f"{PREFIX}health-check-protocol"] == "tcp"


def test_other_balancers_have_neither() -> None:
    """Somebody changes them with the CLI."""
    plain = load()
    assert labels(plain) == annotations(plain, plain.balancer.services) == {}
