"""The health check uses another port than the requests.

In: a snapshot. Out: an `Advice`, or None.
It does not: report the Service's healthCheckNodePort under traffic policy Local, which
is the right port for the check.
"""

from parallax.advice.adviser import Adviser
from parallax.advice.balancer_ports import correct_port, ports_known, ports_of_ours
from parallax.evidence import balancer
from parallax.evidence.scene import Scene
from parallax.model.judgement import Advice, Hop

ID = "health-check-other-port"


def advise(scene: Scene) -> Advice | None:
    """Return advice if the health check can succeed while requests fail."""
    service = balancer.service.maybe(scene)
    if service is None or not ports_known(scene):
        return None
    port, to = service.health_check.port, service.destination_port
    ingress = scene.cluster.ingress_service if scene.cluster else None
    local = ingress.health_check_node_port if ingress else None
    if port in {to, local} or port not in ports_of_ours(scene):
        return None
    return Advice(
        id=ID,
        hop=Hop.LOAD_BALANCER,
        title=f"The health check uses port {port}, but requests go to port {to}",
        evidence=(
            balancer.health_report(scene),
            f"no health check uses port {to}, so a failure there stays unnoticed",
        ),
        next_steps=correct_port(scene),
    )


ADVISER = Adviser(id=ID, advise=advise, decidable=ports_known)
