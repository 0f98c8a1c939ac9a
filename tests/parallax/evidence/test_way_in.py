"""The way in: the app's own Service, where the load balancer leads to it."""

from dataclasses import replace
from typing import Any

import pytest

from parallax.diagnose.judge import judge
from parallax.evidence import balancer, inside, route_kinds, silent_nodes
from parallax.evidence.scene import Scene
from parallax.evidence.way_in import own_service
from parallax.model.cluster import CILIUM_PLACEHOLDER, Endpoint, Service, ServicePort
from parallax.model.probe import Role
from parallax.model.snapshot import Snapshot
from tests.parallax import scenarios as s

HOST = s.TARGET.host
OWN = Service(
    namespace="keybuzz",
    name="web",
    type="NodePort",
    ports=(ServicePort(port=80, target_port="http", node_port=30080),),
)


def taken(to: int = 30080, own: Service = OWN, **reading: Any) -> Snapshot:
    """Return a snapshot whose balancer leads to a port, with these Services."""
    read = s.balancer(to=to, healthy=0)
    x = s.taken(s.run(s.LB_503, unknown_host=s.LB_503), read, *s.reports())
    whole: dict[str, Any] = {
        "service": own,
        "ingress_name": None,
        "ingress_hosts": ("other.example",),
    }
    x = s.with_reading(x, **(whole | reading))
    reports = (
        replace(r, probes=tuple(p for p in r.probes if not _at_ingress(p.role)))
        for r in x.reports
    )
    return replace(x, reports=tuple(reports))


def _at_ingress(role: Role) -> bool:
    return role in {Role.INGRESS, Role.INGRESS_OTHER, Role.INGRESS_POD}


@pytest.mark.parametrize(
    ("x", "found"),
    [
        (taken(), True),
        (taken(ingress_hosts=()), True),
        (taken(ingress_hosts=(HOST,)), False),
        (taken(ingress_hosts=("*." + HOST.partition(".")[2],)), False),
        (taken(ingress_name="web"), False),
        (taken(31695), False),
        (taken(31999), False),
        (taken(31999, replace(OWN, type="LoadBalancer")), True),
        (taken(31999, replace(OWN, type="LoadBalancer"), ingress_hosts=None), False),
        (taken(ingress_service=None), True),
        (taken(service=None), False),
    ],
)
def test_the_own_service_is_the_way_in(x: Snapshot, *, found: bool) -> None:
    """If the balancer leads to it, and no Ingress has the host."""
    assert (own_service(x) is not None) is found
    assert bool(inside.no_ingress(Scene.of(x))) is found


def test_an_ingress_that_serves_the_host_is_related() -> None:
    """Whatever list its route is in."""
    x = taken(ingress_hosts=None)
    assert own_service(x) is not None
    read = s.balancer(to=30080, healthy=0)
    served = s.taken(s.run(s.LB_503, unknown_host=s.LB_503), read, *s.reports())
    served = s.with_reading(served, service=OWN, ingress_name=None, ingress_hosts=None)
    assert own_service(served) is None


def test_the_words_name_no_ingress_that_is_not_on_the_path() -> None:
    """The Service stands where an ingress would."""
    judgement = judge(taken(endpoints=(), pods=()))
    assert judgement.cause == "service-without-endpoints"
    assert judgement.title == "The Service behind the load balancer has no endpoints"
    texts = [text for one in judgement.assessments for text in one.evidence]
    assert not [text for text in texts if "the ingress" in text]
    assert "ingress" not in {hop.hop.value for hop in judgement.path}


@pytest.mark.parametrize(
    ("name", "kinds", "unread"),
    [
        ("traefik", None, "Traefik's IngressRoutes"),
        ("envoy", None, "kinds of an Envoy-based controller, e.g. HTTPProxies"),
        ("nginx-ingress-controller", None, "F5 NGINX's VirtualServers"),
        ("ingress-nginx-controller", None, None),
        ("haproxy-kubernetes-ingress", None, None),
        ("front-door", None, None),
        ("traefik", (), None),
        ("front-door", ("Contour's HTTPProxies",), "Contour's HTTPProxies"),
    ],
)
def test_a_controller_with_kinds_of_its_own_may_know_more_hosts(
    name: str, kinds: tuple[str, ...] | None, unread: str | None
) -> None:
    """By its name in an older reading; a newer one names what it did not read."""
    ingress = Service(namespace="edge", name=name)
    x = s.taken(s.run(s.LB_503), s.balancer(), *s.reports())
    x = s.with_reading(x, ingress_service=ingress, ingress_pods=(), unread_kinds=kinds)
    assert route_kinds.unread(Scene.of(x)) == unread


def test_a_port_of_the_nodes_that_times_out_is_blocked() -> None:
    """A node without a listener would refuse, and its own agent reports."""

    def snapshot(detail: str | None) -> Snapshot:
        read = s.detailed(s.balancer(to=80, asks=80, healthy=0), detail)
        outside = s.run(s.LB_503, unknown_host=s.LB_503)
        x = s.taken(outside, read, *s.reports())
        return s.with_reading(x, ingress_service=None)

    x = snapshot("layer4_timeout")
    assert judge(x).cause == "node-firewall-blocks-load-balancer"
    assert silent_nodes.text(Scene.of(snapshot(None))) is None
    assert silent_nodes.text(Scene.of(snapshot("layer4_no_connection"))) is None
    silent = replace(x, reports=x.reports[:1])
    assert silent_nodes.text(Scene.of(silent)) is None


def test_cilium_s_placeholder_is_no_endpoint() -> None:
    """An older agent reads and probes it; no pod has this address."""
    x = s.taken(s.run(s.LB_503), s.balancer(), *s.reports())
    dummy = Endpoint(address=CILIUM_PLACEHOLDER, ready=True, port=9999)
    x = s.with_reading(x, ingress_endpoints=(dummy,))
    lost = s.probe(Role.INGRESS_POD, s.NOW, s.REFUSED, node="worker-01")
    lost = replace(lost, peer_address=CILIUM_PLACEHOLDER)
    first, *others = x.reports
    first = replace(first, probes=(*first.probes, lost))
    scene = Scene.of(replace(x, reports=(first, *others)))
    assert scene.cluster is not None
    assert scene.cluster.ingress_endpoints is None
    assert not [p for p in scene.inside(*Role) if p.peer_address == CILIUM_PLACEHOLDER]


def test_a_port_of_the_service_on_the_nodes_is_the_ingress_s() -> None:
    """ServiceLB listens there; a NodePort or an unrelated port is not one."""
    ports = (ServicePort(port=80, target_port="web", node_port=31080),)
    ingress = Service(namespace="kube-system", name="traefik", ports=ports)
    assert balancer.is_port_of_nodes(ingress, 80)
    assert not balancer.is_port_of_nodes(ingress, 31080)
    assert not balancer.is_port_of_nodes(ingress, 443)
