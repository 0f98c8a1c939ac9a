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
    networks,
    nodes,
    overlay,
    pods,
    proxy_protocol,
    time,
    users,
)
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.balancer import HealthStatus
from parallax.model.probe import Role


def somebody_healthy(scene: Scene) -> str | None:
    """Say what shows that the balancer has a target to send to; None: nothing."""
    if balancer.service(scene) is None:
        return None
    if balancer.with_health(scene, HealthStatus.HEALTHY):
        return balancer.health_text(scene)
    passed = answers.passed(scene)
    if passed and not answers.contradicted(scene):
        return f"{passed}, so the balancer has a target"
    return None


def all_out_missing(scene: Scene) -> str | None:
    """Say what is missing for users to fail because no target is healthy."""
    if missing := balancer.missing(scene):
        return missing
    count = len(balancer.health(scene))
    if not count or balancer.with_health(scene, HealthStatus.UNHEALTHY) < count:
        return "an unhealthy word of the balancer about every target"
    if passed := answers.passed(scene):
        return f"how a request got through: {passed}"
    if not users.failing(scene, *users.AS_A_USER):
        return "no failing probe from outside"
    if answers.word(scene, signed=False) is None:
        return answers.word_missing(scene)
    return None


def works(scene: Scene) -> tuple[bool, str]:
    """Say whether the inside gives the health check no reason to fail.

    A tcp health check asks for a connection only; an error of the app behind the
    ingress cannot make a target unhealthy.
    """
    inside, service = ingress.probes(scene), balancer.service(scene)
    well, count = sum(p.healthy for p in inside), len(inside)
    if well < count and service and service.health_check.protocol == "tcp":
        answered = sum(p.status_code is not None for p in inside)
        share = of(answered, count)
        told = f"inside, {share} probes of the ingress were answered ({well} well)"
        return answered == count, f"{told}, and the health check only wants to connect"
    return well == count, f"inside, {of(well, count)} probes of the ingress are well"


def works_missing(scene: Scene) -> str | None:
    """Say what is missing for the targets to work when nodes ask each other."""
    if not ingress.probes(scene):
        return f"whether it works inside: {pods.inside_missing(scene)}"
    if late := time.unnoticed(scene):
        return late
    if lines := _asked_with_lines(scene):
        return lines
    well, told = works(scene)
    across = ingress.probes(scene, Role.INGRESS_OTHER)
    if not well or not (across or overlay.one_node(scene)):
        return f"that it works inside, from node to node: {told}"
    return None


def _asked_with_lines(scene: Scene) -> str | None:
    """Say that the inside is well by PROXY lines, which the balancer does not send."""
    service = balancer.service(scene)
    asked = [p for p in scene.inside(*pods.AT_THE_INGRESS) if p.proxy_protocol]
    if service is None or service.proxyprotocol or not asked:
        return None
    return "whether the ingress wants PROXY lines: agents send them, the balancer none"


def targets_missing(scene: Scene) -> str | None:
    """Say what is missing for the targets to be nodes that serve the ingress.

    With policy Local a node without an ingress pod drops what comes from outside, and
    what nodes answer each other proves nothing (hetzner.md, section 5).
    """
    ingress_service = scene.cluster.ingress_service if scene.cluster else None
    if ingress_service is None:
        why = "" if scene.cluster else f" ({pods.inside_missing(scene)})"
        return f"the ingress Service as the cluster has it{why}"
    if not any(
        nodes.target_node(scene, target) for target, _ in balancer.health(scene)
    ):
        return "whether the balancer's targets are nodes of the cluster"
    if nodes.is_local(scene) and nodes.by_pods(scene) is None:
        return "which targets run an ingress pod (policy Local)"
    return None


def configured(scene: Scene) -> str | None:
    """Say which configuration by itself keeps every target from serving; None: none."""
    return (
        nodes.no_target_serves(scene)
        or networks.all_cut_off(scene)
        or proxy_protocol.text(scene)
    )


def shut_out(scene: Scene) -> str | None:
    """Say that the health check gets no connection at the ingress's own port; None."""
    service, cluster = balancer.service(scene), scene.cluster
    ingress_service = cluster.ingress_service if cluster else None
    said = check_content.reasons(scene)
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
