"""The load balancer has no healthy target, but the targets respond inside the cluster.

Meaning: the load balancer reports every target as unhealthy. Probes from other nodes
with the target's own Host get successful responses from the ingress.

Impact: Hetzner fails closed. Each request gets 503 from the load balancer itself (an
empty reply on a tcp service). All hosts of the port are down.

Diagnosis: the API reports every target as `unhealthy` for the listen port. The ingress
log contains no external request, and all internal probes of the ingress succeed. The
fault is therefore between load balancer and node: the content of the health check, the
private network, or a firewall that blocks only the load balancer. If internal probes of
the ingress fail too, the load balancer may be right, and this cause stays undetermined.
A TCP health check is different: it succeeds as long as the ingress accepts connections.
In a cluster with one node no other node can probe it; then the node's own probes count.

Neighbors: this cause remains if no more specific cause is shown. If the API reports a
reason, it is `node-firewall-blocks-load-balancer` (no connection) or
`lb-health-check-rejected` (a rejected response). The configuration can show
`lb-health-check-wrong-port`, `lb-not-in-private-network`,
`lb-targets-not-the-ingress-nodes` or `proxy-protocol-mismatch`. If the API reports no
reason, a firewall and a wrong health check look the same. The evidence then names both,
and the observation that decides.

Mitigation: run tcpdump on a node to see whether the health check arrives. No packet
means network or load balancer. A SYN without a reply means that the node drops it: a
firewall, or kube-proxy in IPVS mode. A reply means the content of the health check.

Source: Hetzner Cloud API, load balancers (`health_status`);
hcloud-cloud-controller-manager pull request 354 (503 without a healthy target) and
issues 173 and 270 (tcp).
"""

from collections import Counter
from shlex import quote

from parallax.causes.cause import Cause, refuted, supported
from parallax.causes.curl import WITHOUT_STATUS, accepted, on_node, status_of
from parallax.causes.packet_steps import (
    NO_REPLY,
    NOT_THE_NODES_ADDRESS,
    Client,
    capture,
    firewall_rules,
    node_owns_address,
    of_health_check,
)
from parallax.evidence import (
    balancer,
    check_content,
    check_port,
    health_check,
    inside,
    networks,
    nodes,
)
from parallax.evidence.reading import Missing, evidence_so_far
from parallax.evidence.scene import Scene
from parallax.model.balancer import BalancerService, LoadBalancer
from parallax.model.judgement import Assessment, Class, Hop, NextStep

ID = "lb-no-healthy-target"
MEANS = {
    "layer4_timeout": "the connection times out, which is typical of a firewall",
    "layer4_no_connection": "the connection is refused",
    "layer7_timeout": "the connection succeeds, but the response times out",
    "unexpected_http_status": "the response has an unexpected status",
    "unexpected_http_content": "the response lacks the expected text",
}
"""The API's reasons for a failed health check (`TargetHealth.detail`)."""
NODES_FIRST = (
    "whether the targets stay unhealthy when the ingress responds again; only that is"
    " lb-no-healthy-target"
)


def assess(scene: Scene) -> Assessment:
    """Check whether every target is unhealthy although the ingress works inside."""
    balancer.service(scene)
    state = balancer.health_report(scene)
    nodes.some_targets(scene)
    if healthy := health_check.usable_target(scene):
        return refuted(ID, healthy)
    with evidence_so_far(state):
        own = health_check.response_without_targets(scene)
        if silent := health_check.fails_inside(scene):
            what = NODES_FIRST
            raise Missing(what, evidence=(silent,))
        if not _all_foreign(scene):
            health_check.served_ingress(scene)
        _check_port_is_probed(scene)
        works = health_check.works_inside(scene)
        if check_content.may_request_unknown_host(scene):
            raise Missing("the response that the health check receives")
        if error := check_content.error_behind(scene):
            raise Missing(f"which hop responds {error} to the health check")
    return supported(ID, f"{state}{_open(scene)}", *_why(scene), works, own)


def _all_foreign(scene: Scene) -> bool:
    """Return whether no target is a node; then `lb-targets-not-the-ingress-nodes`."""
    foreign = nodes.foreign_targets(scene)
    return 0 < len(foreign) == len(nodes.targets(scene))


def _why(scene: Scene) -> tuple[str, ...]:
    """Return why the health check fails, by configuration or by the API.

    Most reasons are causes of their own, and explain this one if they are shown.
    """
    reason = (
        _unused_port(scene)
        or health_check.misconfiguration(scene)
        or _reported(scene)
        or check_content.rejection(scene)
    )
    return (reason,) if reason else ()


def _unused_port(scene: Scene) -> str | None:
    """Return that nothing listens on the health check's port; None: not shown."""
    service = balancer.service(scene)
    port = check_port.unused_port.maybe(scene)
    if service.health_check.port == service.destination_port or port is None:
        return None
    return f"port {port} is not a NodePort of the ingress Service"


def _check_port_is_probed(scene: Scene) -> None:
    """Raise `Missing` if no probe tested the health check's port."""
    check = balancer.service(scene).health_check.port
    if not _unused_port(scene) and not _is_probed(scene, check):
        what = f"a probe of port {check}, which the health check uses"
        raise Missing(what)


