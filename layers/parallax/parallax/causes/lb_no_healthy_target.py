"""The load balancer has no healthy target, though its targets answer inside.

Meaning: the balancer holds every target for unhealthy, while the ingress answers well
when asked from another node with the target's own Host.

Impact: Hetzner fails closed: each request gets 503 from the balancer itself (an empty
reply on a tcp service). All hosts of the port are down.

Diagnosis: health of every target for the listen port `unhealthy`; no outside request in
the ingress log; inside probes of the ingress all well. What is left is between balancer
and node: the health check's content, the private network, or a firewall that stops only
the balancer. Where the ingress fails inside too, the balancer may be right, and this
cause stays unknown; a tcp health check, though, has no reason to fail while the ingress
answers anything at all. In a cluster of one node nobody else can ask: what the node
answers itself is taken.

Neighbors: this is what is left when nothing else is shown. With Hetzner's word it is
`node-firewall-blocks-load-balancer` (no connection) or `lb-health-check-rejected` (an
answer that displeases); by configuration `lb-health-check-wrong-port`,
`lb-not-in-private-network`, `lb-targets-not-the-ingress-nodes` or
`proxy-protocol-mismatch`. Where the API says no reason, a firewall and the check's
content look alike: both are named, and the one observation that decides.

Mitigation: find out whether the health check arrives at a node (tcpdump): nothing
arrives: network or balancer; a SYN without answer: firewall; an answer that displeases:
the health check's content.

Source: reference hetzner.md, sections 3, 4 and 6.
"""

from collections import Counter
from shlex import quote

from parallax.causes.cause import Cause, refuted, supported
from parallax.evidence import (
    balancer,
    check_content,
    check_port,
    health_check,
    inside,
    networks,
)
from parallax.evidence.reading import Missing, evidence_so_far
from parallax.evidence.scene import Scene
from parallax.model.balancer import BalancerService, LoadBalancer
from parallax.model.finding import Assessment, Class, Hop, NextStep

ID = "lb-no-healthy-target"
MEANS = {
    "layer4_timeout": "connecting gets no answer, as where a firewall drops",
    "layer4_no_connection": "the connection is refused",
    "layer7_timeout": "it connects, and the answer takes too long",
    "unexpected_http_status": "the health check gets another status than it wants",
    "unexpected_http_content": "the answer lacks the text that it wants",
}
"""Hetzner's words for a failed health check (`TargetHealth.detail`)."""


def assess(scene: Scene) -> Assessment:
    """Ask whether the balancer has nobody to send to, though the inside works."""
    balancer.service(scene)
    state = balancer.health_text(scene)
    if not balancer.health(scene):
        return refuted(ID, f"{state}, so none is unhealthy")
    if healthy := health_check.usable_target(scene):
        return refuted(ID, healthy)
    with evidence_so_far(state):
        word = health_check.response_without_targets(scene)
        health_check.served_ingress(scene)
        _is_asked(scene)
        works = health_check.works_inside(scene)
    return supported(ID, state, *_why(scene), works, word, *_left(scene))


def _why(scene: Scene) -> tuple[str, ...]:
    """Say why the health check fails, as far as configuration or Hetzner tells.

    Most reasons are causes of their own, which explain this one where they are shown.
    """
    reason = (
        _nobodys_port(scene)
        or health_check.misconfiguration(scene)
        or _told(scene)
        or check_content.rejection(scene)
    )
    return (reason,) if reason else ()


def _nobodys_port(scene: Scene) -> str | None:
    """Say that nothing listens at the port that the health check asks; None: not so."""
    service = balancer.service(scene)
    port = check_port.unused_port.maybe(scene)
    if service.health_check.port == service.destination_port or port is None:
        return None
    return f"the ingress Service has no NodePort {port}"


def _is_asked(scene: Scene) -> None:
    """Raise `Missing` where nothing is known of the port that the health check asks."""
    check = balancer.service(scene).health_check.port
    if not _nobodys_port(scene) and not _asked_inside(scene, check):
        what = f"whether anything answers at :{check}, which only the health check asks"
        raise Missing(what)


def _asked_inside(scene: Scene, check: int) -> bool:
    """Say whether the health check asks what the nodes ask each other.

    Or the port of kube-proxy's own, which is well where an ingress pod runs.
    """
    ingress = inside.ingress_service(scene)
    return check in (*ingress.node_ports, ingress.health_check_node_port)


