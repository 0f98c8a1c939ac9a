"""Checks: why the health check fails on every target.

In: a scene. Out: proof that every target is unhealthy, what internal probes show, and
the reasons from configuration and from the Hetzner API. It does not: conclude.
Source: Hetzner Cloud API, load balancers; HAProxy 2.x documentation, `check`.
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
from parallax.model.probe import AS_A_USER, AT_THE_INGRESS, Role


def usable_target(scene: Scene) -> str | None:
    """Return the proof that the load balancer has a usable target; None: no proof."""
    if balancer.service.maybe(scene) is None:
        return None
    healthy, count = (
        balancer.count_with_health(scene, HealthStatus.HEALTHY),
        len(balancer.health(scene)),
    )
    if healthy == count > 0:
        return balancer.health_report(scene)
    if healthy:
        share = of(healthy, count)
        return f"{share} targets are healthy, so the health check can succeed"
    passed = answers.request_passed(scene)
    if passed and not answers.responded_directly(scene):
        return f"{passed}, so the load balancer has a healthy target"
    return None


@reading
def response_without_targets(scene: Scene) -> str:
    """Return the response to users of a balancer whose targets are all unhealthy."""
    balancer.service(scene)
    if not balancer.all_unhealthy(scene):
        raise Missing("every target reported as unhealthy")
    if passed := answers.request_passed(scene):
        what = "the reason why a request passes although every target is unhealthy"
        raise Missing(f"{what} ({passed})")
    users.failed(scene)
    return answers.own_response(scene)


@reading
def works_inside(scene: Scene) -> str:
    """Return the proof that the targets respond to probes from other nodes.

    Then nothing inside the cluster makes the health check fail. A TCP health check only
    opens a connection; an error of the app behind the ingress does not affect it.
    """
    if not ingress.probes(scene):
        why = inside.why_not_probed(scene)
        raise Missing(f"internal probes of the ingress ({why})")
    doubt = time.recovery_pending(scene) or _needs_proxy_header(scene)
    if doubt := doubt or check_content.other_than_probed(scene):
        raise Missing(doubt)
    good, text = _probe_share(scene)
    across = ingress.probes(scene, Role.INGRESS_OTHER)
    if not good or not (across or overlay.one_node(scene)):
        raise Missing(f"successful probes of the ingress between nodes ({text})")
    return text


@reading
def rejects_apart(scene: Scene) -> str:
    """Return the proof that the health check fails for its own request.

    The ingress serves the target's host. Or it responds to that with another status
    than to the health check; then the backend is at fault as well.
    """
    sent_probes = ingress.probes(scene)
    statuses = {p.status_code for p in sent_probes if p.status_code is not None}
    every = all(p.status_code is not None for p in sent_probes)
    across = ingress.probes(scene, Role.INGRESS_OTHER) or overlay.one_node(scene)
    if any(p.healthy for p in sent_probes) or not (every and across):
        return works_inside(scene)
    if not check_content.is_apart(scene, statuses):
        return works_inside(scene)
    if doubt := time.recovery_pending(scene) or _needs_proxy_header(scene):
        raise Missing(doubt)
    codes, host = ", ".join(map(str, sorted(statuses))), scene.target.host
    return (
        f"the ingress responds {codes} to {len(sent_probes)} internal probes for"
        f" {host}, and the health check does not depend on that response"
    )


def connects(scene: Scene) -> str | None:
    """Return that the health check connects on the port of the requests; else None.

    Hetzner reports the HTTP status that it receives at every target. Or all targets
    are healthy, and the load balancer's own errors are those after a connection.
    """
    service = balancer.service(scene)
    if service.health_check.port != service.destination_port:
        return None
    reasons = check_content.failure_reasons(scene)
    rejects = bool(reasons) and reasons <= check_content.REJECTED
    if rejects and check_content.every_target_has_a_reason(scene):
        return (
            "the health check gets an HTTP response, so the load balancer can connect"
        )
    count, requests = len(balancer.health(scene)), users.failing(scene, *AS_A_USER)
    healthy = balancer.count_with_health(scene, HealthStatus.HEALTHY)
    late = all(
        answers.wrote_response(scene, p) and p.status_code in answers.AFTER_CONNECTING
        for p in requests
    )
    if not count or healthy < count or not requests or not late:
        return None
    share = f"the health check connects to {of(count, count)} targets"
    return f"{share} on the port of the requests, {service.destination_port}"


def fails_inside(scene: Scene) -> str | None:
    """Return that no node's ingress port responds; None: one does, or it is open."""
    sent_probes = ingress.correctly_addressed(scene)
    if not sent_probes or any(map(inside.accepted, sent_probes)):
        return None
    if time.recovery_pending(scene):
        return None
    return f"none of {len(sent_probes)} internal probes of the ingress got a response"


