"""Plan: the requests that probe each hop of a target's path, from this node.

In: a target and its path through the cluster. Out: requests for `parallax.probe`. It
does not: send them, or judge the responses.

The ingress is probed as the load balancer connects to it, at its NodePort, or at the
port on the nodes themselves if it has no NodePort. If the Ingress has a TLS
section for the host, TLS reaches the ingress, so its https NodePort is probed, with
SNI. Otherwise TLS ends before the ingress, so its http NodePort is probed with the
target's Host; `X-Forwarded-Proto` has the scheme of the user's request, so that the
ingress does not redirect. Ingress pods are probed in the same way, at the port behind
the Service's port. If the ConfigMap enables the PROXY protocol, each of these
connections begins with a PROXY header.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from parallax.model.cluster import ClusterReading, Node
from parallax.model.probe import Probe, Role
from parallax.model.target import Healthy, Target
from parallax.probe import INSIDE, USER_AGENT, ProbeRequest
from parallax.probe.bound import bounded
from parallax_agent.hops import selection
from parallax_agent.hops.selection import VantagePoint
from parallax_agent.read.protocol import HTTP
from parallax_agent.read.target_path import TargetPath
from parallax_agent.route.entry import entry_port

AGENT = f"{USER_AGENT}{INSIDE}"
"""The User-Agent of agents; it distinguishes their requests in the ingress's log."""
HOP_SECONDS = 5.0
CONNECT_SECONDS = 1.5
"""Part of these seconds, for the connection. A lost SYN is sent again after one second
(RFC 6298); half a second remains for its response, which is long inside a cluster."""
BODY_BYTES = 2048
"""Bytes of a body that are reported; the signature of a page is far shorter."""
WITHOUT_LOGIN = (301, 302, 303, 307, 308, 401, 403)
"""Statuses of a healthy app that gets no login. RFC 9110, sections 15.4 and 15.5."""
READ_BYTES = 65536
"""Bytes that are read of a body in which a target's own text is searched."""
PODS_PER_CYCLE = 10
INGRESS_PODS_PER_CYCLE = 10
MAX_REQUESTS = PODS_PER_CYCLE + INGRESS_PODS_PER_CYCLE + 6
"""Requests for one target in one cycle, at any cluster size: pods, ingress pods, the
Service in two address families, two NodePorts each of Service and ingress."""


def plan_requests(
    target: Target, path: TargetPath, at: VantagePoint
) -> list[ProbeRequest]:
    """Return one cycle's requests for one target, the pods first."""
    requests: list[ProbeRequest] = []
    if not unsupported_protocol(path):
        requests += _pods(target, path, at)
        requests += _service(target, path, at)
        requests += _app_node_ports(target, path, at)
    requests += _ingress(target, path, at)
    return requests


def backend_name(target: Target, path: TargetPath) -> str:
    """Name the Service whose pods respond in the end; targets may share one."""
    service = path.reading.service
    return f"{service.namespace}/{service.name}" if service else target.name


def unsupported_protocol(path: TargetPath) -> str | None:
    """Return why pods and Service are not probed; None: they are probed."""
    if path.protocol == HTTP:
        return None
    return f"the pods use {path.protocol}; the agent probes only plain HTTP backends"


def expects_proxy_line(reading: ClusterReading, node: str | None = None) -> bool:
    """Tell whether the ingress accepts only connections with a PROXY header.

    HAProxy's `proxy-protocol` lists the networks that must send one; is this node in
    one?
    """
    config = dict(reading.ingress_config or ())
    if config.get("use-proxy-protocol") == "true":
        return True
    own = [n.internal_ip for n in reading.nodes or () if n.name == node]
    networks = config.get("proxy-protocol", "").replace(",", " ").split()
    return any(
        selection.is_in_network(address, network)
        for address in filter(None, own)
        for network in networks
    )


def trim(probe: Probe) -> Probe:
    """Cut a probe to what is reported: `BODY_BYTES` of body, and all else limited."""
    return bounded(probe, BODY_BYTES)


def _pods(target: Target, path: TargetPath, at: VantagePoint) -> Iterator[ProbeRequest]:
    every = (*(path.reading.endpoints or ()), *path.second_endpoints)
    for endpoint in selection.select_endpoints(every, at, PODS_PER_CYCLE):
        if endpoint.port is not None:
            request = _request(target, at, Role.POD, endpoint.address, endpoint.port)
            yield replace(request, pod=endpoint.pod, peer_node=endpoint.node)