def _left(scene: Scene) -> tuple[str, ...]:
    """Name what is left, and the observation that decides between it.

    Nothing is left where a reason is known.
    """
    if _reason_is_known(scene):
        return ()
    service, lb = balancer.service(scene), balancer.load_balancer(scene)
    left = ["a firewall of the nodes that stops only the balancer"]
    if service.health_check.protocol != "tcp":
        left.append("the health check's content")
    if lb.networks is None:
        left.append("the private network")
    return (f"left: {' or '.join(left)}; tcpdump on a node decides",)


def _reason_is_known(scene: Scene) -> bool:
    """Say whether configuration, or Hetzner's word about every target, gives one."""
    alone = not networks.may_lack_network(scene)
    return bool(
        _nobodys_port(scene)
        or health_check.misconfiguration(scene)
        or check_content.rejection(scene)
        or (alone and health_check.refused_connection(scene))
    )


def _said(scene: Scene) -> tuple[str, int | None] | None:
    """Return Hetzner's word for most failed health checks, and the status it got."""
    told = Counter(
        (seen.detail, seen.health_check_status_code)
        for seen in balancer.failure_details(scene)
    )
    (word, code), _ = told.most_common(1)[0] if told else ((None, None), 0)
    return (word, code) if word else None


def _told(scene: Scene) -> str | None:
    """Say what Hetzner tells of the failed health checks; None: no word."""
    said = _said(scene)
    if said is None:
        return None
    word, code = said
    got = f"the health check gets {code}" if code else MEANS.get(word, "it fails")
    return f"Hetzner says {word}: {got}"


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Tell how to see what the balancer dislikes, and whether it gets through."""
    service, lb = balancer.service(scene), balancer.load_balancer(scene)
    said = _said(scene)
    word = said[0] if said else ""
    content, way = _content(scene, service, lb), _way(service, lb)
    if word in {"unexpected_http_status", "unexpected_http_content"}:
        return content
    if word.startswith("layer4"):
        return (*way, content[0])
    return (content[0], *way)


def _content(
    scene: Scene, service: BalancerService, lb: LoadBalancer
) -> tuple[NextStep, ...]:
    """Tell how to see what the health check asks, and what it gets."""
    asks, said = service.health_check, _said(scene)
    got = f" It gets {said[1]}." if said and said[1] else ""
    look = NextStep(
        text="Compare the health check (protocol, port, path, domain) with what"
        f" the ingress answers.{got}",
        command=f"hcloud load-balancer describe {quote(lb.name)}",
    )
    if asks.http is None:
        return (look,)
    node = next((t.ip for t in lb.leaves() if t.ip), None) or "NODE"
    host = f"[{node}]" if ":" in node else node
    scheme = "https" if asks.http.tls else "http"
    # The health check does not verify certificates unless it is told to.
    options = "-sS -k" if asks.http.tls else "-sS"
    named = f" -H {quote(f'Host: {asks.http.domain}')}" if asks.http.domain else ""
    whose = asks.http.domain or "no Host: the default backend answers"
    ask = NextStep(
        text=f"On a node, ask as the health check does ({whose}).",
        command=f"curl {options} -o /dev/null -w '%{{http_code}}\\n'{named}"
        f" {quote(f'{scheme}://{host}:{asks.port}{asks.http.path}')}",
    )
    return look, ask


def _way(service: BalancerService, lb: LoadBalancer) -> tuple[NextStep, ...]:
    """Tell how to see whether the health check gets to a node."""
    private = any(target.use_private_ip for target in lb.leaves())
    sources = (*(lb.private_ips if private else ()), lb.ipv4)
    source = next((address for address in sources if address), "BALANCER")
    capture = NextStep(
        text="On a node, see whether the health check arrives: nothing: network or"
        " balancer; SYN without answer: firewall.",
        command=f"sudo tcpdump -ni any 'port {service.health_check.port}"
        f" and host {source}'",
    )
    firewall = NextStep(
        text="On a node, look for a rule that stops the balancer.",
        command="sudo ufw status numbered",
    )
    return capture, firewall


CAUSE = Cause(
    id=ID,
    class_=Class.LOAD_BALANCER,
    hop=Hop.LOAD_BALANCER,
    title="The load balancer has no healthy target, though nodes answer inside",
    assess=assess,
    next_steps=next_steps,
)
