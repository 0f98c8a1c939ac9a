"""Proxy: whether balancer and ingress agree on the PROXY protocol.

In: a scene. Out: a `Mismatch`, with what users then see. It does not: conclude.
Source: reference hetzner.md, sections 3 and 4; captures `chain/pp_*`.
"""

from enum import StrEnum

from parallax.evidence import answers, balancer, inside, shares, users
from parallax.evidence.reading import Missing, need, reading
from parallax.evidence.scene import Scene
from parallax.model.balancer import BalancerService, HealthStatus
from parallax.model.probe import ErrorType, Probe, Role

BAD_REQUEST, BAD_GATEWAY = 400, 502
TO_HTTPS_PORT = "plain HTTP request was sent to HTTPS port"
"""nginx's words under a 400 of another reason."""


class Mismatch(StrEnum):
    """Who alone speaks the PROXY protocol."""

    BALANCER = "balancer"
    INGRESS = "ingress"


@reading
def wanted(scene: Scene) -> bool:
    """Say whether the ingress expects PROXY lines, as its ConfigMap says."""
    config = scene.cluster.ingress_config if scene.cluster else None
    if config is None:
        why = "not read" if scene.cluster else inside.why_no_reports(scene)
        raise Missing(f"the ingress's ConfigMap: {why}")
    return dict(config).get("use-proxy-protocol") == "true"


def mismatch(scene: Scene) -> Mismatch | None:
    """Return who alone speaks the PROXY protocol; None: both, none, or not known."""
    service, wants = balancer.service.maybe(scene), wanted.maybe(scene)
    if service is None or wants is None or service.proxyprotocol is wants:
        return None
    return Mismatch.INGRESS if wants else Mismatch.BALANCER


def text(scene: Scene) -> str | None:
    """Say who alone speaks the PROXY protocol; None: nobody is known to."""
    found = mismatch(scene)
    if found is Mismatch.BALANCER:
        return "the balancer sends PROXY lines, and the ingress does not expect them"
    if found is Mismatch.INGRESS:
        return "the ingress expects PROXY lines, and the balancer does not send them"
    return None


@reading
def follows(scene: Scene) -> str:
    """Say what users see that follows from the mismatch."""
    return need(_follows(scene), "an answer that follows from it")


def _follows(scene: Scene) -> str | None:
    found, failed = mismatch(scene), users.failing(scene, *users.FOR_THE_TARGET)
    if found is None or not failed:
        return None
    if found is Mismatch.BALANCER:
        return _refused_lines(scene, failed)
    service, word = balancer.service.maybe(scene), answers.marked_response.maybe(scene)
    if service is None or word is None:
        return None
    if service.protocol == "tcp":
        return word
    if all(p.status_code in {BAD_GATEWAY, None} for p in failed):
        return word
    checked = service.health_check.protocol != "tcp"
    return word if checked and balancer.all_unhealthy(scene) else None


def _refused_lines(scene: Scene, failed: tuple[Probe, ...]) -> str | None:
    """Say that the ingress takes the balancer's PROXY line for a broken request."""
    pages = [p for p in failed if _is_refusal(p)]
    if 2 * len(pages) > len(failed):
        return f"the {pages[0].role.value} probe got 400 from the ingress itself"
    service = balancer.service.maybe(scene)
    tls = [p for p in failed if p.error_type is ErrorType.TLS and not _met_tls(p)]
    if service and service.protocol == "tcp" and len(tls) == len(failed):
        return f"{len(tls)} of {len(tls)} TLS handshakes met something that is no TLS"
    if service and service.protocol == "tcp" and _hung_up_on(scene, service, failed):
        return f"{len(failed)} of {len(failed)} connections were closed at once"
    codes = {seen.health_check_status_code for seen in balancer.failure_details(scene)}
    if balancer.all_unhealthy(scene) and codes == {BAD_REQUEST}:
        return "Hetzner says that its health check gets 400"
    return _checked_with_a_line(scene, service) if not codes else None


def _hung_up_on(
    scene: Scene, service: BalancerService, failed: tuple[Probe, ...]
) -> bool:
    """Say whether the ingress takes connections, as checked, and drops each at once."""
    healthy = (
        balancer.count_with_health(scene, HealthStatus.HEALTHY)
        == len(balancer.health(scene))
        > 0
    )
    same = service.health_check.port == service.destination_port
    return (
        healthy
        and same
        and all(
            p.error_type is ErrorType.CONNECTION_CLOSED
            and shares.wait_time(p) < answers.CONNECT_ATTEMPT
            for p in failed
        )
    )


def _checked_with_a_line(scene: Scene, service: BalancerService | None) -> str | None:
    """Say that an http health check, too, meets the ingress with a line it refuses."""
    ingress = scene.cluster.ingress_service if scene.cluster else None
    if service is None or ingress is None or service.health_check.protocol == "tcp":
        return None
    if service.health_check.port not in ingress.node_ports:
        return None
    return (
        answers.marked_response.maybe(scene) if balancer.all_unhealthy(scene) else None
    )


def _met_tls(probe: Probe) -> bool:
    """Say whether a handshake failed over a certificate: what it met speaks TLS."""
    shown = probe.certificate is not None
    return shown or "certificate" in (probe.error_detail or "")


def _is_refusal(probe: Probe) -> bool:
    return (
        probe.status_code == BAD_REQUEST
        and users.written_by(probe).hop == "ingress"
        and TO_HTTPS_PORT not in probe.body
    )


def contradicted(scene: Scene) -> str | None:
    """Say that inside the ingress answers otherwise than its ConfigMap says."""
    wants = wanted.maybe(scene)
    asked = scene.inside(*inside.INGRESS_ROLES, Role.INGRESS_POD)
    for probe in asked:
        answered = probe.status_code not in {None, BAD_REQUEST}
        if answered and probe.proxy_protocol is not wants:
            how = "with" if probe.proxy_protocol else "without"
            return f"why the ingress on {probe.node} answers {how} a PROXY line"
    return None