def _is_probed(scene: Scene, check: int) -> bool:
    """Return whether agents probe the health check's port.

    Or it is kube-proxy's healthCheckNodePort, which succeeds where an ingress pod runs.
    """
    ingress = inside.ingress_service(scene)
    return check in (*ingress.node_ports, ingress.health_check_node_port)


def _open(scene: Scene) -> str:
    """Return that the reason is not proven, and which are possible; "": it is shown."""
    if _has_reason(scene):
        return ""
    service, lb = balancer.service(scene), balancer.load_balancer(scene)
    left = ["a node firewall or IPVS that drops only the load balancer's packets"]
    if service.health_check.protocol != "tcp":
        left.append("the content of the health check")
    if lb.networks is None:
        left.append("the private network")
    return f". The reason is not established. Possible: {', or '.join(left)}"


def _has_reason(scene: Scene) -> bool:
    """Return whether the configuration, or the API for every target, gives a reason."""
    alone = not networks.may_lack_network(scene)
    return bool(
        _unused_port(scene)
        or health_check.misconfiguration(scene)
        or check_content.rejection(scene)
        or (alone and health_check.refused_connection(scene))
    )


def _most_frequent_reason(scene: Scene) -> tuple[str, int | None] | None:
    """Return the API's reason for most failed health checks, and its status."""
    reasons = Counter(
        (seen.detail, seen.health_check_status_code)
        for seen in balancer.failure_details(scene)
    )
    (detail, code), _ = reasons.most_common(1)[0] if reasons else ((None, None), 0)
    return (detail, code) if detail else None


def _reported(scene: Scene) -> str | None:
    """Return the API's reason for the failed health checks; None: no reason."""
    reason = _most_frequent_reason(scene)
    if reason is None:
        return None
    detail, code = reason
    meaning = f"the response is {code}" if code else MEANS.get(detail, "it fails")
    return f"Hetzner reports {detail} for the health check: {meaning}"


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Return how to see what the health check receives, and whether it arrives."""
    service, lb = balancer.service(scene), balancer.load_balancer(scene)
    reason = _most_frequent_reason(scene)
    detail = reason[0] if reason else ""
    content, arrival = _content(scene, service, lb), _arrival(service, lb)
    if detail in {"unexpected_http_status", "unexpected_http_content"}:
        return content
    if detail.startswith("layer4") or service.health_check.http is None:
        return (*arrival, content[0])
    return (content[0], *arrival)


def _content(
    scene: Scene, service: BalancerService, lb: LoadBalancer
) -> tuple[NextStep, ...]:
    """Return how to see what the health check sends and receives."""
    check, reason = service.health_check, _most_frequent_reason(scene)
    got = f" It receives {reason[1]}." if reason and reason[1] else ""
    describe = f"hcloud load-balancer describe {quote(lb.name)}"
    if check.http is None:
        text = (
            "Read the status of each target, and the timeout of the TCP health check."
            " If a SYN-ACK takes longer than the timeout, raise it."
        )
        return (NextStep(text=text, command=describe),)
    look = NextStep(
        text="Read the health check's protocol, port, path and domain, and compare them"
        f" with what the ingress serves.{got}",
        command=describe,
    )
    node = next((t.ip for t in lb.leaves() if t.ip), None) or "NODE"
    host = f"[{node}]" if ":" in node else node
    scheme = "https" if check.http.tls else "http"
    # The health check verifies certificates only if configured to.
    verify = ("-k",) if check.http.tls else ()
    domain = check.http.domain
    options = (*verify, f"-H {quote(f'Host: {domain}')}") if domain else verify
    url = quote(f"{scheme}://{host}:{check.port}{check.http.path}")
    host_text = check.http.domain or "no Host, so the default backend responds"
    send = NextStep(
        text=f"Log in to a node and send the health check's request ({host_text})."
        f" {accepted(check.http.status_codes)} {WITHOUT_STATUS}",
        command=on_node(status_of(url, *options)),
    )
    return look, send


def _arrival(service: BalancerService, lb: LoadBalancer) -> tuple[NextStep, ...]:
    """Return how to see whether the health check arrives at a node."""
    private = any(target.use_private_ip for target in lb.leaves())
    sources = (*(lb.private_ips if private else ()), lb.ipv4)
    source = next((address for address in sources if address), "BALANCER")
    kind = "private" if source in lb.private_ips else "public"
    sender = "the load balancer" + (
        "" if source == "BALANCER" else f"'s {kind} address"
    )
    watch = capture(
        "On a node",
        Client(sender, source, of_health_check(service.health_check)),
        (service.health_check.port,),
        before=f"run `hcloud load-balancer describe {quote(lb.name)}`: it shows the"
        " port that the health check uses, and the network of the load balancer. If"
        f" both are right, {_before_the_node(kind)} drops the packets",
        accepted="the node accepts it: read the health check's settings (last step)",
    )
    if kind == "public":
        return watch, firewall_rules(NO_REPLY)
    return watch, node_owns_address(source), firewall_rules(NOT_THE_NODES_ADDRESS)


def _before_the_node(kind: str) -> str:
    """Return what can drop a packet; a Cloud Firewall filters no private network."""
    return "the private network" if kind == "private" else "a Cloud Firewall"


CAUSE = Cause(
    id=ID,
    class_=Class.LOAD_BALANCER,
    hop=Hop.LOAD_BALANCER,
    title="The load balancer has no healthy target, but nodes respond",
    assess=assess,
    next_steps=next_steps,
)
