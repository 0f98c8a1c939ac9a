"""Checks: why the health check takes every target out, as far as it is known.

In: a scene. Out: what shows that it did so, what the inside says to it, and the
reasons that configuration and Hetzner's words give. It does not: conclude.
Source: reference hetzner.md, sections 1, 3 and 4.
"""

from parallax.evidence import (
    answers,
    balancer,
    check_content,
    ingress,
    inside,
    networks,
    nodes,
    overlay,
    proxy_protocol,
    time,
    users,
)
from parallax.evidence.reading import Missing, reading
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.balancer import HealthStatus
from parallax.model.cluster import Service
from parallax.model.probe import Role


def usable_target(scene: Scene) -> str | None:
    """Say what shows that the balancer has a target to send to; None: nothing."""
    if balancer.service.maybe(scene) is None:
        return None
    if balancer.count_with_health(scene, HealthStatus.HEALTHY):
        return balancer.health_text(scene)
    passed = answers.request_passed(scene)
    if passed and not answers.responded_directly(scene):
        return f"{passed}, so the balancer has a target"
    return None


@reading
def response_without_targets(scene: Scene) -> str:
    """Say what users get of a balancer for which every target is unhealthy."""
    balancer.service(scene)
    if not balancer.all_unhealthy(scene):
        raise Missing("an unhealthy word of the balancer about every target")
    if passed := answers.request_passed(scene):
        raise Missing(f"how a request got through: {passed}")
    users.failed(scene)
    return answers.own_response(scene)


@reading
def works_inside(scene: Scene) -> str:
    """Say that the targets work when nodes ask each other.

    Then the inside gives the health check no reason to fail. A tcp health check asks
    for a connection only; an error of the app behind the ingress cannot make a target
    unhealthy.
    """
    if not ingress.probes(scene):
        raise Missing(f"whether it works inside: {inside.why_no_reports(scene)}")
    if doubt := time.recovery_pending(scene) or _asked_with_lines(scene):
        raise Missing(doubt)
    well, told = _share_well(scene)
    across = ingress.probes(scene, Role.INGRESS_OTHER)
    if not well or not (across or overlay.one_node(scene)):
        raise Missing(f"that it works inside, from node to node: {told}")
    return told


def _share_well(scene: Scene) -> tuple[bool, str]:
    """Say whether the ingress answers all as the health check wants, and the share."""
    asked, service = ingress.probes(scene), balancer.service.maybe(scene)
    well, count = sum(p.healthy for p in asked), len(asked)
    if well < count and service and service.health_check.protocol == "tcp":
        answered = sum(p.status_code is not None for p in asked)
        share = of(answered, count)
        told = f"inside, {share} probes of the ingress were answered ({well} well)"
        return answered == count, f"{told}, and the health check only wants to connect"
    return well == count, f"inside, {of(well, count)} probes of the ingress are well"


def _asked_with_lines(scene: Scene) -> str | None:
    """Say that the inside is well by PROXY lines, which the balancer does not send."""
    service = balancer.service.maybe(scene)
    asked = [p for p in scene.inside(*inside.INGRESS_ROLES) if p.proxy_protocol]
    if service is None or service.proxyprotocol or not asked:
        return None
    return "whether the ingress wants PROXY lines: agents send them, the balancer none"


@reading
def served_ingress(scene: Scene) -> Service:
    """Return the ingress Service that the targets serve, as nodes of the cluster.

    With policy Local a node without an ingress pod drops what comes from outside, and
    what nodes answer each other proves nothing (hetzner.md, section 5).
    """
    service = inside.ingress_service(scene)
    if not any(nodes.target_node(scene, t) for t, _ in balancer.health(scene)):
        raise Missing("whether the balancer's targets are nodes of the cluster")
    if nodes.is_local(scene):
        nodes.by_ingress_pod(scene)
    return service


def misconfiguration(scene: Scene) -> str | None:
    """Say which configuration by itself keeps every target from serving; None: none."""
    return (
        nodes.no_target_serves(scene)
        or networks.all_cut_off(scene)
        or proxy_protocol.text(scene)
    )


def refused_connection(scene: Scene) -> str | None:
    """Say that the health check gets no connection at the ingress's own port; None."""
    service, cluster = balancer.service.maybe(scene), scene.cluster
    ingress_service = cluster.ingress_service if cluster else None
    said = check_content.failure_reasons(scene)
    if (
        service is None
        or ingress_service is None
        or not said
        or said - check_content.NO_CONNECTION
    ):
        return None
    port, doors = (
        service.health_check.port,
        list[int | None](ingress_service.node_ports),
    )
    if said == {"layer4_timeout"}:  # refused there, kube-proxy itself is missing
        doors.append(ingress_service.health_check_node_port)
    if not check_content.every_target_has_a_reason(scene) or port not in doors:
        return None
    count = len(balancer.health(scene))
    return (
        f"Hetzner says {', '.join(sorted(said))}: the balancer gets no connection to"
        f" {of(count, count)} targets at :{port}"
    )
