"""Way in: the app's own Service, if the load balancer leads to it without an ingress.

In: a snapshot. Out: the same snapshot, in which that Service and the probes of its
NodePort stand where an ingress's would. So each cause reads the hop that users pass.
It does not: choose if an Ingress has the host, or if the port belongs to the ingress:
then requests should pass the ingress.
An ingress that does not know the host, and to which the balancer does not lead, is
unrelated: neither its probes nor its log show anything about users' requests.
Source: hetzner-k3s, first example (an app's own Service of type LoadBalancer);
hcloud-cloud-controller-manager (`destination_port` is the Service's NodePort).
"""

from dataclasses import replace

from parallax.model.cluster import (
    CILIUM_PLACEHOLDER,
    ClusterReading,
    NodeReport,
    Service,
)
from parallax.model.probe import Probe, Role
from parallax.model.snapshot import Snapshot

LOAD_BALANCER = "LoadBalancer"
_AS_ENTRY = {Role.NODEPORT_OWN: Role.INGRESS, Role.NODEPORT_OTHER: Role.INGRESS_OTHER}
"""The roles that probes of the way in have, by their role at the app's own Service."""
_UNRELATED = frozenset({Role.INGRESS, Role.INGRESS_OTHER, Role.INGRESS_POD})
_FOR_ANY_HOST = frozenset({301, 302, 303, 307, 308, 404})
"""Statuses with which an ingress may respond to a host that it does not know."""


def through_own_service[T: Snapshot](snapshot: T) -> T:
    """Return the snapshot with the app's own Service as the way in, if it is that."""
    if own_service(snapshot) is not None:
        reports = tuple(map(_rewritten, snapshot.reports))
        return replace(snapshot, reports=reports, sightings=())
    if _has_placeholder(snapshot.cluster):
        return replace(
            snapshot, reports=tuple(map(_without_placeholder, snapshot.reports))
        )
    return snapshot


def _has_placeholder(reading: ClusterReading | None) -> bool:
    ends = reading.ingress_endpoints if reading else None
    return any(end.address == CILIUM_PLACEHOLDER for end in ends or ())


def _without_placeholder(report: NodeReport) -> NodeReport:
    """Return a report without what an agent read and probed at Cilium's placeholder.

    Cilium's datapath takes the connections on each node; no pod has this address.
    """
    probes = tuple(p for p in report.probes if p.peer_address != CILIUM_PLACEHOLDER)
    reading = report.reading
    if reading is not None:
        reading = replace(reading, ingress_endpoints=None)
    return replace(report, probes=probes, reading=reading)


def own_service(snapshot: Snapshot) -> Service | None:
    """Return the app's own Service if users' requests arrive there, else None."""
    cluster = snapshot.cluster
    own = cluster.service if cluster else None
    if cluster is None or own is None or has_route(cluster, snapshot.target.host):
        return None
    ingress = cluster.ingress_service
    if ingress is not None and _is_same(ingress, own):
        return None  # the agent reported it so, or this snapshot was rewritten
    to = _destination(snapshot)
    if any(map(_served_by_ingress, snapshot.inside(*_UNRELATED))):
        return None
    if to is None or (ingress is not None and to in ingress.node_ports):
        return None
    return own if to in own.node_ports or _is_made_for_users(cluster, own) else None


def _is_made_for_users(cluster: ClusterReading, own: Service) -> bool:
    """Tell whether the Service's type alone shows that users should arrive there.

    Only if the hosts of all Ingresses were read: one of them may have the host.
    """
    read = cluster.ingress_hosts is not None and "ingress_hosts" not in cluster.partial
    return read and own.type == LOAD_BALANCER and bool(own.node_ports)


def is_direct(cluster: ClusterReading | None) -> bool:
    """Tell whether a reading's way in is the app's own Service."""
    if cluster is None or cluster.service is None or cluster.ingress_service is None:
        return False
    return _is_same(cluster.service, cluster.ingress_service)


def _is_same(one: Service, other: Service) -> bool:
    return (one.namespace, one.name) == (other.namespace, other.name)


def _destination(snapshot: Snapshot) -> int | None:
    """Return the port of the nodes to which the balancer sends users' requests."""
    balancer = snapshot.load_balancer
    service = balancer.service_for(snapshot.target.port) if balancer else None
    return service.destination_port if service else None


def _served_by_ingress(probe: Probe) -> bool:
    """Tell whether the ingress served the host, whatever list names it.

    It responds 404 or redirects to https for a host that it does not know, too.
    """
    return probe.healthy and probe.status_code not in _FOR_ANY_HOST


def has_route(cluster: ClusterReading, host: str) -> bool:
    """Tell whether an Ingress or HTTPRoute leads to the host."""
    if cluster.ingress_name is not None:
        return True
    return any(matches(rule, host) for rule in cluster.ingress_hosts or ())


def matches(rule: str, host: str) -> bool:
    """Tell whether a rule's host matches; an empty one or `*` matches all."""
    if rule in {"", "*"}:
        return True
    if rule.startswith("*."):
        return host.partition(".")[2].lower() == rule[2:].lower()
    return rule.lower() == host.lower()


def _rewritten(report: NodeReport) -> NodeReport:
    """Return a report in which the app's own Service stands for the ingress.

    The log of an unrelated ingress is left out, because it can have no line.
    """
    probes = tuple(_seen_as_entry(p) for p in report.probes if p.role not in _UNRELATED)
    reading = report.reading
    if reading is not None and reading.service is not None:
        reading = replace(
            reading,
            ingress_service=reading.service,
            ingress_endpoints=reading.endpoints,
            ingress_pods=reading.pods,
            ingress_workloads=reading.workloads,
            ingress_hosts=None,
            ingress_annotations=(),
            ingress_config=None,
            ingress_config_map=None,
            partial=_partial(reading.partial),
        )
    return replace(
        report, probes=probes, reading=reading, sightings=(), log_read_at=None
    )


def _partial(names: tuple[str, ...]) -> tuple[str, ...]:
    also = [f"ingress_{n}" for n in names if n in {"endpoints", "pods"}]
    return tuple(dict.fromkeys((*names, *also)))


def _seen_as_entry(probe: Probe) -> Probe:
    role = _AS_ENTRY.get(probe.role)
    return replace(probe, role=role) if role else probe
