"""Nodes: the address of each node at which a Service's NodePort is probed.

In: Node objects, a Service. Out: nodes with the address to probe, or why none is
probed. It does not: choose among the nodes (`selection`).
Source: Kubernetes, ServiceSpec.ipFamilies: kube-proxy opens a NodePort only in the
Service's families; dual-stack nodes list an InternalIP of each family.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from parallax.model.cluster import Node
from parallax.model.wire import Json
from parallax_agent.watch.objects import many, named, node, part

_BOTH = ("IPv4", "IPv6")


def families(item: Json) -> frozenset[str]:
    """Return the address families that a Node has inside the cluster."""
    return frozenset(map(_family, _inside(item)))


def with_node_port(
    nodes: Sequence[Node], items: Sequence[Json], service: Json
) -> list[Node]:
    """Return the nodes that listen for a Service, each with a fitting address.

    `nodes` and `items` describe the same nodes. A node without an address of the
    Service's families is left out; a Service that names no family may have any.
    """
    wanted = many(service, "spec", "ipFamilies") or _BOTH
    with_address: list[Node] = []
    for current, item in zip(nodes, items, strict=True):
        address = next((a for a in _inside(item) if _family(a) in wanted), None)
        if address is not None:
            same = address == current.internal_ip
            with_address.append(
                current if same else replace(current, internal_ip=address)
            )
    return with_address


def of_pods(nodes: Sequence[Node], pods: Sequence[Json] | None) -> tuple[Node, ...]:
    """Return the nodes that run one of these pods, whose ports on the node are open."""
    names = {part(pod, "spec").get("nodeName") for pod in pods or ()}
    return tuple(n for n in nodes if n.name in names)


def node_port_problem(items: Sequence[Json], name: str, service: Json) -> str | None:
    """Return why a node probes no NodePort; None: it probes them."""
    item = named(items, name)
    if item is None:
        return f"Node {name} of this agent does not exist; no NodePort is probed"
    if node(item).internal_ip is None:
        return f"Node {name} has no InternalIP; no NodePort is probed"
    wanted = many(service, "spec", "ipFamilies")
    opens = any(p.get("nodePort") for p in many(service, "spec", "ports"))
    if opens and wanted and not families(item) & set(wanted):
        place = f"{service['metadata']['namespace']}/{service['metadata']['name']}"
        return (
            f"Node {name} has no {' or '.join(wanted)} address, and Service {place} "
            "has no other address family; its NodePort is not probed"
        )
    return None


def _inside(item: Json) -> Iterator[str]:
    for entry in many(item, "status", "addresses", having=("type", "address")):
        if entry["type"] == "InternalIP":
            yield entry["address"]


def _family(address: str) -> str:
    return "IPv6" if ":" in address else "IPv4"
