"""The health check asks another port than the one requests are sent to.

In: a snapshot. Out: an `Advice`, or None.
It does not: count the Service's own health port under traffic policy Local, which is
the right one to ask there.
"""

from parallax.advice.adviser import Adviser
from parallax.advice.balancer_ports import mend, ports_known, ports_of_ours
from parallax.causes import evidence
from parallax.model.judgement import Advice, Hop
from parallax.model.snapshot import Snapshot

ID = "health-check-other-port"


def advise(snapshot: Snapshot) -> Advice | None:
    """Tell of a health check that can be green while requests fail."""
    service = evidence.balancer_service(snapshot)
    if service is None or not ports_known(snapshot):
        return None
    port, to = service.health_check.port, service.destination_port
    ingress = snapshot.cluster.ingress_service if snapshot.cluster else None
    local = ingress.health_check_node_port if ingress else None
    if port in {to, local} or port not in ports_of_ours(snapshot):
        return None
    return Advice(
        id=ID,
        hop=Hop.LOAD_BALANCER,
        title=f"The health check asks :{port}, and requests go to :{to}",
        evidence=(
            f"{evidence.balancer_name(snapshot)}: {evidence.health_text(snapshot)}",
            f"nothing asks :{to}, so that its failure takes no target out",
        ),
        next_steps=mend(snapshot),
    )


ADVISER = Adviser(id=ID, advise=advise, known=ports_known)
