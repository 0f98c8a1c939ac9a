"""Proxy: whether load balancer and ingress agree on the PROXY protocol.

In: a scene. Out: a `Mismatch`, with what users then get. It does not: conclude.
Source: HAProxy, `doc/proxy-protocol.txt`; ingress-nginx, `use-proxy-protocol`;
responses captured from HAProxy and nginx.
"""

from enum import StrEnum

from parallax.evidence import (
    answers,
    balancer,
    inside,
    proxy_header,
    shares,
    users,
)
from parallax.evidence.reading import Missing, need, reading
from parallax.evidence.scene import Scene
from parallax.model.balancer import BalancerService
from parallax.model.probe import AT_THE_INGRESS, FOR_THE_TARGET, ErrorType, Probe, Role

BAD_REQUEST, BAD_GATEWAY = proxy_header.BAD_REQUEST, 502
TO_HTTPS_PORT = "plain HTTP request was sent to HTTPS port"
"""nginx's text under a 400 with another reason."""

ACCEPTED = "accepted"
"""An agent's value for an ingress that accepts a PROXY header, and needs none."""


class Mismatch(StrEnum):
    """The only side that uses the PROXY protocol."""

    BALANCER = "balancer"
    INGRESS = "ingress"


@reading
def wanted(scene: Scene) -> bool:
    """Return whether the ingress expects a PROXY header, by its configuration.

    Traefik accepts one from trusted addresses and needs none; that is neither.
    """
    if inside.no_ingress(scene):
        raise Missing("whether the app expects a PROXY header")
    config = scene.cluster.ingress_config if scene.cluster else None
    if config is None:
        why = "not reported" if scene.cluster else inside.why_no_reports(scene)
        raise Missing(f"the ingress's ConfigMap ({why})")
    value = dict(config).get("use-proxy-protocol")
    if value == ACCEPTED:
        trusted = dict(config).get("proxy-protocol-trusted-ips", "some addresses")
        what = "whether the load balancer's address is one of those from which the"
        raise Missing(f"{what} ingress accepts a PROXY header ({trusted})")
    return value == "true"


def mismatch(scene: Scene) -> Mismatch | None:
    """Return the only side with the PROXY protocol; None: both, none, or unread."""
    service, wants = balancer.service.maybe(scene), wanted.maybe(scene)
    if service is not None and wants is None and proxy_header.header_rejected(scene):
        return Mismatch.BALANCER
    if service is None or wants is None or service.proxyprotocol is wants:
        return None
    return Mismatch.INGRESS if wants else Mismatch.BALANCER


def text(scene: Scene) -> str | None:
    """Return the mismatch in words; None: there is none, or it was not read."""
    found = mismatch(scene)
    if found is Mismatch.BALANCER:
        return (
            "the load balancer sends a PROXY header, but the ingress does not expect it"
        )
    if found is Mismatch.INGRESS:
        return (
            "the ingress expects a PROXY header, but the load balancer does not send it"
        )
    return None


@reading
def follows(scene: Scene) -> str:
    """Return the response to users that the mismatch causes."""
    return need(_follows(scene), "a response that this mismatch causes")


def _follows(scene: Scene) -> str | None:
    found, failed = mismatch(scene), users.failing(scene, *FOR_THE_TARGET)
    if found is None or not failed:
        return None
    if found is Mismatch.BALANCER:
        return _rejected_header(scene, failed)
    service, own = balancer.service.maybe(scene), answers.marked_response.maybe(scene)
    if service is None or own is None:
        return None
    if service.protocol == "tcp":
        return own
    if all(p.status_code in {BAD_GATEWAY, None} for p in failed):
        return own
    checked = service.health_check.protocol != "tcp"
    return own if checked and balancer.all_unhealthy(scene) else None


def _rejected_header(scene: Scene, failed: tuple[Probe, ...]) -> str | None:
    """Return that the ingress rejects the PROXY header as a malformed request."""
    if unread := proxy_header.header_rejected(scene):
        return unread
    pages = [p for p in failed if _is_refusal(p)]
    if 2 * len(pages) > len(failed):
        return f"the ingress itself responded 400 to the {pages[0].role.value} probe"
    service = balancer.service.maybe(scene)
    tls = [
        p
        for p in failed
        if p.error_type is ErrorType.TLS and not proxy_header.peer_uses_tls(p)
    ]
    if service and service.protocol == "tcp" and len(tls) == len(failed):
        return f"{len(tls)} of {len(tls)} TLS handshakes received data that is not TLS"
    if service and service.protocol == "tcp" and _all_closed(scene, service, failed):
        return f"the ingress closed {len(failed)} of {len(failed)} connections at once"
    codes = {seen.health_check_status_code for seen in balancer.failure_details(scene)}
    if balancer.all_unhealthy(scene) and codes == {BAD_REQUEST}:
        return "Hetzner reports that the health check receives status 400"
    return _checked_with_header(scene, service) if not codes else None


def _all_closed(
    scene: Scene, service: BalancerService, failed: tuple[Probe, ...]
) -> bool:
    """Return whether the ingress passes the health check and closes each connection."""
    return proxy_header.passes_check(scene, service) and all(
        p.error_type is ErrorType.CONNECTION_CLOSED
        and shares.wait_time(p) < answers.CONNECT_ATTEMPT
        for p in failed
    )


def _checked_with_header(scene: Scene, service: BalancerService | None) -> str | None:
    """Return that an http health check also sends the rejected header; else None."""
    ingress = scene.cluster.ingress_service if scene.cluster else None
    if service is None or ingress is None or service.health_check.protocol == "tcp":
        return None
    if service.health_check.port not in ingress.node_ports:
        return None
    return (
        answers.marked_response.maybe(scene) if balancer.all_unhealthy(scene) else None
    )


def _is_refusal(probe: Probe) -> bool:
    return (
        probe.status_code == BAD_REQUEST
        and users.written_by(probe).hop == "ingress"
        and TO_HTTPS_PORT not in probe.body
    )


def contradicted(scene: Scene) -> str | None:
    """Return a doubt: the ingress responds to probes against its ConfigMap."""
    wants = wanted.maybe(scene)
    if wants is None:
        return None
    internal_probes = scene.inside(*AT_THE_INGRESS, Role.INGRESS_POD)
    for probe in internal_probes:
        answered = probe.status_code not in {None, BAD_REQUEST}
        if answered and probe.proxy_protocol is not wants:
            how = "with" if probe.proxy_protocol else "without"
            what = f"responds to a probe {how} a PROXY header"
            return f"the reason why the ingress on {probe.node} {what}"
    return None
