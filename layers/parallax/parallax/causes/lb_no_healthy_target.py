"""The load balancer has no healthy target, though its targets answer inside.

Meaning: the balancer holds every target for unhealthy, while the ingress answers
well when asked from another node with the target's own Host.

Impact: Hetzner fails closed: each request gets 503 from the balancer itself (an
empty reply on a tcp service). All hosts of the port are down.

Diagnosis: health of every target for the listen port `unhealthy`; no outside
request in the ingress log; inside probes of the ingress all well. What is left is
between balancer and node: the health check's content, the private network, or a
firewall that stops only the balancer. Where the ingress fails inside too, the
balancer may be right, and this cause stays unknown; a tcp health check, though, has
no reason to fail while the ingress answers anything at all. In a cluster of one node
nobody else can ask: what the node answers itself is taken.

Mitigation: find out whether the health check arrives at a node (tcpdump): nothing
arrives: network or balancer; a SYN without answer: firewall; an answer that
displeases: the health check's content.

Source: reference hetzner.md, sections 3, 4 and 6.
"""

from collections import Counter
from shlex import quote

from parallax.causes import evidence
from parallax.causes.cause import Cause, refuted, supported, unknown
from parallax.model.balancer import BalancerService, HealthStatus, LoadBalancer
from parallax.model.finding import Assessment, Class, Hop, NextStep
from parallax.model.probe import Probe, Role
from parallax.model.snapshot import Snapshot

ID = "lb-no-healthy-target"
MEANS = {
    "layer4_timeout": "connecting gets no answer, as where a firewall drops",
    "layer4_no_connection": "the connection is refused",
    "layer7_timeout": "it connects, and the answer takes too long",
    "unexpected_http_status": "the health check gets another status than it wants",
    "unexpected_http_content": "the answer lacks the text that it wants",
}
"""Hetzner's words for a failed health check (`TargetHealth.detail`)."""


def assess(snapshot: Snapshot) -> Assessment:
    """Ask whether the balancer has nobody to send to, though the inside works."""
    if evidence.balancer_service(snapshot) is None:
        return unknown(ID, evidence.balancer_missing(snapshot) or "the balancer")
    state = evidence.health_text(snapshot)
    if not evidence.health(snapshot):
        return refuted(ID, f"{state}, so none is unhealthy")
    if evidence.with_health(snapshot, HealthStatus.HEALTHY):
        return refuted(ID, state)
    if passed := evidence.passed_balancer(snapshot):
        if evidence.contradicted(snapshot):
            return unknown(ID, f"how a request got through: {passed}")
        return refuted(ID, f"{passed}, so the balancer has a target")
    word = evidence.balancers_word(snapshot, signed=False)
    missing = _missing(snapshot)
    if missing or word is None:
        what = missing or evidence.word_missing(snapshot)
        return unknown(ID, what, evidence=(state,))
    works = _works(snapshot, snapshot.inside(*evidence.AT_THE_INGRESS))[1]
    told = _told(snapshot)
    return supported(ID, state, *((told,) if told else ()), works, word)


def _missing(snapshot: Snapshot) -> str | None:
    """Say what is missing for the balancer to have no reason inside."""
    if evidence.with_health(snapshot, HealthStatus.UNKNOWN):
        return "the balancer's word about every target"
    if not evidence.failing(snapshot, *evidence.AS_A_USER):
        return "no failing probe from outside"
    if missing := _whose_port(snapshot):
        return missing
    inside = snapshot.inside(*evidence.AT_THE_INGRESS)
    if not inside:
        return f"whether it works inside: {evidence.inside_missing(snapshot)}"
    well, works = _works(snapshot, inside)
    if not well or not (snapshot.inside(Role.INGRESS_OTHER) or _one_node(snapshot)):
        return f"that it works inside, from node to node: {works}"
    return None


def _works(snapshot: Snapshot, inside: tuple[Probe, ...]) -> tuple[bool, str]:
    """Say whether the inside gives the health check no reason to fail.

    A tcp health check asks for a connection only; an error of the app behind the
    ingress cannot make a target unhealthy.
    """
    service, count = evidence.balancer_service(snapshot), len(inside)
    well = sum(p.healthy for p in inside)
    if well < count and service and service.health_check.protocol == "tcp":
        answered = sum(p.status_code is not None for p in inside)
        share = evidence.of(answered, count)
        told = f"inside, {share} probes of the ingress were answered ({well} well)"
        return answered == count, f"{told}, and the health check only wants to connect"
    share = evidence.of(well, count)
    return well == count, f"inside, {share} probes of the ingress are well"


def _one_node(snapshot: Snapshot) -> bool:
    """Say whether the cluster has no other node that could ask."""
    nodes = snapshot.cluster.nodes if snapshot.cluster else None
    return nodes is not None and len(nodes) == 1


def _said(snapshot: Snapshot) -> tuple[str, int | None] | None:
    """Return Hetzner's word for most failed health checks, and the status it got."""
    told = Counter(
        (seen.detail, seen.health_check_status_code)
        for seen in evidence.details(snapshot)
    )
    (word, code), _ = told.most_common(1)[0] if told else ((None, None), 0)
    return (word, code) if word else None


def _told(snapshot: Snapshot) -> str | None:
    """Say what Hetzner tells of the failed health checks; None: no word."""
    said = _said(snapshot)
    if said is None:
        return None
    word, code = said
    got = f"the health check gets {code}" if code else MEANS.get(word, "it fails")
    return f"Hetzner says {word}: {got}"


def _whose_port(snapshot: Snapshot) -> str | None:
    """Say that a health check of another port is not yet known to be a right one."""
    service, cluster = evidence.balancer_service(snapshot), snapshot.cluster
    if service is None or service.health_check.port == service.destination_port:
        return None
    if cluster and cluster.ingress_service:
        return None
    return f"whether the health check's :{service.health_check.port} is the ingress's"


def next_steps(snapshot: Snapshot) -> tuple[NextStep, ...]:
    """Tell how to see what the balancer dislikes, and whether it gets through."""
    service, balancer = evidence.balancer_service(snapshot), snapshot.load_balancer
    if service is None or balancer is None:
        return ()
    said = _said(snapshot)
    word = said[0] if said else ""
    content, way = _content(snapshot, service, balancer), _way(service, balancer)
    if word in {"unexpected_http_status", "unexpected_http_content"}:
        return content
    if word.startswith("layer4"):
        return (*way, content[0])
    return (content[0], *way)


def _content(
    snapshot: Snapshot, service: BalancerService, balancer: LoadBalancer
) -> tuple[NextStep, ...]:
    """Tell how to see what the health check asks, and what it gets."""
    asks, said = service.health_check, _said(snapshot)
    got = f" It gets {said[1]}." if said and said[1] else ""
    look = NextStep(
        text="Compare the health check (protocol, port, path, domain) with what"
        f" the ingress answers.{got}",
        command=f"hcloud load-balancer describe {quote(balancer.name)}",
    )
    if asks.http is None:
        return (look,)
    node = next((t.ip for t in balancer.leaves() if t.ip), None) or "NODE"
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


def _way(service: BalancerService, balancer: LoadBalancer) -> tuple[NextStep, ...]:
    """Tell how to see whether the health check gets to a node."""
    private = any(target.use_private_ip for target in balancer.leaves())
    sources = (*(balancer.private_ips if private else ()), balancer.ipv4)
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
