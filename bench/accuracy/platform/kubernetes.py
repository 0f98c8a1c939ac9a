"""Kubernetes: what the cluster's API returns about the target's path.

In: a `PlatformSpec` at one time. Out: a `ClusterReading`.
It does not: interpret.
"""

from collections.abc import Iterator
from datetime import timedelta

from bench.accuracy.platform.conditions import Entry
from bench.accuracy.platform.nodes import ON_THE_NODES
from bench.accuracy.platform.probes import when
from bench.accuracy.platform.spec import PlatformSpec
from parallax.model import cluster as k


def cluster(spec: PlatformSpec, at: float) -> k.ClusterReading:
    """Return what the Kubernetes API returns, with times of a node's clock."""
    ingress, hidden = spec.ingress, spec.hidden
    changed = when(at) - timedelta(seconds=spec.changed_ago)
    deny, state = ingress.deny, spec.conditions
    shown = spec.has_ingress or state.beside
    served = shown and state.entry is not Entry.HOST_PORT
    with_pods = state.entry is not Entry.DUMMY
    ruled = state.rules_read and not state.no_path and _is_routed(spec)
    selected = not (state.selectorless or state.external or spec.outside)
    return k.ClusterReading(
        read_at=when(at),
        nodes=tuple(
            k.Node(
                name=n.name,
                internal_ip=n.address,
                external_ip=n.public,
                provider_id=f"hcloud://{n.server}",
                ready=n.ready,
            )
            for n in spec.nodes
        ),
        ingress_service=_ingress_service(spec) if served else None,
        ingress_endpoints=_ingress_endpoints(spec) if shown else None,
        ingress_name=spec.service if ruled else None,
        ingress_hosts=_hosts(spec),
        ingress_annotations=(deny.annotation,) if deny and not state.own_kind else (),
        ingress_config=_config(spec) if shown else None,
        ingress_node_ports=_node_ports(spec) if shown else None,
        ingress_pods=_ingress_pods(spec, at) if shown else None,
        ingress_workloads=(_ingress_workload(spec),) if shown and with_pods else None,
        service=_service_of(spec),
        service_port=None if state.external else 80,
        endpoints=None if hidden.slices else _endpoints(spec),
        endpoints_changed_at=None if hidden.slices else changed,
        pods=_pods(spec, at) if selected else None,
        workloads=(_workload(spec),) if selected else None,
        unread_kinds=_unread_kinds(spec),
        problems=tuple(_problems(spec)),
    )


def _node_ports(spec: PlatformSpec) -> tuple[int, ...]:
    """Return the NodePorts of all Services of the ingress's pods."""
    own = {spec.ingress.http_port, spec.ingress.https_port}
    found = {*own, *(spec.conditions.second_ports or ())}
    return tuple(
        sorted(found - own if spec.conditions.entry in ON_THE_NODES else found)
    )


def _unread_kinds(spec: PlatformSpec) -> tuple[str, ...] | None:
    """Return the ingress's own kinds that were not read."""
    return () if spec.conditions.rules_read else ("Traefik's IngressRoutes",)


def _problems(spec: PlatformSpec) -> Iterator[str]:
    """Yield what the agent could not read, as it says so."""
    if spec.hidden.slices:
        yield "cannot list endpointslices: 403 Forbidden"


def _hosts(spec: PlatformSpec) -> tuple[str, ...]:
    """Return the hosts of all Ingresses, and of other kinds where they are read."""
    state = spec.conditions
    hosts = spec.ingress.hosts if state.rules_read else ()
    return tuple(sorted({*hosts, *state.other_hosts}))


def _ingress_pods(spec: PlatformSpec, at: float) -> tuple[k.Pod, ...] | None:
    if spec.conditions.entry is Entry.DUMMY:
        return None
    return tuple(
        k.Pod(
            name=p.name,
            node=p.node,
            ip=p.address,
            host_network=p.host_network,
            phase="Running",
            ready=p.ready,
            started_at=when(at - p.age),
        )
        for p in spec.ingress.pods
    )


def _is_routed(spec: PlatformSpec) -> bool:
    """Return whether an Ingress leads from the target's URL to its Service."""
    return spec.host in spec.ingress.hosts and "/" in spec.ingress.paths


