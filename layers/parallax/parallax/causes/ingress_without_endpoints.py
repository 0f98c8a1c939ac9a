"""The ingress itself has no ready endpoint: its NodePort answers nobody.

Meaning: no pod of the ingress controller is ready, so kube-proxy has nobody to give
connections to and rejects them, on every node and from everywhere.

Impact: every host behind this ingress is down. The balancer's health checks fail on
all targets, and it answers 503 itself (an empty reply on a tcp service).

Diagnosis: the EndpointSlices of the ingress's own Service, read since the failure
began, hold no ready address; asked inside at its NodePort, no node answers; and
users get the balancer's own word. A request of ours that an ingress answered in the
same run contradicts, and leaves it open.

Neighbors: `lb-no-healthy-target` and `node-firewall-blocks-load-balancer` look the
same to users, but there the NodePort answers inside. `service-without-endpoints` is
the app's Service: there the ingress lives, and writes the 503 itself.

Mitigation: bring the controller's pods back; what they wait for is in their events.

Source: reference hetzner.md, section 4 (a NodePort without endpoints rejects);
Kubernetes discovery/v1, EndpointConditions.
"""

from parallax.causes.cause import Cause, refuted, supported
from parallax.causes.endpoint_steps import endpoint_steps
from parallax.evidence import answers, balancer, ingress, inside, pods, users
from parallax.evidence.reading import Missing, given
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.finding import Assessment, Class, Hop, NextStep

ID = "ingress-without-endpoints"


def assess(scene: Scene) -> Assessment:
    """Ask whether requests end before an ingress that has no ready pod."""
    cluster, name = inside.cluster(scene), ingress.service_name(scene)
    found = cluster.ingress_endpoints
    if found is None:
        why = "; ".join(cluster.problems) or "not read"
        raise Missing(f"the EndpointSlices of {name}: {why}")
    share = of(pods.ready(found), len(found))
    state = f"{name}: {share} endpoints ready" if found else f"{name} has no endpoint"
    if pods.ready(found):
        return refuted(ID, state)
    with given(state):
        users.failed(scene)
        if passed := answers.passed(scene):
            raise Missing(f"who answered: {passed}")
        asked = _nobody_answers(scene)
        with given(asked):
            word = _sent_there(scene)
    unready = [p for p in cluster.ingress_pods or () if not p.ready]
    why = (f"its pods: {pods.text(unready)}",) if unready else ()
    return supported(ID, state, *why, asked, word)


def _nobody_answers(scene: Scene) -> str:
    """Say that the ingress answers nobody inside, asked as it wants to be."""
    asked = ingress.asked_rightly(scene)
    if not asked:
        raise Missing(f"whether it answers inside: {inside.silence(scene)}")
    got = sum(p.status_code is not None for p in asked)
    told = f"inside, {of(got, len(asked))} probes of the ingress answered"
    if got:
        raise Missing(f"who answers inside: {told}")
    return told


def _sent_there(scene: Scene) -> str:
    """Say what the balancer itself answers, which sends to a port of the ingress."""
    service, own = (
        balancer.service.maybe(scene),
        inside.ingress_service.maybe(scene),
    )
    if service and own and service.destination_port not in own.node_ports:
        raise Missing(
            f"whose port :{service.destination_port} is, where requests are sent"
        )
    return answers.word(scene)


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Return how to find why the controller has no ready pod."""
    cluster = inside.cluster(scene)
    return endpoint_steps(
        ingress.service_name(scene),
        cluster.ingress_workloads,
        cluster.ingress_pods,
        pod_problem="is not ready",
        selected="the controller's pods",
    )


CAUSE = Cause(
    id=ID,
    class_=Class.BACKEND,
    hop=Hop.INGRESS,
    title="The ingress has no ready pod, so its NodePort answers nobody",
    assess=assess,
    next_steps=next_steps,
)
