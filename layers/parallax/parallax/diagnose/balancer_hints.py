"""Balancer hints: which command decides, where the load balancer's part is open.

In: a scene without an established cause. Out: next steps, each with the observation
that leads to it and a command with real names. It does not: conclude.
"""

from shlex import quote

from parallax.evidence import (
    answers,
    balancer,
    inside,
    proxy_protocol,
    shares,
    users,
)
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.balancer import HealthStatus
from parallax.model.judgement import NextStep
from parallax.model.probe import AS_A_USER, ErrorType

REJECTED = 400
LOGGED = "15m"
"""How far back a command reads logs."""


def hints(scene: Scene) -> tuple[NextStep, ...]:
    """Return the steps for what was observed at the load balancer."""
    found = (_proxy_header(scene), _unknown_port(scene), _quick_failure(scene))
    return tuple(step for step in found if step is not None)


def _proxy_header(scene: Scene) -> NextStep | None:
    """Return how to see whether the ingress accepts the balancer's PROXY header."""
    service = balancer.service.maybe(scene)
    if service is None or not service.proxyprotocol:
        return None
    if proxy_protocol.wanted.maybe(scene) is not None:
        return None
    failed = users.failing(scene, *AS_A_USER)
    fitting = [
        p
        for p in failed
        if p.status_code == REJECTED
        or p.error_type in {ErrorType.TLS, ErrorType.CONNECTION_CLOSED}
    ]
    if not failed or len(fitting) < len(failed):
        return None
    space, share = _ingress_namespace(scene), of(len(failed), len(failed))
    return NextStep(
        text=f"{balancer.name(scene)} begins each connection with a PROXY header"
        " (proxyprotocol true), and the ingress's setting was not read. An ingress that"
        f" does not accept the header rejects every request ({share} external requests"
        " fail). See whether it accepts it; Traefik's setting is"
        " entryPoints.<name>.proxyProtocol.trustedIPs.",
        command=f"kubectl -n {quote(space)} get pods -o yaml | grep -i"
        " -e proxyProtocol -e proxy-protocol",
    )


def _ingress_namespace(scene: Scene) -> str:
    service = inside.ingress_service.maybe(scene)
    own = service.namespace if service else scene.target.reached.ingress_namespace
    return own or "NAMESPACE"


def _unknown_port(scene: Scene) -> NextStep | None:
    """Return how to find which Service owns the port that requests go to."""
    service = balancer.service.maybe(scene)
    known = inside.ingress_node_ports.maybe(scene)
    if service is None or known is None or inside.all_node_ports_read(scene):
        return None
    to = service.destination_port
    if to in known or to not in balancer.NODE_PORTS:
        return None
    listed = ", ".join(map(str, known)) or "no NodePort"
    return NextStep(
        text=f"Requests go to port {to}. The ingress Service that was read has"
        f" {listed}. List the Services with port {to}. If none has it, the destination"
        " port of the load balancer is wrong. If a Service that leads to the ingress"
        " has it, the port is right: check next whether a firewall of the nodes drops"
        " it.",
        command=f"kubectl get services -A | grep -w {to}",
    )


def _quick_failure(scene: Scene) -> NextStep | None:
    """Return where to look if a target accepts connections and ends them."""
    ends = shares.ended_at_balancer(scene)
    quick = [p for p in ends if shares.wait_time(p) < answers.CONNECT_ATTEMPT]
    quick = [p for p in quick if p.status_code in answers.AFTER_CONNECTING]
    healthy = balancer.count_with_health(scene, HealthStatus.HEALTHY)
    if not quick or not healthy or 2 * len(quick) < len(ends):
        return None
    space, took = _ingress_namespace(scene), 1000 * max(map(shares.wait_time, quick))
    return NextStep(
        text=f"The load balancer responded {quick[0].status_code} to {len(quick)}"
        f" requests after at most {took:.0f} ms, so it had connected to one of its"
        f" {healthy} healthy targets, which then closed the connection. An unhealthy"
        " target gets no requests. Look for restarts and errors of the ingress pods on"
        " the healthy targets.",
        command=f"kubectl -n {quote(space)} get pods -o wide; {_logs(scene, space)}",
    )


def _logs(scene: Scene, space: str) -> str:
    """Return the command that shows the last errors in the ingress pods' logs."""
    pods = (scene.cluster.ingress_pods if scene.cluster else None) or ()
    names = " ".join(quote(p.name) for p in pods[:9]) or "POD"
    return (
        f"for pod in {names}; do kubectl -n {quote(space)} logs --since={LOGGED}"
        " \"$pod\" | grep -iE 'error|alert|emerg|reset' | tail -5; done"
    )
