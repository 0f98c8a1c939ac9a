"""Controllers without a Service: DaemonSets with ports on the nodes."""

from typing import Any

from parallax.model.probe import Role
from parallax.model.target import Target
from parallax_agent.hops import plan
from parallax_agent.hops.selection import VantagePoint
from tests.agent.route.test_discovery import shelf
from tests.agent.shapes import NAME, Shelf, ingress, meta, seen

LABELS = {NAME: "rke2-ingress-nginx"}
CLASS = {
    "metadata": {"name": "nginx"},
    "spec": {"controller": "k8s.io/ingress-nginx"},
}
CONTAINER = {
    "name": "controller",
    "ports": [
        {"name": "http", "containerPort": 80, "hostPort": 80},
        {"name": "https", "containerPort": 443, "hostPort": 443},
    ],
}


def workload(name: str = "controller", labels: dict[str, str] = LABELS) -> Any:
    """Return a DaemonSet whose pods listen on their nodes."""
    template = {"metadata": {"labels": labels}, "spec": {"containers": [CONTAINER]}}
    return {"metadata": meta(f"kube-system/{name}"), "spec": {"template": template}}


def pod(node: str) -> Any:
    """Return one of its pods."""
    return {
        "metadata": meta(f"kube-system/controller-{node}", labels=LABELS),
        "spec": {"nodeName": node, "containers": [CONTAINER]},
        "status": {"phase": "Running", "podIP": f"10.42.0.{len(node)}"},
    }


def cluster(**objects: Any) -> Shelf:
    """Return a cluster with such a controller."""
    items = {
        "ingressclasses": [CLASS],
        "ingresses": [ingress(cls="nginx", tls=[{"hosts": ["shop.example"]}])],
        "daemonsets": [workload()],
        "pods": [pod("one"), pod("two")],
    }
    return shelf(**items | objects)


def test_each_node_s_port_is_asked() -> None:
    """There is no Service to name, so no note asks for one."""
    path = seen(cluster())
    assert path.discovery is not None
    entry = path.discovery.entry
    assert entry.workload == "DaemonSet kube-system/controller"
    assert path.reading.ingress_service is None
    assert path.reading.ingress_workloads is not None
    assert not [p for p in path.reading.problems if "ingress_service" in p]
    target = Target(name="shop", url="https://shop.example/")
    asks = plan.plan_requests(target, path, VantagePoint(node="one", cycle=0))
    ports = {q.role: q.port for q in asks if q.role is not Role.POD}
    assert ports[Role.INGRESS] == ports[Role.INGRESS_OTHER] == 443
    assert ports[Role.INGRESS_POD] == 443


def test_two_such_controllers_leave_it_open() -> None:
    """As two Services would."""
    path = seen(cluster(daemonsets=[workload(), workload("other")]))
    assert path.discovery is not None
    assert path.discovery.entry.workload is None


def test_a_workload_of_another_family_is_none() -> None:
    """The class decides whose pods count."""
    other = workload(labels={NAME: "traefik"})
    path = seen(cluster(daemonsets=[other]))
    assert path.discovery is not None
    assert not path.discovery.entry.decided
