"""Only one of several pods is ready.

In: a snapshot. Out: an `Advice`, or None. A workload with one desired pod is fine.
It does not: distinguish a rollout from a failure; the caller waits until it lasts.
"""

from shlex import quote

from parallax.advice.adviser import Adviser
from parallax.evidence import pods
from parallax.evidence.scene import Scene
from parallax.model.judgement import Advice, Hop, NextStep

ID = "one-ready-replica"


def advise(scene: Scene) -> Advice | None:
    """Return advice if the failure of one more pod takes the target down."""
    found, cluster = pods.known_endpoints(scene), scene.cluster
    if cluster is None or not decidable(scene) or pods.ready(found) != 1:
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
        title=f"Only 1 of {wanted} pods is ready; if it fails, the target is down",
        evidence=(
            f"{pods.endpoints_text(scene)}; the ready pod is {last}",
            *((pods.text(its_pods),) if its_pods else ()),
        ),
        next_steps=(
            NextStep(
                text="Find why the others are not ready.",
                command=f"kubectl -n {namespace} {one}",
            ),
        ),
    )


def decidable(scene: Scene) -> bool:
    """Return whether the Service's endpoints were freshly read."""
    return not pods.endpoints.lacks(scene)


ADVISER = Adviser(
    id=ID,
    summary="Only one of several pods is ready",
    advise=advise,
    decidable=decidable,
)
