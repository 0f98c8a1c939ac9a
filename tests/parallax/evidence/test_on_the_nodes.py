"""On the nodes: an ingress that listens on ports of the nodes, without NodePorts."""

from dataclasses import replace
from typing import Any

import pytest

from parallax.causes.keeper import keeper
from parallax.diagnose.judge import judge
from parallax.evidence import balancer, on_the_nodes
from parallax.evidence.scene import Scene
from parallax.model.cluster import Endpoint, Service, ServicePort
from parallax.model.snapshot import Snapshot
from tests.parallax import scenarios as s

HTTP = ServicePort(port=80, target_port="http", name="http")
HTTPS = ServicePort(port=443, target_port="https", name="https")
CLUSTER_IP = Service(namespace="edge", name="entry", ports=(HTTP, HTTPS))
SERVICE_LB = Service(
    namespace="kube-system",
    name="traefik",
    type="LoadBalancer",
    ports=(replace(HTTP, node_port=31080), replace(HTTPS, node_port=31443)),
)


def at_port(port: int, to: int, service: Service | None, **reading: Any) -> Snapshot:
    """Return a snapshot whose agents probe the ingress at a port of the nodes."""
    read = s.balancer(to=to, asks=to, healthy=0)
    read = s.detailed(read, "layer4_no_connection")
    x = s.taken(s.run(s.LB_503, unknown_host=s.LB_503), read, *s.reports())
    whole: dict[str, Any] = {"ingress_service": service, "ingress_node_ports": ()}
    x = s.with_reading(x, **(whole | reading))
    reports = tuple(
        replace(
            r, probes=tuple(replace(p, peer_port=_moved(p, port)) for p in r.probes)
        )
        for r in x.reports
    )
    return replace(x, reports=reports)


def _moved(probe: Any, port: int) -> Any:
    return port if probe.role.value in {"ingress", "ingress-other"} else probe.peer_port


def ports(x: Snapshot) -> tuple[int, ...] | None:
    """Return the ports of the nodes that a scene shows as the ingress's."""
    cluster = Scene.of(x).cluster
    service = cluster.ingress_service if cluster else None
    return service.node_ports if service else None


@pytest.mark.parametrize(
    ("port", "service", "found"),
    [
        (80, None, (80, 443)),
        (443, None, (80, 443)),
        (8080, None, (8080,)),
        (31695, None, None),
        (80, CLUSTER_IP, (80, 443)),
        (8080, CLUSTER_IP, ()),
        (80, SERVICE_LB, (80, 443, 31080, 31443)),
        (31080, SERVICE_LB, (31080, 31443)),
    ],
)
def test_ports_of_the_nodes_stand_beside_nodeports(
    port: int, service: Service | None, found: tuple[int, ...] | None
) -> None:
    """Those that agents probe, with the second of http and https."""
    assert ports(at_port(port, 80, service)) == found


def test_a_port_that_no_pod_of_the_ingress_has_is_wrong() -> None:
    """A controller without a Service is named by its workload."""
    x = at_port(80, 31999, None)
    judgement = judge(x)
    assert judgement.cause == "lb-wrong-destination-port"
    named = next(a for a in judgement.assessments if a.cause == judgement.cause)
    assert "not a port of the ingress on the nodes (80, 443)" in named.evidence[0]
    assert "hostPort" in (judgement.next_steps[-1].command or "")
    texts = [t for a in judgement.assessments for t in (*a.evidence, *a.missing)]
    assert not [t for t in texts if "NodePort of the ingress" in t]


def test_a_refused_port_of_the_ingress_is_blocked() -> None:
    """The agents connect to it between nodes, the load balancer does not."""
    x = at_port(80, 80, None)
    assert judge(x).cause == "node-firewall-blocks-load-balancer"


def test_a_node_without_a_pod_of_the_ingress_says_nothing() -> None:
    """It refuses each connection; only targets that can serve count."""
    x = at_port(80, 80, None)
    first = tuple(
        Endpoint(address=s.address(n), ready=True, port=80, node=n) for n in s.NODES[:2]
    )
    scene = Scene.of(s.with_reading(x, ingress_endpoints=first))
    assert len(balancer.health(scene)) == 2
    assert "2 of 2 targets that run an ingress pod" in balancer.health_text(scene)
    every = Scene.of(s.with_reading(x, ingress_endpoints=()))
    assert len(balancer.health(every)) == 5
    other = s.with_reading(at_port(80, 31999, None), ingress_endpoints=first)
    assert len(balancer.health(Scene.of(other))) == 5


def test_no_controller_sends_to_ports_of_the_nodes() -> None:
    """So a Service of ServiceLB does not keep a load balancer by them."""
    own = replace(SERVICE_LB, balancer_annotations=(("name", "lb"),))
    assert keeper(Scene.of(at_port(80, 80, own))) is None
    assert keeper(Scene.of(at_port(80, 31080, own))) is not None


def test_only_ports_of_the_nodes_are_such() -> None:
    """A NodePort beside them is none."""
    cluster = Scene.of(at_port(80, 80, SERVICE_LB)).cluster
    assert cluster is not None
    assert cluster.ingress_service is not None
    assert on_the_nodes.is_of_nodes(cluster.ingress_service, 80)
    assert not on_the_nodes.is_of_nodes(cluster.ingress_service, 31080)
