"""Balancer clues: what the load balancer's settings and response times show.

In: a scene. Out: an observation, or None. It does not: name a cause.
"""

from shlex import quote

from parallax.diagnose.lead.observation import Observation, alike, share
from parallax.evidence import answers, balancer, inside, proxy_protocol, shares, users
from parallax.evidence.scene import Scene
from parallax.model.balancer import HealthStatus
from parallax.model.judgement import Hop, NextStep
from parallax.model.probe import AS_A_USER, ErrorType

REJECTED = 400
LOGGED = "15m"
"""How far back a command reads logs."""
PODS = 9
"""Most pods that a command names."""


def proxy_header(scene: Scene) -> Observation | None:
    """Observe failures behind a PROXY header that the ingress may not accept."""
    service = balancer.service.maybe(scene)
    if service is None or not service.proxyprotocol:
        return None
    failed, own = users.failing(scene, *AS_A_USER), shares.ended_at_balancer(scene)
    fitting = [
        p
        for p in failed
        if (p.status_code == REJECTED and p not in own)
        or p.error_type in {ErrorType.TLS, ErrorType.CONNECTION_CLOSED}
    ]
    read = proxy_protocol.wanted.maybe(scene) is not None
    if read or not failed or len(fitting) < len(failed):
        return None
    space, name = quote(_ingress_namespace(scene)), balancer.name(scene)
    return Observation(
        text=f"{name} begins each connection with a PROXY header (proxyprotocol true),"
        " the ingress's setting was not read, and the requests fail as with an ingress"
        f" that does not accept the header ({share(scene, tuple(fitting))})",
        excludes="",
        hops=frozenset({Hop.LOAD_BALANCER, Hop.NODE, Hop.INGRESS}),
        step=NextStep(
            text="See whether the ingress accepts the header. Traefik's setting is"
            " entryPoints.<name>.proxyProtocol.trustedIPs; it must contain the load"
            " balancer's address.",
            command=f"kubectl -n {space} get pods -o yaml | grep -i"
            " -e proxyProtocol -e proxy-protocol",
        ),
    )


def unknown_port(scene: Scene) -> Observation | None:
    """Observe that requests go to a port of which the owner was not read."""
    service = balancer.service.maybe(scene)
    known = inside.ingress_node_ports.maybe(scene)
    if service is None or known is None or inside.all_node_ports_read(scene):
        return None
    to = service.destination_port
    if to in known or to not in balancer.NODE_PORTS or answers.request_passed(scene):
        return None
    ports = ", ".join(map(str, known))
    listed = f"the NodePorts {ports}" if ports else "no NodePort"
    return Observation(
        text=f"{balancer.name(scene)} sends requests to port {to}, but the ingress"
        f" Service has {listed}; {balancer.health_text(scene)}",
        hops=frozenset({Hop.LOAD_BALANCER, Hop.NODE}),
        decides=True,
        step=NextStep(
            text=f"List the Services with port {to}. If none has it, the destination"
            " port of the load balancer is wrong. If a Service that leads to the"
            " ingress has it, the port is right: check next whether a firewall of the"
            " nodes drops it.",
            command=f"kubectl get services -A | grep -w {to}",
        ),
    )


def quick_failure(scene: Scene) -> Observation | None:
    """Observe that a target accepts connections and ends them."""
    probes = alike(scene)
    ends = [p for p in shares.ended_at_balancer(scene) if p in probes]
    quick = [p for p in ends if shares.wait_time(p) < answers.CONNECT_ATTEMPT]
    quick = [p for p in quick if p.status_code in answers.AFTER_CONNECTING]
    healthy = balancer.count_with_health(scene, HealthStatus.HEALTHY)
    if not quick or not healthy or len(quick) < len(probes):
        return None
    space, took = _ingress_namespace(scene), 1000 * max(map(shares.wait_time, quick))
    return Observation(
        text=f"{balancer.name(scene)} responded {quick[0].status_code} to"
        f" {share(scene, tuple(quick))} after at most {took:.0f} ms, so it had"
        f" connected to one of its {healthy} healthy targets, which then closed the"
        " connection",
        excludes="An unhealthy target gets no requests, so it is not the cause.",
        excluded=frozenset(
            {"lb-some-targets-unhealthy", "node-firewall-blocks-load-balancer"}
        ),
        hops=frozenset({Hop.LOAD_BALANCER, Hop.NODE, Hop.INGRESS}),
        step=NextStep(
            text="Look for restarts and errors of the ingress pods on the healthy"
            " targets. If there are none, compare the load balancer's PROXY protocol"
            " and TLS settings with those of the ingress.",
            command=f"kubectl -n {quote(space)} get pods -o wide;"
            f" {_logs(scene, space)}",
        ),
    )


def _ingress_namespace(scene: Scene) -> str:
    service = inside.ingress_service.maybe(scene)
    own = service.namespace if service else scene.target.reached.ingress_namespace
    return own or "NAMESPACE"


def _logs(scene: Scene, space: str) -> str:
    """Return the command that shows the last errors in the ingress pods' logs."""
    pods = (scene.cluster.ingress_pods if scene.cluster else None) or ()
    names = " ".join(quote(p.name) for p in pods[:PODS]) or "POD"
    return (
        f"for pod in {names}; do kubectl -n {quote(space)} logs --since={LOGGED}"
        " \"$pod\" | grep -iE 'error|alert|emerg|reset' | tail -5; done"
    )