def _probe_share(scene: Scene) -> tuple[bool, str]:
    """Return whether all probes satisfy the health check, and the share in words."""
    sent_probes, service = ingress.probes(scene), balancer.service.maybe(scene)
    succeeded, count = sum(p.healthy for p in sent_probes), len(sent_probes)
    if succeeded < count and service and service.health_check.protocol == "tcp":
        answered = sum(p.status_code is not None for p in sent_probes)
        waited = sum(map(inside.waited, sent_probes))
        text = (
            f"the ingress responded to {of(answered, count)} internal probes"
            f", {succeeded} of them successfully"
            if answered
            else f"none of {count} internal probes of the ingress got a response"
        )
        if waited:
            text = f"{text}; {of(waited, count)} connected and then waited"
        if answered or waited:
            text = f"{text}; a TCP health check only opens a connection"
        return answered + waited == count, text
    return (
        succeeded == count,
        f"{of(succeeded, count)} internal probes of the ingress succeeded",
    )


def _needs_proxy_header(scene: Scene) -> str | None:
    """Return a doubt: the probes send a PROXY header, the load balancer does not."""
    service = balancer.service.maybe(scene)
    sent_probes = [p for p in scene.inside(*AT_THE_INGRESS) if p.proxy_protocol]
    if service is None or service.proxyprotocol or not sent_probes:
        return None
    return "whether the ingress expects a PROXY header, which only the agents send"


@reading
def served_ingress(scene: Scene) -> Service:
    """Return the ingress Service, if the targets are nodes of the cluster.

    With policy Local a node without an ingress pod drops external connections, so
    responses between nodes prove nothing (Kubernetes, externalTrafficPolicy).
    """
    service = inside.ingress_service(scene)
    foreign, found = nodes.foreign_targets(scene), nodes.targets(scene)
    if found and len(foreign) == len(found):
        share = of(len(foreign), len(found))
        raise Missing(
            f"a target that is a node of the cluster ({share} targets are not)"
        )
    if not any(nodes.target_node(scene, t) for t, _ in balancer.health(scene)):
        raise Missing("whether the load balancer's targets are nodes of the cluster")
    if nodes.is_local(scene):
        nodes.by_ingress_pod(scene)
    return service


def misconfiguration(scene: Scene) -> str | None:
    """Return the configuration that alone makes every target unusable; None: none."""
    return (
        nodes.no_target_serves(scene)
        or networks.all_cut_off(scene)
        or proxy_protocol.text(scene)
    )


def refused_connection(scene: Scene) -> str | None:
    """Return that the health check cannot connect to the ingress's port; else None."""
    service, cluster = balancer.service.maybe(scene), scene.cluster
    ingress_service = cluster.ingress_service if cluster else None
    reported = check_content.failure_reasons(scene)
    if (
        service is None
        or ingress_service is None
        or not reported
        or reported - check_content.NO_CONNECTION
    ):
        return None
    port, valid = (
        service.health_check.port,
        list[int | None](inside.ingress_node_ports(scene)),
    )
    if reported == {"layer4_timeout"}:  # a refusal would mean: no kube-proxy
        valid.append(ingress_service.health_check_node_port)
    if not check_content.every_target_has_a_reason(scene) or port not in valid:
        return None
    count = len(balancer.health(scene))
    return (
        f"Hetzner reports {', '.join(sorted(reported))}: the load balancer cannot"
        f" connect to {of(count, count)} targets on port {port}"
    )
