"""Users are served, yet the health check asks a port that is no NodePort of theirs.

In: a snapshot. Out: an `Advice` while users are served, or None.
It does not: say who answers there today. Whoever does may go at any time, and takes
every target with it: that is how `lb-health-check-wrong-port` begins.
"""

from parallax.advice.adviser import Adviser
from parallax.advice.balancer_ports import mend, ports_known, ports_of_ours
from parallax.evidence import balancer, users
from parallax.evidence.scene import Scene
from parallax.model.judgement import Advice, Hop

ID = "health-check-no-node-port"


def advise(scene: Scene) -> Advice | None:
    """Tell of a health check that asks nobody of the target's path."""
    service = balancer.service.maybe(scene)
    if service is None or not known(scene):
        return None
    port, own = service.health_check.port, ports_of_ours(scene)
    if port == service.destination_port or port in own:
        return None
    name = balancer.name(scene)
    listed = ", ".join(f":{p}" for p in sorted(own))
    return Advice(
        id=ID,
        hop=Hop.LOAD_BALANCER,
        title=f"The health check asks :{port}, which is no NodePort of the ingress",
        evidence=(
            f"{name}: {balancer.health_text(scene)}",
            f"the NodePorts of the ingress and the app are {listed}",
        ),
        next_steps=mend(scene),
    )


def known(scene: Scene) -> bool:
    """Say whether both sides' ports are known, and users are served."""
    requests = users.outside(scene, *users.AS_A_USER)
    served = bool(requests) and all(p.healthy for p in requests)
    return served and ports_known(scene)


ADVISER = Adviser(id=ID, advise=advise, known=known)
