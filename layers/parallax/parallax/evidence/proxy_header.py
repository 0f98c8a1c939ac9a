"""Proxy header: whether an ingress rejects the balancer's PROXY header.

In: a scene of an ingress whose own setting was not read. Out: the proof in words. It
does not: compare settings (`proxy_protocol`), or conclude.
Source: HAProxy, `doc/proxy-protocol.txt`; Go, `net/http/server.go`
(`badRequestError`); hcloud-cloud-controller-manager issue 186 (Traefik).
"""

from parallax.evidence import balancer, users
from parallax.evidence.reading import reading
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.balancer import BalancerService, HealthStatus
from parallax.model.probe import AT_THE_INGRESS, FOR_THE_TARGET, ErrorType, Probe, Role

BAD_REQUEST = 400


@reading
def header_rejected(scene: Scene) -> str | None:
    """Return that the header is rejected, of an ingress whose settings were not read.

    No request or handshake through the load balancer is understood, for any host. The
    ingress responds well to the same request on the same port without the header.
    """
    service = balancer.service.maybe(scene)
    requests = users.outside(scene, *FOR_THE_TARGET, Role.UNKNOWN_HOST)
    if service is None or not service.proxyprotocol or not requests:
        return None
    if scene.sightings_of(*requests):
        return None
    ends = _not_understood(scene, service, requests)
    plain = [
        p
        for p in scene.inside(*AT_THE_INGRESS)
        if not p.proxy_protocol and p.peer_port == service.destination_port
    ]
    if not ends or not plain or not all(p.healthy for p in plain):
        return None
    return (
        f"the ingress rejects {ends} as malformed, and responds successfully to"
        f" {of(len(plain), len(plain))} internal probes without the PROXY header on the"
        f" same port {service.destination_port}"
    )


def _not_understood(
    scene: Scene, service: BalancerService, requests: tuple[Probe, ...]
) -> str | None:
    """Return what the ingress cannot parse: requests, handshakes or health checks."""
    count = of(len(requests), len(requests))
    if service.protocol == "tcp":
        broken = passes_check(scene, service) and all(map(_breaks_tls, requests))
        return f"{count} external TLS handshakes" if broken else None
    if all(map(_is_malformed, requests)):
        return f"{count} external requests (400)"
    codes = {seen.health_check_status_code for seen in balancer.failure_details(scene)}
    if balancer.all_unhealthy(scene) and codes == {BAD_REQUEST}:
        return "each health check (400)"
    return None


def _is_malformed(probe: Probe) -> bool:
    """Return whether a server could not parse the request, and is not nginx.

    nginx has this status for other reasons too, and its setting is in a ConfigMap. A
    server written in Go, as Traefik is, adds the reason where it knows one.
    """
    author = users.written_by(probe)
    other = author.hop in {"cdn", "pod"} or "nginx" in author.writer
    if probe.status_code != BAD_REQUEST or other:
        return False
    return not probe.body.startswith("400 Bad Request:")


def _breaks_tls(probe: Probe) -> bool:
    """Return whether a handshake failed before the peer sent a certificate."""
    closed = probe.error_type is ErrorType.CONNECTION_CLOSED
    ends = closed and probe.error_phase == "tls"
    return ends or (probe.error_type is ErrorType.TLS and not peer_uses_tls(probe))


def passes_check(scene: Scene, service: BalancerService) -> bool:
    """Return whether all targets are healthy by the port of the requests."""
    healthy = balancer.count_with_health(scene, HealthStatus.HEALTHY)
    same = service.health_check.port == service.destination_port
    return same and healthy == len(balancer.health(scene)) > 0


def peer_uses_tls(probe: Probe) -> bool:
    """Return whether a handshake failed on a certificate, so the peer uses TLS."""
    shown = probe.certificate is not None
    return shown or "certificate" in (probe.error_detail or "")
