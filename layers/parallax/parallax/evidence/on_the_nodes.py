"""On the nodes: the ports of the nodes themselves at which the ingress listens.

In: a snapshot. Out: the same snapshot, in which these ports stand in the ingress's
Service beside its NodePorts. So each cause reads all ports of the nodes that lead to
the ingress from one list. It does not: find a port that no agent probed.
An agent probes such a port only if the cluster's objects show it: a hostPort, the
host's network, or k3s's ServiceLB, which listens on each port of the Service. The ports
for http and https count together, so that the second does not look wrong.
Source: Kubernetes, ContainerPort.hostPort; K3s, networking-services (ServiceLB).
"""

from dataclasses import replace

from parallax.evidence.way_in import LOAD_BALANCER, own_service
from parallax.model.cluster import ClusterReading, NodeReport, Service, ServicePort
from parallax.model.probe import AT_THE_INGRESS
from parallax.model.snapshot import Snapshot

NO_SERVICE = "none"
"""The type of the Service that stands for a controller without one."""
NAMESPACE = "NAMESPACE"
"""What stands for a namespace that no reading states, as in commands."""
NODE_PORTS = range(30000, 32768)
"""kube-apiserver's default `--service-node-port-range`."""
USUAL = {80: "http", 443: "https"}


def with_ports_of_nodes[T: Snapshot](snapshot: T) -> T:
    """Return the snapshot with the ports of the nodes in the ingress's Service."""
    if own_service(snapshot) is not None:
        return snapshot
    found = {
        probe.peer_port: probe.url.startswith("https:")
        for probe in snapshot.inside(*AT_THE_INGRESS)
        if probe.peer_port is not None and probe.peer_port not in NODE_PORTS
    }
    if not found:
        return snapshot
    space = snapshot.target.reached.ingress_namespace or NAMESPACE
    reports = (_rewritten(report, found, space) for report in snapshot.reports)
    return replace(snapshot, reports=tuple(reports))


def is_of_nodes(service: Service, port: int | None) -> bool:
    """Tell whether a port of the ingress is one of the nodes, and no NodePort."""
    return any(p.node_port == port for p in service.ports if _is_own(p, service))


def has_some(service: Service) -> bool:
    """Tell whether the ingress listens on ports of the nodes themselves."""
    return any(_is_own(port, service) for port in service.ports)


def _is_own(port: ServicePort, service: Service) -> bool:
    return port.node_port == port.port or service.type == NO_SERVICE


def _rewritten(report: NodeReport, found: dict[int, bool], space: str) -> NodeReport:
    """Return a report with the ports that were probed, and whether with TLS."""
    reading = report.reading
    if reading is None:
        return report
    service = reading.ingress_service
    known = {*(reading.ingress_node_ports or ())}
    known |= {*(service.node_ports if service else ())}
    new = {port: tls for port, tls in found.items() if port not in known}
    if not new:
        return report
    named = _with_ports(service, new) if service else _stand_in(reading, new, space)
    return replace(report, reading=replace(reading, ingress_service=named))


def _with_ports(service: Service, new: dict[int, bool]) -> Service:
    """Return the Service with ports of the nodes first; agents probe only those."""
    every = service.type == LOAD_BALANCER
    at_nodes = [p for p in service.ports if every or p.port in new.keys() | USUAL]
    if not new.keys() <= {p.port for p in at_nodes}:
        return service  # a port that the Service does not have: it leads elsewhere
    more = tuple(replace(p, node_port=p.port) for p in at_nodes)
    return replace(service, ports=(*more, *service.ports))


def _stand_in(reading: ClusterReading, new: dict[int, bool], space: str) -> Service:
    """Return what stands for the Service of a controller that has none."""
    workload = next(iter(reading.ingress_workloads or ()), None)
    names = {port: "https" if tls else "http" for port, tls in new.items()}
    names |= USUAL if new.keys() & USUAL.keys() else {}
    return Service(
        namespace=space,
        name=workload.name if workload else "",
        type=NO_SERVICE,
        ports=tuple(
            ServicePort(port=port, target_port=name, name=name, node_port=port)
            for port, name in sorted(names.items())
        ),
    )
