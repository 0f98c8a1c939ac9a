"""Hops: what the agent asks each hop of a target's path, from its own node.

In: a target and its path through the cluster. Out: plan_requests for
`parallax.probe`. It does not: send them, or judge the answers.

The ingress is asked as the balancer asks it. Where the Ingress itself holds a
TLS section for the host, TLS reaches the ingress: its https NodePort is asked,
with SNI. Where it holds none, TLS ends before it: its http NodePort is asked
with the target's Host, and `X-Forwarded-Proto` says what the user's side was,
so that nothing is redirected. Its pods are asked in the same way at the port behind
the Service's. Where its ConfigMap wants PROXY protocol, each of these connections
begins with a PROXY line.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from parallax.model.cluster import ClusterReading, Node
from parallax.model.probe import Probe, Role
from parallax.model.target import Target
from parallax.probe import INSIDE, USER_AGENT, Question
from parallax.probe.bound import bounded
from parallax_agent.hops import selection
from parallax_agent.hops.selection import VantagePoint
from parallax_agent.read.protocol import HTTP
from parallax_agent.read.target_path import TargetPath
from parallax_agent.route.entry import entry_port

AGENT = f"{USER_AGENT}{INSIDE}"
"""The User-Agent of what agents ask, told apart in the ingress's log."""
HOP_SECONDS = 5.0
CONNECT_SECONDS = 1.5
"""Of these for the connect: a SYN that was lost is sent again after a second (RFC
6298), and its answer has half a second: inside a cluster that is long."""
BODY_BYTES = 2048
"""Of a body that is sent on; a page's signature is far shorter."""
READ_BYTES = 65536
"""Of a body that must be searched for the target's own text."""
PODS_PER_CYCLE = 10
INGRESS_PODS_PER_CYCLE = 10
MAX_REQUESTS = PODS_PER_CYCLE + INGRESS_PODS_PER_CYCLE + 6
"""Of one target in one cycle, however large the cluster: beside the pods the
Service in both address families, and two NodePorts each of Service and ingress."""


def plan_requests(target: Target, path: TargetPath, at: VantagePoint) -> list[Question]:
    """Return one cycle's plan_requests about one target, the pods first."""
    asked: list[Question] = []
    if not unsupported_protocol(path):
        asked += _pods(target, path, at)
        asked += _service(target, path, at)
        asked += _app_node_ports(target, path, at)
    asked += _ingress(target, path, at)
    return asked


def backend_name(target: Target, path: TargetPath) -> str:
    """Name the Service whose pods answer in the end; targets may share one."""
    service = path.reading.service
    return f"{service.namespace}/{service.name}" if service else target.name


def unsupported_protocol(path: TargetPath) -> str | None:
    """Say why pods and Service are left out; None: they are asked."""
    if path.protocol == HTTP:
        return None
    return f"the pods use {path.protocol}; the agent probes only plain HTTP backends"


def expects_proxy_line(reading: ClusterReading, node: str | None = None) -> bool:
    """Tell whether the ingress takes only connections with a PROXY line.

    HAProxy's (`proxy-protocol`) names from whom it wants one: from this node?
    """
    told = dict(reading.ingress_config or ())
    if told.get("use-proxy-protocol") == "true":
        return True
    own = [n.internal_ip for n in reading.nodes or () if n.name == node]
    wanting = told.get("proxy-protocol", "").replace(",", " ").split()
    return any(
        selection.is_in_network(address, network)
        for address in filter(None, own)
        for network in wanting
    )


def trim(probe: Probe) -> Probe:
    """Cut a probe to what is sent on: `BODY_BYTES` of body, and all else bounded."""
    return bounded(probe, BODY_BYTES)


def _pods(target: Target, path: TargetPath, at: VantagePoint) -> Iterator[Question]:
    known = (*(path.reading.endpoints or ()), *path.second_endpoints)
    for endpoint in selection.select_endpoints(known, at, PODS_PER_CYCLE):
        if endpoint.port is not None:
            question = _ask(target, at, Role.POD, endpoint.address, endpoint.port)
            yield replace(question, pod=endpoint.pod, peer_node=endpoint.node)


def _service(target: Target, path: TargetPath, at: VantagePoint) -> Iterator[Question]:
    """Ask the Service, in each address family.

    Not where kube-proxy drops it on purpose: it leads to the own node's pods only,
    and here none is ready.
    """
    service, port = path.reading.service, path.port
    if service is None or port is None:
        return
    ways = (
        (service.cluster_ip, path.reading.endpoints),
        (path.second_ip, path.second_endpoints),
    )
    for address, ends in ways:
        here = any(e.ready and e.node == at.node for e in ends or ())
        if address not in {None, "", "None"} and (here or not path.local):
            yield _ask(target, at, Role.SERVICE, str(address), port.port)


def _app_node_ports(
    target: Target, path: TargetPath, at: VantagePoint
) -> Iterator[Question]:
    node_port = path.port.node_port if path.port else None
    if node_port is None:
        return
    for role, node in _two_nodes(
        path.app_nodes, at, Role.NODEPORT_OWN, Role.NODEPORT_OTHER
    ):
        question = _ask(target, at, role, str(node.internal_ip), node_port)
        yield replace(question, peer_node=node.name)


def _ingress(target: Target, path: TargetPath, at: VantagePoint) -> Iterator[Question]:
    """Ask the ingress's NodePorts and its pods, as the balancer asks them."""
    route = path.route
    tls, listener = (route.tls, route.listener) if route else (False, None)
    port = entry_port(path.reading.ingress_service, tls=tls, listener=listener)
    if port is None:
        return
    places: list[tuple[Role, str, int, str | None, str | None]] = []
    if port.node_port is not None:
        places += [
            (role, str(node.internal_ip), port.node_port, node.name, None)
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
        question = _ask(target, at, role, address, number, tls=tls)
        yield replace(question, peer_node=node, pod=pod, proxy_protocol=proxy_line)


def _two_nodes(
    nodes: Sequence[Node], at: VantagePoint, own: Role, other: Role
) -> Iterator[tuple[Role, Node]]:
    found = selection.own_and_next_node(nodes, at)
    if found is not None:
        yield own, found[0]
        if found[1] is not None:
            yield other, found[1]


def _ask(  # noqa: PLR0913 - one argument for each thing a hop differs in
    target: Target,
    at: VantagePoint,
    role: Role,
    address: str,
    port: int,
    *,
    tls: bool = False,
) -> Question:
    outside = urlsplit(target.url)
    query = f"?{outside.query}" if outside.query else ""
    scheme = "https" if tls else "http"
    return Question(
        role=role,
        url=f"{scheme}://{target.host}{outside.path or '/'}{query}",
        healthy=target.healthy,
        address=address,
        port=port,
        headers=(("X-Forwarded-Proto", outside.scheme),),
        source_address=at.source_for(address),
        timeout=HOP_SECONDS,
        connect_timeout=CONNECT_SECONDS,
        allow_private=True,
        body_limit=READ_BYTES if target.healthy.body_contains else BODY_BYTES,
        node=at.node,
        user_agent=AGENT,
    )
