"""At which addresses NodePorts are probed."""

from typing import Any

import pytest

from parallax.model.probe import Role
from parallax.model.target import Target
from parallax_agent.hops import plan
from parallax_agent.hops.selection import VantagePoint
from parallax_agent.read.target_path import TargetPath
from tests.agent.shapes import (
    Object,
    Shelf,
    ingress,
    ingress_class,
    node,
    seen,
    service,
)

DUAL = [node("one", "10.0.0.1", "fd00::1"), node("two", "10.0.0.2", "fd00::2")]
SIX: dict[str, Any] = {
    "ipFamilies": ["IPv6"],
    "clusterIP": "fd43::7",
    "clusterIPs": ["fd43::7"],
}


def probed(path: TargetPath) -> dict[Role, str | None]:
    """Return the address at which each kind of NodePort is probed, from node one."""
    target = Target(name="shop", url="https://shop.example/")
    found = plan.plan_requests(target, path, VantagePoint(node="one", cycle=0))
    return {q.role: q.address for q in found if q.peer_node}


def of(nodes: list[Object], **spec: Any) -> TargetPath:
    """Read a Service with a NodePort, in a cluster of these nodes."""
    web = service("shop/web", ("http", 80, 30080), **spec)
    shelf = Shelf(nodes=nodes, services=[web])
    return seen(shelf, namespace="shop", service="web")


@pytest.mark.parametrize(
    ("spec", "own", "other"),
    [
        ({}, "10.0.0.1", "10.0.0.2"),
        ({"ipFamilies": ["IPv4"]}, "10.0.0.1", "10.0.0.2"),
        ({"ipFamilies": ["IPv4", "IPv6"]}, "10.0.0.1", "10.0.0.2"),
        ({"ipFamilies": ["IPv6", "IPv4"]}, "10.0.0.1", "10.0.0.2"),
        (SIX, "fd00::1", "fd00::2"),
    ],
)
def test_a_node_port_is_probed_where_it_is_open(
    spec: dict[str, Any], own: str, other: str
) -> None:
    """In the Service's families; of two, the node's own first one."""
    path = of(DUAL, **spec)
    assert probed(path) == {Role.NODEPORT_OWN: own, Role.NODEPORT_OTHER: other}
    assert not any("NodePort" in p for p in path.reading.problems)
    assert path.reading.nodes
    assert [n.internal_ip for n in path.reading.nodes] == ["10.0.0.1", "10.0.0.2"]


def test_a_node_without_the_service_s_family() -> None:
    """It is not probed; if it is this node, none is probed, which is a problem."""
    four = node("two", "10.0.0.2")
    path = of([DUAL[0], four], **SIX)
    assert probed(path) == {Role.NODEPORT_OWN: "fd00::1"}
    path = of([node("one", "10.0.0.1"), DUAL[1]], **SIX)
    assert probed(path) == {}
    assert (
        "Node one has no IPv6 address, and Service shop/web has no other address "
        "family; its NodePort is not probed"
    ) in path.reading.problems


def test_without_a_node_port_no_family_is_missed() -> None:
    """A Service without a NodePort has nothing to probe on a node."""
    web = service("shop/web", ("http", 80, None), **SIX)
    shelf = Shelf(nodes=[node("one", "10.0.0.1")], services=[web])
    path = seen(shelf, namespace="shop", service="web")
    assert not any("NodePort" in p for p in path.reading.problems)


def test_the_ingress_s_own_family_counts_for_its_node_ports() -> None:
    """An IPv6-only ingress in front of an IPv4 app."""
    door = service(
        "kube-system/traefik",
        ("web", 80, 31080),
        labels={"app": "traefik"},
        **SIX,
    )
    shelf = Shelf(
        nodes=DUAL,
        services=[door, service("shop/web", ("http", 80, 30080))],
        ingresses=[ingress()],
        ingressclasses=[ingress_class("traefik", "traefik.io/x", default=True)],
    )
    assert probed(seen(shelf)) == {
        Role.NODEPORT_OWN: "10.0.0.1",
        Role.NODEPORT_OTHER: "10.0.0.2",
        Role.INGRESS: "fd00::1",
        Role.INGRESS_OTHER: "fd00::2",
    }


@pytest.mark.parametrize(
    ("nodes", "problem"),
    [
        ([node("one")], "Node one has no InternalIP; no NodePort is probed"),
        ([], "Node one of this agent does not exist; no NodePort is probed"),
        ([node("one", "fd00::1")], None),
    ],
)
def test_this_node_without_an_address_is_a_problem(
    nodes: list[Object], problem: str | None
) -> None:
    """The problem explains why the report has no NodePorts."""
    shelf = Shelf(nodes=nodes, services=[service("shop/web", ("http", 80, 30080))])
    path = seen(shelf, namespace="shop", service="web")
    assert (problem in path.reading.problems) is bool(problem)
    assert any("NodePort" in p for p in path.reading.problems) is bool(problem)
