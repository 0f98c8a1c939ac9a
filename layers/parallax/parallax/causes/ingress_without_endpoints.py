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

from shlex import quote

from parallax.causes.cause import Cause, refuted, supported, unknown
from parallax.evidence import answers, balancer, ingress, pods, users
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.finding import Assessment, Class, Hop, NextStep

ID = "ingress-without-endpoints"


def assess(scene: Scene) -> Assessment:
    """Ask whether requests end before an ingress that has no ready pod."""
    cluster = scene.cluster
    if cluster is None:
        return unknown(ID, pods.inside_missing(scene))
    found, name = cluster.ingress_endpoints, ingress.service_name(scene)
    if found is None:
        why = "; ".join(cluster.problems) or "not read"
        return unknown(ID, f"the EndpointSlices of {name}: {why}")
    share = of(pods.ready(found), len(found))
    state = f"{name}: {share} endpoints ready" if found else f"{name} has no endpoint"
    if pods.ready(found):
        return refuted(ID, state)
    if not users.failing(scene, *users.AS_A_USER):
        return unknown(ID, "no failing probe from outside", evidence=(state,))
    if passed := answers.passed(scene):
        return unknown(ID, f"who answered: {passed}", evidence=(state,))
    inside = ingress.asked_rightly(scene)
    if not inside:
        missing = f"whether it answers inside: {pods.inside_missing(scene)}"
        return unknown(ID, missing, evidence=(state,))
    got = sum(p.status_code is not None for p in inside)
    asked = f"inside, {of(got, len(inside))} probes of the ingress answered"
    if got:
        return unknown(ID, f"who answers inside: {asked}", evidence=(state,))
    service, own = balancer.service(scene), cluster.ingress_service
    if service and own and service.destination_port not in own.node_ports:
        missing = f"whose port :{service.destination_port} is, where requests are sent"
        return unknown(ID, missing, evidence=(state, asked))
    word = answers.word(scene, signed=False)
    if word is None:
        return unknown(ID, answers.word_missing(scene), evidence=(state, asked))
    its_pods = [p for p in cluster.ingress_pods or () if not p.ready]
    why = (f"its pods: {pods.text(its_pods)}",) if its_pods else ()
    return supported(ID, state, *why, asked, word)


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Tell how to see why the controller has no ready pod."""
    namespace, _, name = ingress.service_name(scene).partition("/")
    kubectl, cluster = f"kubectl -n {quote(namespace)}", scene.cluster
    steps = [
        NextStep(
            text=f"See what {work.kind} {work.name} waits for"
            f" ({of(work.ready, work.desired)} ready).",
            command=f"{kubectl} describe {work.kind.lower()} {quote(work.name)}",
        )
        for work in (cluster.ingress_workloads if cluster else None) or ()
    ]
    steps += [
        NextStep(
            text=f"See why this one is not ready ({pod.waiting_reason or pod.phase}).",
            command=f"{kubectl} describe pod {quote(pod.name)}",
        )
        for pod in ((cluster.ingress_pods if cluster else None) or ())[:1]
    ]
    selector = NextStep(
        text="Compare the Service's selector with the controller's pods.",
        command=f"{kubectl} get service {quote(name)} -o wide"
        f" && {kubectl} get pods -o wide --show-labels",
    )
    return (*steps, selector)


CAUSE = Cause(
    id=ID,
    class_=Class.BACKEND,
    hop=Hop.INGRESS,
    title="The ingress has no ready pod, so its NodePort answers nobody",
    assess=assess,
    next_steps=next_steps,
)
