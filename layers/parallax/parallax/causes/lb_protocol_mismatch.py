"""The load balancer sends plain HTTP to a port for TLS, or TLS to one for plain HTTP.

Meaning: a load balancer that terminates TLS must send to the ingress's NodePort for
http. One that passes TLS on (a tcp service) must send to the NodePort for https.

Impact: every request for every host of the port fails. Plain HTTP on a TLS port gets
400 from nginx and from servers written in Go; others close the connection, and users
get 502. TLS on a plain port fails in the handshake. A TCP health check succeeds, so all
targets are healthy.

Diagnosis: the response states it ("The plain HTTP request was sent to HTTPS port",
"Client sent an HTTP request to an HTTPS server"), for a host without an Ingress too. Or
a tcp service sends users' TLS to the ingress's port for http, and each handshake
receives data that is not TLS, or is closed while the health check of the port succeeds.

Neighbors: 400 for a PROXY header is `proxy-protocol-mismatch`. A port that the ingress
does not have is `lb-wrong-destination-port`. If only the requested host gets the
response and a host without an Ingress gets 404, a pod uses TLS and the ingress sends it
plain HTTP.

Mitigation: change the destination port, or the protocol of the load balancer's service.

Source: nginx, `ngx_http_special_response.c` (497); Go, `net/http/server.go`
(`tlsRecordHeaderLooksLikeHTTP`); hcloud-cloud-controller-manager, annotation
`load-balancer.hetzner.cloud/protocol`. Commands: hetznercloud/cli,
`internal/cmd/loadbalancer/update_service.go`.
"""

from shlex import quote

from parallax.causes.cause import Cause, refuted, supported
from parallax.causes.curl import on_node, status_of
from parallax.causes.keeper import lasting, wrong_annotation
from parallax.evidence import balancer, inside, nodes, proxy_protocol, users
from parallax.evidence.reading import Missing, evidence_so_far
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.balancer import BalancerService, HealthStatus
from parallax.model.cluster import Service, ServicePort
from parallax.model.judgement import Assessment, Class, Hop, NextStep
from parallax.model.probe import (
    AT_THE_INGRESS,
    FOR_THE_TARGET,
    ErrorType,
    Probe,
    Role,
)

ID = "lb-protocol-mismatch"
STATED = (
    "plain HTTP request was sent to HTTPS port",
    "Client sent an HTTP request to an HTTPS server",
)
"""What nginx and Go's net/http respond to plain HTTP on a port for TLS."""
HTTPS = 443


def assess(scene: Scene) -> Assessment:
    """Check whether load balancer and port use one protocol, and what users get."""
    service = balancer.service(scene)
    if stated := _stated(scene):
        state = f"the load balancer sends plain HTTP to port {service.destination_port}"
        return supported(ID, stated, state, *wrong_annotation(scene, "protocol"))
    ingress = inside.ingress_service(scene)
    port = _port(service, ingress)
    if port is None:
        what = f"the protocol of port {service.destination_port}"
        raise Missing(f"{what}, which is not a NodePort of the ingress Service")
    sends = "TLS" if _passes_tls(scene, service) else "plain HTTP"
    kind = "https" if _is_tls(port, ingress) else "http"
    state = (
        f"the load balancer sends {sends} to port {service.destination_port}, the"
        f" ingress's NodePort for {kind}"
    )
    if (sends == "TLS") is (kind == "https"):
        if _may_state_it(scene):
            raise Missing(
                "the response to a host without an Ingress", evidence=(state,)
            )
        return refuted(ID, state)
    with evidence_so_far(state):
        failed = users.failed(scene)
        if mismatch := proxy_protocol.text(scene):
            raise Missing(f"whether the protocols differ too ({mismatch})")
        follows = sends == "TLS" and all(_follows(scene, p) for p in failed)
        if not follows:
            raise Missing("a response that this mismatch causes")
    share = f"{of(len(failed), len(failed))} TLS handshakes got no TLS response"
    wrong = wrong_annotation(scene, "protocol")
    return supported(ID, state, share, balancer.health_report(scene), *wrong)


def _stated(scene: Scene) -> str | None:
    """Return that the server behind the load balancer states the mismatch; else None.

    A pod that uses TLS writes the same text for its own host. A host without an Ingress
    gets no pod's response.
    """
    failed = users.failing(scene, *FOR_THE_TARGET)
    pages = [p for p in failed if _states(p)]
    others = users.outside(scene, Role.UNKNOWN_HOST)
    if not failed or 2 * len(pages) <= len(failed) or not any(map(_states, others)):
        return None
    text = next(t for t in STATED if t in pages[0].body)
    share = of(len(pages), len(failed))
    return (
        f'{share} failing responses (our direct requests included) state "{text}"; a'
        " host without an Ingress gets the same response"
    )


