"""Kubernetes: what the cluster's API returns about the target's path.

In: a `PlatformSpec` at one time. Out: a `ClusterReading`.
It does not: interpret.
"""

from datetime import timedelta

from bench.accuracy.platform.probes import when
from bench.accuracy.platform.spec import PlatformSpec
from parallax.model import cluster as k


def cluster(spec: PlatformSpec, at: float) -> k.ClusterReading:
    """Return what the Kubernetes API returns, with times of a node's clock."""
    ingress, hidden = spec.ingress, spec.hidden
    nginx = ingress.kind == "ingress-nginx"
    changed = when(at) - timedelta(seconds=spec.changed_ago)
    deny = ingress.deny
    why = "cannot list endpointslices: 403 Forbidden"
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
        ingress_service=_ingress_service(spec),
        ingress_endpoints=None if hidden.slices else _ingress_endpoints(spec),
        ingress_name=spec.service if _is_routed(spec) else None,
        ingress_hosts=tuple(sorted(ingress.hosts)),
        ingress_annotations=(deny.annotation,) if deny else (),
        ingress_config=_config(spec) if nginx else None,
        ingress_node_ports=tuple(sorted((ingress.http_port, ingress.https_port))),
        ingress_pods=tuple(
            k.Pod(
                name=p.name,
                node=p.node,
                ip=p.address,
                host_network=p.host_network,
                phase="Running",
                ready=p.ready,
                started_at=when(at - p.age),
            )
            for p in ingress.pods
        ),
        ingress_workloads=(_ingress_workload(spec),),
        service=_service_of(spec),
        service_port=80,
        endpoints=None if hidden.slices else _endpoints(spec),
        endpoints_changed_at=None if hidden.slices else changed,
        pods=None if spec.outside else _pods(spec, at),
        workloads=None if spec.outside else (_workload(spec),),
        unread_kinds=(),
        problems=(why,) if hidden.slices else (),
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


def _config(spec: PlatformSpec) -> tuple[tuple[str, str], ...]:
    ingress = spec.ingress
    word = "true" if ingress.proxy_protocol else "false"
    return (
        ("proxy-connect-timeout", f"{ingress.connect_timeout:.0f}"),
        ("proxy-read-timeout", f"{ingress.read_timeout:.0f}"),
        ("use-proxy-protocol", word),
    )


def _ingress_service(spec: PlatformSpec) -> k.Service:
    ingress = spec.ingress
    ports = (
        k.ServicePort(
            port=80, target_port="http", name="http", node_port=ingress.http_port
        ),
        k.ServicePort(
            port=443, target_port="https", name="https", node_port=ingress.https_port
        ),
    )
    return k.Service(
        namespace=ingress.namespace,
        name=ingress.service,
        type="LoadBalancer" if ingress.health_port else "NodePort",
        cluster_ip="10.96.138.137",
        ports=ports,
        external_traffic_policy=ingress.policy,
        health_check_node_port=ingress.health_port,
    )


def _ingress_endpoints(spec: PlatformSpec) -> tuple[k.Endpoint, ...]:
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
    return k.Service(
        namespace=spec.namespace,
        name=spec.service,
        type="NodePort" if spec.app_node_port else "ClusterIP",
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
            node=None if spec.outside else p.node,
            pod=None if spec.outside else p.name,
        )
        for p in spec.pods
    )


def _pods(spec: PlatformSpec, at: float) -> tuple[k.Pod, ...]:
    return tuple(
        k.Pod(
            name=p.name,
            node=p.node,
            ip=p.address,
            host_network=p.host_network,
            phase="Running",
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