def _ingress_workload(spec: PlatformSpec) -> k.Workload:
    pods = spec.ingress.pods
    ready = sum(p.ready for p in pods)
    wanted = max(len(pods), 1)
    name = spec.ingress.service
    return k.Workload(
        kind="DaemonSet", name=name, desired=wanted, ready=ready, updated=len(pods)
    )


def _config(spec: PlatformSpec) -> tuple[tuple[str, str], ...] | None:
    """Return the ConfigMap of ingress-nginx or Cilium, or Traefik's arguments."""
    ingress = spec.ingress
    if ingress.kind == "traefik" and spec.conditions.config_read:
        return (("use-proxy-protocol", "false"),)
    word = "true" if ingress.proxy_protocol else "false"
    if spec.conditions.entry is Entry.DUMMY and spec.conditions.proxy_read:
        return (("use-proxy-protocol", word),)
    if ingress.kind != "ingress-nginx":
        return None
    return (
        ("proxy-connect-timeout", f"{ingress.connect_timeout:.0f}"),
        ("proxy-read-timeout", f"{ingress.read_timeout:.0f}"),
        ("use-proxy-protocol", word),
    )


def _ingress_service(spec: PlatformSpec) -> k.Service:
    ingress = spec.ingress
    entry, (http, https) = spec.conditions.entry, spec.shown_ports
    bare = entry is Entry.CLUSTER_IP
    ports = tuple(
        k.ServicePort(
            port=port, target_port=name, name=name, node_port=None if bare else at_node
        )
        for port, name, at_node in ((80, "http", http), (443, "https", https))
    )
    balanced = ingress.health_port or entry in {Entry.SERVICE_LB, Entry.DUMMY}
    kind = "ClusterIP" if bare else "LoadBalancer" if balanced else "NodePort"
    return k.Service(
        namespace=ingress.namespace,
        name=ingress.service,
        type=kind,
        cluster_ip="10.96.138.137",
        ports=ports,
        external_traffic_policy=None if bare else ingress.policy,
        health_check_node_port=ingress.health_port,
    )


def _ingress_endpoints(spec: PlatformSpec) -> tuple[k.Endpoint, ...] | None:
    if spec.hidden.slices or spec.conditions.entry is Entry.DUMMY:
        return None
    return tuple(
        k.Endpoint(address=p.address, ready=p.ready, port=80, node=p.node, pod=p.name)
        for p in spec.ingress.pods
    )


def _service_of(spec: PlatformSpec) -> k.Service:
    port = k.ServicePort(
        port=80,
        target_port=spec.port_name or f"{spec.app_port}",
        name="http",
        node_port=spec.app_node_port,
    )
    if spec.conditions.external:
        return k.Service(
            namespace=spec.namespace, name=spec.service, type="ExternalName"
        )
    own = spec.conditions.entry is Entry.OWN
    at_nodes = "LoadBalancer" if own else "NodePort"
    return k.Service(
        namespace=spec.namespace,
        name=spec.service,
        type=at_nodes if spec.app_node_port else "ClusterIP",
        cluster_ip="10.96.66.114",
        ports=(port,),
        external_traffic_policy="Cluster" if spec.app_node_port else None,
    )


def _endpoints(spec: PlatformSpec) -> tuple[k.Endpoint, ...]:
    return tuple(
        k.Endpoint(
            address=p.address,
            ready=p.ready,
            port=None if spec.port_name else p.port,
            node=None if spec.conditions.selectorless or spec.outside else p.node,
            pod=None if spec.conditions.selectorless or spec.outside else p.name,
        )
        for p in spec.pods
        if p.phase != "Pending"
    )


def _pods(spec: PlatformSpec, at: float) -> tuple[k.Pod, ...]:
    return tuple(
        k.Pod(
            name=p.name,
            node=p.node or None,
            ip=p.address or None,
            host_network=p.host_network,
            phase=p.phase,
            ready=p.ready,
            restarts=p.restarts,
            waiting_reason=p.waiting,
            started_at=when(at - p.age),
        )
        for p in spec.pods
    )


def _workload(spec: PlatformSpec) -> k.Workload:
    count = len(spec.pods)
    return k.Workload(
        kind="DaemonSet",
        name=spec.service,
        desired=max(count, 1),
        ready=sum(p.ready for p in spec.pods),
        updated=count if spec.updated is None else spec.updated,
    )
