"""Impact: whether what is wrong at the ingress or behind it is what users meet.

In: a scene, and the status that the ingress answers by itself. Out: what shows that
users' failure comes from there.
It does not: conclude. What is wrong inside need not be what users meet, so each
cause behind the balancer asks here before it blames.
"""

from parallax.evidence import answers, balancer, ingress, logs, users
from parallax.evidence.reading import Missing, evidence_so_far, need, reading
from parallax.evidence.scene import Scene
from parallax.model.balancer import BalancerService
from parallax.model.probe import Role


@reading
def end_at_ingress(scene: Scene, status_code: int, *, logged: bool = False) -> str:
    """Say what shows that users' failing requests end at the ingress.

    A trace outside: the ingress's log (`logged`), or its own page. A page seen only
    inside counts where users get that status, and neither from the balancer nor from
    a CDN; or where the balancer's HTTP health check met it.
    """
    if gone := users.without_connection(scene):
        raise Missing(f"what it has to do with users: {gone}")
    if failed_health_check(scene, status_code):
        return "the health check took every target out for it"
    if mostly_from_balancer(scene):
        raise Missing("why most failing requests ended at the balancer")
    pages = [p for p in ingress.own_pages(scene, status_code) if p.node is None]
    if logged or pages:
        return "users' requests are in its log, or got its page"
    failed = users.failing(scene, *users.FOR_THE_TARGET)
    for probe in users.outside(scene, Role.UNKNOWN_HOST):
        # An ingress that lives has another answer for it: 404.
        unmarked = users.written_by(probe).hop == "unknown"
        if probe.status_code == status_code and unmarked:
            raise Missing("who gives a Host nobody serves the same answer")
    if failed and all(
        p.status_code == status_code
        and users.written_by(p).hop != "cdn"
        and answers.forwarded_response(scene, p)
        for p in failed
    ):
        return "users get its status, and nobody before it wrote that"
    raise Missing("a trace outside that users' requests end there")


@reading
def ends_without_pod(scene: Scene) -> str:
    """Say what shows that users' requests end at an ingress that has nobody to ask."""
    if logs.upstream_answers(scene):
        raise Missing("why a pod still answers requests")
    what = "an answer of the ingress itself that requests end there"
    ends = need(ingress.response_without_upstream(scene), what)
    logged = bool(logs.without_upstream(scene))
    with evidence_so_far(ends):
        end_at_ingress(scene, ingress.UNAVAILABLE, logged=logged)
    return ends


def mostly_from_balancer(scene: Scene) -> bool:
    """Say whether most failing users got the balancer's own page."""
    requests = users.failing(scene, *users.AS_A_USER)
    return 2 * sum(answers.wrote_response(scene, p) for p in requests) > len(requests)


def _ways_in(scene: Scene, service: BalancerService) -> tuple[int, ...]:
    """Return the ports at which the ingress is met; not read: where requests go."""
    ingress_service = scene.cluster.ingress_service if scene.cluster else None
    return (
        ingress_service.node_ports if ingress_service else (service.destination_port,)
    )


def failed_health_check(scene: Scene, status_code: int) -> bool:
    """Say whether an HTTP health check took every target out for this status.

    It has to have met it: Hetzner says so, or it asks for the target's own host.
    """
    service = balancer.service.maybe(scene)
    if service is None or service.health_check.protocol == "tcp":
        return False
    if not balancer.all_unhealthy(scene):
        return False
    if service.health_check.port not in _ways_in(scene, service):
        return False
    if answers.own_response.maybe(scene) is None:
        return False
    if told := balancer.failure_details(scene):
        return {seen.health_check_status_code for seen in told} == {status_code}
    asks = service.health_check.http
    return asks is not None and asks.domain == scene.target.host
