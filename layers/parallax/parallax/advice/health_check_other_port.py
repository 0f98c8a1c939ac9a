"""The health check asks another port than the one requests are sent to.

In: a snapshot. Out: an `Advice`, or None.
It does not: count the Service's own health port under traffic policy Local, which is
the right one to ask there.
"""

from parallax.advice.adviser import Adviser
from parallax.advice.balancer_ports import mend, ports_known, ports_of_ours
from parallax.evidence import balancer
from parallax.evidence.scene import Scene
from parallax.model.judgement import Advice, Hop

ID = "health-check-other-port"


def advise(scene: Scene) -> Advice | None:
    """Tell of a health check that can be green while requests fail."""
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
        title=f"The health check asks :{port}, and requests go to :{to}",
        evidence=(
            f"{balancer.name(scene)}: {balancer.health_text(scene)}",
            f"nothing asks :{to}, so that its failure takes no target out",
        ),
        next_steps=mend(scene),
    )


ADVISER = Adviser(id=ID, advise=advise, known=ports_known)
