"""Impact: whether a fault at the ingress or behind it causes what users get.

In: a scene, and the status that the ingress itself writes. Out: the proof that users'
requests fail there.
It does not: conclude. A fault inside the cluster need not affect users, so each cause
behind the load balancer checks this first.
"""

from parallax.evidence import (
    answers,
    balancer,
    check_content,
    ingress,
    ingress_rules,
    inside,
    logs,
    users,
    way_in,
)
from parallax.evidence.reading import Missing, evidence_so_far, need, reading
from parallax.evidence.scene import Scene
from parallax.evidence.words import every
from parallax.model.balancer import BalancerService
from parallax.model.probe import (
    AS_A_USER,
    AT_THE_INGRESS,
    FOR_THE_TARGET,
    ErrorType,
    Probe,
    Role,
)

GATEWAY_TIMEOUT = 504


@reading
def end_at_ingress(scene: Scene, status_code: int, *, logged: bool = False) -> str:
    """Return the proof that users' failing requests end at the ingress.

    Proof is the ingress log (`logged`), or the ingress's own page in an external
    response. A page seen only by internal probes counts if users get the same status,
    and neither load balancer nor CDN wrote it, or if the HTTP health check got it.
    """
    if no_connection := users.without_connection(scene):
        raise Missing(f"proof that users are affected by it ({no_connection})")
    if failed_health_check(scene, status_code):
        return f"the HTTP health check fails on every target with {status_code}"
    if mostly_from_balancer(scene):
        raise Missing("the reason why most failing requests ended at the load balancer")
    pages = [p for p in ingress.own_pages(scene, status_code) if p.node is None]
    if logged or pages:
        return "its log or its page shows users' requests"
    failed = users.failing(scene, *FOR_THE_TARGET)
    for probe in users.outside(scene, Role.UNKNOWN_HOST):
        # A working ingress responds 404 to it.
        unmarked = users.written_by(probe).hop == "unknown"
        if probe.status_code == status_code and unmarked:
            raise Missing("who responds the same to a host without an Ingress")
    unseen = logs.all_read(scene) and not scene.sightings_of(*failed)
    if failed and scene.target.reached.cdn and unseen:
        # A CDN that marks nothing may have written the same status itself.
        raise Missing("the reason why no ingress log contains a failing request")
    if failed and all(
        p.status_code == status_code
        and users.written_by(p).hop != "cdn"
        and answers.forwarded_response(scene, p)
        for p in failed
    ):
        return "users get its status, and no earlier hop wrote it"
    raise Missing(
        "proof from an external probe that users' requests end at the ingress"
    )


@reading
def ends_without_pod(scene: Scene) -> str:
    """Return the proof that users' requests end at an ingress without a ready pod.

    Without an ingress on the path they end at the Service's own NodePort.
    """
    if way_in.is_direct(scene.cluster):
        return _ends_at_node_port(scene)
    if logs.upstream_answers(scene):
        raise Missing("the reason why a pod still responds to requests")
    if other := logs.of_another_service(scene):
        raise Missing(f"why the ingress looks for pods of another Service ({other})")
    what = "a 503 written by the ingress itself"
    ends = need(
        ingress.response_without_upstream(scene)
        or checked_unprobed(scene, ingress.UNAVAILABLE),
        what,
    )
    logged = bool(logs.without_upstream(scene))
    with evidence_so_far(ends):
        end_at_ingress(scene, ingress.UNAVAILABLE, logged=logged)
    return ends


def checked_unprobed(scene: Scene, status_code: int) -> str | None:
    """Return that the health check gets an ingress's status that no agent can get.

    A controller without a Service is not probed. Then the status that Hetzner reports
    for every target shows what the ingress responds; else None.
    """
    if scene.inside(*AT_THE_INGRESS) or not failed_health_check(scene, status_code):
        return None
    codes = {s.health_check_status_code for s in balancer.failure_details(scene)}
    if codes != {status_code} or not ingress_rules.has_host(scene):
        return None
    what = f"the health check receives {status_code} from every target"
    return f"Hetzner reports that {what}"


