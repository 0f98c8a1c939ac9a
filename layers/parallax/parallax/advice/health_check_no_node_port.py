"""The health check uses a port that is not a NodePort, although users are served.

In: a snapshot. Out: an `Advice` while users are served, or None.
It does not: find what responds on that port. If that stops, every target becomes
unhealthy: this is how `lb-health-check-wrong-port` begins.
"""

from parallax.advice.adviser import Adviser
from parallax.advice.balancer_ports import correct_port, ports_known, ports_of_ours
from parallax.evidence import balancer, users
from parallax.evidence.scene import Scene
from parallax.model.judgement import Advice, Hop
from parallax.model.probe import AS_A_USER

ID = "health-check-no-node-port"


def advise(scene: Scene) -> Advice | None:
    """Return advice if the health check uses a port outside the target's path."""
    service = balancer.service.maybe(scene)
    if service is None or not decidable(scene):
        return None
    port, own = service.health_check.port, ports_of_ours(scene)
    if port == service.destination_port or port in own:
        return None
    listed = ", ".join(map(str, sorted(own)))
    return Advice(
        id=ID,
        hop=Hop.LOAD_BALANCER,
        title=f"The health check uses port {port}, which is not an ingress NodePort",
        evidence=(
            balancer.health_report(scene),
            f"the NodePorts of the ingress and the app are {listed}",
        ),
        next_steps=correct_port(scene),
    )


def decidable(scene: Scene) -> bool:
    """Return whether both sides' ports were read, and users are served."""
    requests = users.outside(scene, *AS_A_USER)
    served = bool(requests) and all(p.healthy for p in requests)
    return served and ports_known(scene)


ADVISER = Adviser(
    id=ID,
    summary="A health check uses a port that is not a NodePort",
    advise=advise,
    decidable=decidable,
)
