"""Of several pods that should be ready, one is left.

In: a snapshot. Out: an `Advice`, or None. A workload that wants one pod has it.
It does not: tell a rollout from a failure; who tells it waits until it lasts.
"""

from shlex import quote

from parallax.advice.adviser import Adviser
from parallax.evidence import pods
from parallax.evidence.scene import Scene
from parallax.model.judgement import Advice, Hop, NextStep

ID = "one-ready-replica"


def advise(scene: Scene) -> Advice | None:
    """Tell that the next pod to fail takes the target down."""
    found, cluster = pods.known_endpoints(scene), scene.cluster
    if cluster is None or not known(scene) or pods.ready(found) != 1:
        return None
    wanted = max([len(found), *(work.desired for work in cluster.workloads or ())])
    if wanted == 1:
        return None
    last = next(e.pod or e.address for e in found if e.ready)
    its_pods = [p for p in cluster.pods or () if not p.ready]
    namespace = quote(pods.service_name(scene).partition("/")[0])
    one = f"describe pod {quote(its_pods[0].name)}" if its_pods else "get pods -o wide"
    return Advice(
        id=ID,
        hop=Hop.POD,
        title=f"1 of {wanted} pods is ready: the next to fail takes the target down",
        evidence=(
            f"{pods.endpoints_text(scene)}; the last one is {last}",
            *((pods.text(its_pods),) if its_pods else ()),
        ),
        next_steps=(
            NextStep(
                text="See why the others are not ready.",
                command=f"kubectl -n {namespace} {one}",
            ),
        ),
    )


def known(scene: Scene) -> bool:
    """Say whether the Service's endpoints were freshly read."""
    return not pods.endpoints.lacks(scene)


ADVISER = Adviser(id=ID, advise=advise, known=known)