def _service(
    target: Target, path: TargetPath, at: VantagePoint
) -> Iterator[ProbeRequest]:
    """Probe the Service, in each address family.

    Not if kube-proxy drops the connection by design: the Service routes only to this
    node's pods, and none of them is ready.
    """
    service, port = path.reading.service, path.port
    if service is None or port is None:
        return
    addresses = (
        (service.cluster_ip, path.reading.endpoints),
        (path.second_ip, path.second_endpoints),
    )
    for address, ends in addresses:
        here = any(e.ready and e.node == at.node for e in ends or ())
        if address not in {None, "", "None"} and (here or not path.local):
            yield _request(target, at, Role.SERVICE, str(address), port.port)


def _app_node_ports(
    target: Target, path: TargetPath, at: VantagePoint
) -> Iterator[ProbeRequest]:
    node_port = path.port.node_port if path.port else None
    if node_port is None:
        return
    for role, node in _two_nodes(
        path.app_nodes, at, Role.NODEPORT_OWN, Role.NODEPORT_OTHER
    ):
        request = _request(target, at, role, str(node.internal_ip), node_port)
        yield replace(request, peer_node=node.name)


def _ingress(
    target: Target, path: TargetPath, at: VantagePoint
) -> Iterator[ProbeRequest]:
    """Probe the ingress's NodePorts and its pods, as the load balancer connects."""
    way, service = path.probed_way, path.reading.ingress_service
    tls = way.tls
    port = entry_port(service, tls=tls, listener=way.listener)
    on_node = path.host_port or (port.node_port if port else None)
    if port is None and path.host_port is None:
        return
    places: list[tuple[Role, str, int, str | None, str | None]] = []
    if on_node is not None:
        places += [
            (role, str(node.internal_ip), on_node, node.name, None)
            for role, node in _two_nodes(
                path.ingress_nodes, at, Role.INGRESS, Role.INGRESS_OTHER
            )
        ]
    pods = path.reading.ingress_endpoints or ()
    places += [
        (Role.INGRESS_POD, pod.address, pod.port, pod.node, pod.pod)
        for pod in selection.select_endpoints(pods, at, INGRESS_PODS_PER_CYCLE)
        if pod.port is not None
    ]
    proxy_line = expects_proxy_line(path.reading, at.node)
    for role, address, number, node, pod in places:
        request = _request(target, at, role, address, number, tls=tls)
        yield replace(request, peer_node=node, pod=pod, proxy_protocol=proxy_line)


def _two_nodes(
    nodes: Sequence[Node], at: VantagePoint, own: Role, other: Role
) -> Iterator[tuple[Role, Node]]:
    pair = selection.own_and_next_node(nodes, at)
    if pair is not None:
        yield own, pair[0]
        if pair[1] is not None:
            yield other, pair[1]


def inside_rule(target: Target) -> Healthy:
    """Return the rule by which a response inside is healthy.

    An agent has no secret, so it sends no login. The app then rejects the request or
    redirects it to its login page. That shows that the app responds, and nothing else.
    """
    rule = target.healthy
    if target.login is None:
        return rule
    return Healthy(status_codes=tuple(sorted({*rule.status_codes, *WITHOUT_LOGIN})))


def _request(  # noqa: PLR0913 - one argument per difference between hops
    target: Target,
    at: VantagePoint,
    role: Role,
    address: str,
    port: int,
    *,
    tls: bool = False,
) -> ProbeRequest:
    outside = urlsplit(target.url)
    query = f"?{outside.query}" if outside.query else ""
    scheme = "https" if tls else "http"
    rule = inside_rule(target)
    return ProbeRequest(
        role=role,
        url=f"{scheme}://{target.host}{outside.path or '/'}{query}",
        healthy=rule,
        method=target.method,
        body=target.request_body,
        without_login=target.login is not None,
        address=address,
        port=port,
        headers=(*target.request_headers, ("X-Forwarded-Proto", outside.scheme)),
        source_address=at.source_for(address),
        timeout=HOP_SECONDS,
        connect_timeout=CONNECT_SECONDS,
        allow_private=True,
        body_limit=READ_BYTES if rule.reads_body else BODY_BYTES,
        node=at.node,
        user_agent=AGENT,
    )
