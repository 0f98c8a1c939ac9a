"""Hops: what the agent asks each hop of a target's path, from its own node.

In: a target and its path through the cluster. Out: questions for
`parallax.probe`. It does not: send them, or judge the answers.

The ingress is asked as the balancer asks it. Where the Ingress itself holds a
TLS section for the host, TLS reaches the ingress: its https NodePort is asked,
with SNI. Where it holds none, TLS ends before it: its http NodePort is asked
with the target's Host, and `X-Forwarded-Proto` says what the user's side was,
so that nothing is redirected.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from parallax.model.cluster import Node
from parallax.model.probe import Probe, Role
from parallax.model.target import Target
from parallax.probe import Question
from parallax_agent.read import TargetPath, entry_port

HOP_SECONDS = 5.0
BODY_BYTES = 2048
"""Of a body that is sent on; a page's signature is far shorter."""
READ_BYTES = 65536
"""Of a body that must be searched for the target's own text."""
PODS_A_CYCLE = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Standpoint:
    """From where and in which cycle; `turn` counts cycles, for the rotations."""

    node: str
    turn: int
    source_address: str | None = None


def questions(target: Target, path: TargetPath, at: Standpoint) -> list[Question]:
    """Return one cycle's questions about one target, the pods first."""
    asked: list[Question] = []
    if not unasked_backend(path):
        asked += _pods(target, path, at)
        asked += _service(target, path, at)
        asked += _app_node_ports(target, path, at)
    if not unasked_ingress(path):
        asked += _ingress_node_ports(target, path, at)
    return asked


def unasked_backend(path: TargetPath) -> str | None:
    """Say why pods and Service are left out; None: they are asked."""
    protocol = path.route.backend_protocol if path.route else "HTTP"
    if protocol.upper() == "HTTP":
        return None
    return f"pods speak {protocol}: the agent asks only plain HTTP backends"


def unasked_ingress(path: TargetPath) -> str | None:
    """Say why the ingress is left out; None: it is asked."""
    config = dict(path.reading.ingress_config or ())
    if config.get("use-proxy-protocol") != "true":
        return None
    return "the ingress expects PROXY protocol: the agent does not speak it"


def trim(probe: Probe) -> Probe:
    """Cut a probe's body to what is sent on (about `BODY_BYTES` of UTF-8)."""
    if len(probe.body) <= BODY_BYTES:
        return probe
    return replace(probe, body=probe.body[:BODY_BYTES], body_truncated=True)


def _pods(target: Target, path: TargetPath, at: Standpoint) -> Iterator[Question]:
    found = path.reading.endpoints or ()
    start = at.turn * PODS_A_CYCLE if len(found) > PODS_A_CYCLE else 0
    for offset in range(min(len(found), PODS_A_CYCLE)):
        endpoint = found[(start + offset) % len(found)]
        if endpoint.port is not None:
            question = _ask(target, at, Role.POD, endpoint.address, endpoint.port)
            yield replace(question, pod=endpoint.pod, peer_node=endpoint.node)


def _service(target: Target, path: TargetPath, at: Standpoint) -> Iterator[Question]:
    service, port = path.reading.service, path.port
    if service and port and service.cluster_ip not in {None, "", "None"}:
        yield _ask(target, at, Role.SERVICE, str(service.cluster_ip), port.port)


def _app_node_ports(
    target: Target, path: TargetPath, at: Standpoint
) -> Iterator[Question]:
    node_port = path.port.node_port if path.port else None
    if node_port is None:
        return
    for role, node in _own_and_other(path, at, Role.NODEPORT_OWN, Role.NODEPORT_OTHER):
        question = _ask(target, at, role, str(node.internal_ip), node_port)
        yield replace(question, peer_node=node.name)


def _ingress_node_ports(
    target: Target, path: TargetPath, at: Standpoint
) -> Iterator[Question]:
    tls = path.route is not None and path.route.tls
    port = entry_port(path.reading.ingress_service, tls=tls)
    if port is None or port.node_port is None:
        return
    for role, node in _own_and_other(path, at, Role.INGRESS, Role.INGRESS_OTHER):
        question = _ask(
            target, at, role, str(node.internal_ip), port.node_port, tls=tls
        )
        yield replace(question, peer_node=node.name)


def _own_and_other(
    path: TargetPath, at: Standpoint, own: Role, other: Role
) -> Iterator[tuple[Role, Node]]:
    """Yield the own node and one other; each cycle the next one after the own.

    Counted from the own node, so that the agents of a cluster do not all ask
    the same one.
    """
    nodes = sorted(
        (n for n in path.reading.nodes or () if n.internal_ip), key=lambda n: n.name
    )
    here = next((i for i, n in enumerate(nodes) if n.name == at.node), None)
    if here is None:
        return
    yield own, nodes[here]
    others = nodes[here + 1 :] + nodes[:here]
    if others:
        yield other, others[at.turn % len(others)]


def _ask(  # noqa: PLR0913 - one argument for each thing a hop differs in
    target: Target,
    at: Standpoint,
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
        source_address=at.source_address,
        timeout=HOP_SECONDS,
        allow_private=True,
        body_limit=READ_BYTES if target.healthy.body_contains else BODY_BYTES,
        node=at.node,
    )