def _ends_at_node_port(scene: Scene) -> str:
    """Return the proof that the app's own NodePort accepts no connection.

    kube-proxy rejects connections to a Service without a ready endpoint.
    """
    leads = refused_at_own_node_port(scene)
    return f"{leads}, which accepts no connection without a ready endpoint"


@reading
def refused_at_own_node_port(scene: Scene) -> str:
    """Return that the balancer leads to the app's own NodePort and gets nothing there.

    Raise `Missing` where another observation contradicts that.
    """
    service, to = inside.ingress_service(scene), balancer.service(scene)
    name, port = f"{service.namespace}/{service.name}", to.destination_port
    if port not in service.node_ports:
        raise Missing(f"a load balancer that leads to Service {name}")
    if passed := answers.request_passed(scene):
        raise Missing(f"the reason why a request passed ({passed})")
    if any(map(inside.accepted, ingress.probes(scene, port=port))):
        raise Missing(f"the reason why NodePort {port} accepts internal probes")
    answers.own_response(scene)
    return f"the load balancer leads to port {port}, the NodePort of Service {name}"


@reading
def waits_at_own_node_port(scene: Scene) -> str:
    """Return that all failing users waited in vain behind the app's own NodePort.

    The balancer responds 504 itself, or the client gives up first.
    """
    service = inside.ingress_service(scene)
    failed = users.failed(scene)
    late = [p for p in failed if _waited(scene, p)]
    if len(late) < len(failed):
        share = f"{len(late)} of {len(failed)}"
        raise Missing(f"a response that nobody waited for ({share} requests timed out)")
    name = f"{service.namespace}/{service.name}"
    what = every(len(failed), "failing request", "failing requests")
    direct = f"the load balancer sends requests directly to Service {name}"
    return f"{direct}, and {what} timed out there"


def _waited(scene: Scene, probe: Probe) -> bool:
    """Return whether a request was accepted and got no response in time."""
    if probe.status_code == GATEWAY_TIMEOUT:
        return answers.wrote_response(scene, probe)
    return probe.error_type is ErrorType.TIMEOUT and inside.accepted(probe)


def mostly_from_balancer(scene: Scene) -> bool:
    """Return whether most failing users got the load balancer's own page."""
    requests = users.failing(scene, *AS_A_USER)
    return 2 * sum(answers.wrote_response(scene, p) for p in requests) > len(requests)


def _entry_ports(scene: Scene, service: BalancerService) -> tuple[int, ...]:
    """Return the ports of the nodes at which the ingress listens.

    They are its NodePorts. The balancer's destination port counts too if the ingress
    was not read, or if it is a port of the nodes themselves (hostPort, k3s servicelb).
    """
    ingress_service = scene.cluster.ingress_service if scene.cluster else None
    to = service.destination_port
    if ingress_service is None:
        return (to,)
    own = ingress_service.node_ports
    return (*own, to) if balancer.is_port_of_nodes(ingress_service, to) else own


def failed_health_check(scene: Scene, status_code: int) -> bool:
    """Return whether an HTTP health check fails on every target with this status.

    The API reports the status, or the health check requests the target's own host.
    """
    service = balancer.service.maybe(scene)
    if service is None or service.health_check.protocol == "tcp":
        return False
    if not balancer.all_unhealthy(scene):
        return False
    if service.health_check.port not in _entry_ports(scene, service):
        return False
    if answers.own_response.maybe(scene) is None:
        return False
    if failed := balancer.failure_details(scene):
        return {seen.health_check_status_code for seen in failed} == {status_code}
    request = service.health_check.http
    if request is None or check_content.by_configuration(scene):
        return False  # it gets no response of the target's backend
    return request.domain == scene.target.host
