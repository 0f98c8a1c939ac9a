"""Impact: whether a fault at the ingress or behind it causes what users get.

In: a scene, and the status that the ingress itself writes. Out: the proof that users'
requests fail there.
It does not: conclude. A fault inside the cluster need not affect users, so each cause
behind the load balancer checks this first.
"""

from parallax.evidence import answers, balancer, ingress, logs, users
from parallax.evidence.reading import Missing, evidence_so_far, need, reading
from parallax.evidence.scene import Scene
from parallax.model.balancer import BalancerService
from parallax.model.probe import AS_A_USER, FOR_THE_TARGET, Role


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
    """Return the proof that users' requests end at an ingress without a ready pod."""
    if logs.upstream_answers(scene):
        raise Missing("the reason why a pod still responds to requests")
    if other := logs.of_another_service(scene):
        raise Missing(f"why the ingress looks for pods of another Service ({other})")
    what = "a 503 written by the ingress itself"
    ends = need(ingress.response_without_upstream(scene), what)
    logged = bool(logs.without_upstream(scene))
    with evidence_so_far(ends):
        end_at_ingress(scene, ingress.UNAVAILABLE, logged=logged)
    return ends


def mostly_from_balancer(scene: Scene) -> bool:
    """Return whether most failing users got the load balancer's own page."""
    requests = users.failing(scene, *AS_A_USER)
    return 2 * sum(answers.wrote_response(scene, p) for p in requests) > len(requests)


def _entry_ports(scene: Scene, service: BalancerService) -> tuple[int, ...]:
    """Return the ingress's NodePorts; if not read, the balancer's destination port."""
    ingress_service = scene.cluster.ingress_service if scene.cluster else None
    return (
        ingress_service.node_ports if ingress_service else (service.destination_port,)
    )


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
    return request is not None and request.domain == scene.target.host