def _may_state_it(scene: Scene) -> bool:
    """Return whether users get the text, and no probe shows whose it is."""
    others = users.outside(scene, Role.UNKNOWN_HOST)
    return not others and any(map(_states, users.failing(scene, *FOR_THE_TARGET)))


def _states(probe: Probe) -> bool:
    return any(text in probe.body for text in STATED)


def _follows(scene: Scene, probe: Probe) -> bool:
    """Return whether a handshake failed as at a server that uses no TLS.

    Some servers respond in plain text, others close. The second one proves it only
    where the port accepts connections that begin as the load balancer's do.
    """
    closed = probe.error_type is ErrorType.CONNECTION_CLOSED
    ends = closed and probe.error_phase == "tls" and _accepts(scene)
    return ends or _is_not_tls(probe)


def _accepts(scene: Scene) -> bool:
    """Return whether the port accepts connections as the load balancer opens them.

    That is with a PROXY header or without one.
    """
    service, count = balancer.service(scene), len(balancer.health(scene))
    healthy = balancer.count_with_health(scene, HealthStatus.HEALTHY)
    sent = scene.inside(*AT_THE_INGRESS)
    alike = [p for p in sent if p.proxy_protocol is service.proxyprotocol]
    checked = service.health_check.port == service.destination_port
    responds = any(p.status_code is not None for p in alike)
    return checked and healthy == count > 0 and responds


def _is_not_tls(probe: Probe) -> bool:
    """Return whether a handshake failed before the peer sent a certificate."""
    shown = probe.certificate is not None or "certificate" in (probe.error_detail or "")
    return probe.error_type is ErrorType.TLS and not shown


def _port(service: BalancerService, ingress: Service) -> ServicePort | None:
    found = (p for p in ingress.ports if p.node_port == service.destination_port)
    return next(found, None)


def _passes_tls(scene: Scene, service: BalancerService) -> bool:
    return service.protocol == "tcp" and scene.target.url.startswith("https:")


def _is_tls(port: ServicePort, ingress: Service) -> bool:
    """Return whether the ingress expects TLS on a port.

    Where something else terminates TLS, the port for https leads to the pods' plain
    port as well.
    """
    plain = {p.target_port for p in ingress.ports if not _is_named_tls(p)}
    return _is_named_tls(port) and port.target_port not in plain


def _is_named_tls(port: ServicePort) -> bool:
    return port.name in {"https", "websecure"} or port.port == HTTPS


_OR_TCP = (
    " Or let the load balancer pass TLS on to the present port: set its protocol to tcp"
    " (--protocol tcp)."
)


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Return how to send to the port for the protocol, or to change the protocol."""
    service, name = balancer.service(scene), quote(balancer.name(scene))
    tls = _passes_tls(scene, service)
    kind, port = "https" if tls else "http", _right_port(scene, tls=tls)
    update = f"hcloud load-balancer update-service {name}"
    update += f" --listen-port {service.listen_port}"
    fix = NextStep(
        text=f"In the service on port {service.listen_port}, change the destination"
        f" port to {port or 'NODEPORT'}, the ingress's NodePort for {kind}."
        + ("" if tls else _OR_TCP),
        command=f"{update} --destination-port {port or 'NODEPORT'}",
        undo=f"{update} --destination-port {service.destination_port}",
    )
    fix = lasting(scene, fix, protocol="http" if tls else "tcp")
    node = next((n for n in nodes.all_nodes.maybe(scene) or () if n.internal_ip), None)
    here = f"{node.internal_ip if node else 'NODE-IP'}:{service.destination_port}/"
    see = NextStep(
        text=f"Log in to {node.name if node else 'a node'} and check which protocol the"
        " port accepts: the one with a status other than 000 and 400.",
        command=on_node(
            f"{status_of(f'http://{here}', label='http')};"
            f" {status_of(f'https://{here}', '-k', label='https')}"
        ),
    )
    return fix, see


def _right_port(scene: Scene, *, tls: bool) -> int | None:
    ingress = inside.ingress_service.maybe(scene)
    ports = ingress.ports if ingress else ()
    right = (p.node_port for p in ports if ingress and _is_tls(p, ingress) is tls)
    return next((port for port in right if port), None)


CAUSE = Cause(
    id=ID,
    class_=Class.LOAD_BALANCER,
    hop=Hop.LOAD_BALANCER,
    title="The load balancer and the ingress's port use different protocols",
    assess=assess,
    next_steps=next_steps,
    explains=("ingress-rejects-request",),
)
