"""Ingress: what responds on its NodePorts, and proof that requests end there.

In: a scene. Out: probes that must get a response, the ingress's own pages, and words
for both. It does not: conclude. The page alone cannot distinguish a Service without
endpoints from a rate limit: nginx writes the same 503 for both.
With policy Local a node without an ingress pod drops what another node sends to its
NodePort (Kubernetes, externalTrafficPolicy). No response there is no fault, so these
probes are left out here.
"""

from collections import Counter

from parallax.evidence import inside, logs, nodes, on_the_nodes, users
from parallax.evidence.reading import reading
from parallax.evidence.scene import Scene
from parallax.model.probe import (
    AS_A_USER,
    AT_THE_INGRESS,
    FOR_THE_TARGET,
    ErrorType,
    Probe,
    Role,
)

UNAVAILABLE = 503


def own_pages(scene: Scene, status_code: int) -> tuple[Probe, ...]:
    """Return the external and internal probes that got the ingress's own page."""
    sent_probes = (
        *users.failing(scene, *FOR_THE_TARGET),
        *scene.inside(*AT_THE_INGRESS),
    )
    return tuple(
        p for p in sent_probes if p.status_code == status_code and wrote_page(p)
    )


def wrote_page(probe: Probe) -> bool:
    """Return whether a response is the ingress's own page, and not replayed.

    Internal probes do not pass the load balancer; an HAProxy page in their responses
    comes from an HAProxy ingress.
    """
    author = users.written_by(probe)
    within = probe.node is not None and author.hop == "load-balancer"
    return (author.hop == "ingress" or within) and author.how != "replayed"


def most_frequent_status(scene: Scene) -> int | None:
    """Return the status of the ingress's own page, if most failing users got it."""
    requests = users.failing(scene, *AS_A_USER)
    seen = Counter(p.status_code for p in requests if wrote_page(p)).most_common(1)
    return seen[0][0] if seen and 2 * seen[0][1] > len(requests) else None


def service_name(scene: Scene) -> str:
    """Return `namespace/name` of the ingress's Service; defaults where not read."""
    reached, cluster = scene.target.reached, scene.cluster
    if cluster and cluster.ingress_service:
        service = cluster.ingress_service
        return f"{service.namespace}/{service.name}"
    name = reached.ingress_service or "ingress-nginx-controller"
    return f"{reached.ingress_namespace or 'ingress-nginx'}/{name}"


def title(scene: Scene) -> str:
    """Name the ingress's Service, or the workload of a controller without one."""
    cluster = scene.cluster
    service = cluster.ingress_service if cluster else None
    if cluster is None or service is None or service.type != on_the_nodes.NO_SERVICE:
        return f"Service {service_name(scene)}"
    workload = next(iter(cluster.ingress_workloads or ()), None)
    kind = workload.kind if workload else "workload"
    return f"{kind} {service.name or 'of the ingress'}"


def own_response(scene: Scene, status_code: int) -> str | None:
    """Return that the ingress itself responded with this status; None: not seen."""
    found = own_pages(scene, status_code)
    if not found:
        return None
    to = f"an internal probe on {found[0].node}" if found[0].node else "external probes"
    return f"the ingress itself responded {status_code} to {to}"


def response_without_upstream(scene: Scene) -> str | None:
    """Return the proof that the ingress had no upstream to use; None: not seen."""
    if lines := logs.without_upstream(scene):
        return (
            f"ingress log on {lines[0].node}: the ingress wrote the 503 itself and sent"
            " the request to no pod"
        )
    return own_response(scene, UNAVAILABLE)


@reading
def probes(scene: Scene, *roles: Role, port: int | None = None) -> tuple[Probe, ...]:
    """Return the probes of the ingress's NodePorts that policy Local does not drop.

    Only those with these roles (none: all ingress roles), on one port or on any.
    """
    sent_probes = scene.inside(*(roles or AT_THE_INGRESS))
    at = nodes.ingress_nodes(scene) if nodes.is_local(scene) else None
    return tuple(
        p
        for p in sent_probes
        if port in (None, p.peer_port) and (at is None or not _is_dropped(p, at))
    )


def answered(scene: Scene, port: int | None, *roles: Role) -> tuple[Probe, ...]:
    """Return the probes with these roles that got an HTTP response on a port.

    They are a share of `probes`.
    """
    sent_probes = probes(scene, *roles, port=port)
    return tuple(p for p in sent_probes if p.status_code is not None)


def _is_dropped(probe: Probe, at: frozenset[str]) -> bool:
    crosses = probe.role is Role.INGRESS_OTHER and probe.peer_node is not None
    return crosses and probe.peer_node not in at


def ports_behind(scene: Scene, to: int) -> frozenset[int]:
    """Return the pods' ports to which this port of the nodes leads; empty: not known.

    The endpoints have the port that agents probe. Where the load balancer uses another
    port of the Service, it is that port's `targetPort`. The number of a name was not
    read: then it is one of the other ports that the pods declare, if these were read.
    """
    cluster = scene.cluster
    ends = (cluster.ingress_endpoints if cluster else None) or ()
    known = frozenset(e.port for e in ends if e.port is not None)
    wanted = _targets(scene, {to})
    probed = _targets(scene, {p.peer_port for p in scene.inside(*AT_THE_INGRESS)})
    if not wanted or not probed or wanted & probed:
        return known
    if numbers := frozenset(int(name) for name in wanted if name.isdecimal()):
        return numbers
    pods = (cluster.ingress_pods if cluster else None) or ()
    declared = frozenset(n for pod in pods for n in pod.ports or ())
    return (declared - known or known) if declared else declared


def _targets(scene: Scene, on_nodes: set[int | None]) -> set[str]:
    """Return the `targetPort`s of the ingress Service's ports on the nodes."""
    service = inside.ingress_service.maybe(scene)
    return {
        p.target_port
        for p in (service.ports if service else ())
        if p.node_port in on_nodes
        or (p.port in on_nodes and not (service and service.node_ports))
    }


@reading
def correctly_addressed(scene: Scene) -> tuple[Probe, ...]:
    """Return the internal probes that match the ingress's PROXY protocol setting.

    A probe without an expected PROXY header, or with an unexpected one, fails only for
    that. If the setting was not read, a connection closed without a response may be
    such a case.
    """
    config = scene.cluster.ingress_config if scene.cluster else None
    wants = dict(config or ()).get("use-proxy-protocol", "false") == "true"
    return tuple(
        p
        for p in probes(scene)
        if (
            p.proxy_protocol is wants
            if config is not None
            else p.error_type is not ErrorType.CONNECTION_CLOSED
        )
    )
