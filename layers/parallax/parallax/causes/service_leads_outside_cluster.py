"""The Service leads out of the cluster, and what is there does not serve users.

Meaning: the Service has no pods of its own. It is an ExternalName, or has no selector
and endpoints that somebody wrote by hand. The address that it leads to is old, does not
respond, or responds with an error of its own.

Impact: every request for this Service fails, from outside and inside alike. Nothing in
the cluster changed, so Kubernetes shows no failure.

Diagnosis: the Service's type is ExternalName, or its ready endpoints belong to no pod
and to no node. Most failing users' requests end there: the ingress log shows an
upstream that gave no response, or that wrote the error. Without a log, internal probes
of the endpoints fail and users get the ingress's own 502 or 504. Endpoints that respond
well to internal probes rule the cause out.

Neighbors: with `service-without-endpoints` there is no address at all. With
`pod-refuses-connection` and `pod-too-slow` the endpoints are pods.

Mitigation: correct the name or the addresses. If the machine outside is at fault, it
has to be repaired there.

Source: Kubernetes, Services without selectors, ExternalName; ingress-nginx resolves an
ExternalName itself, and responds 503 if it does not resolve; its issues 1600, 3334.
"""

from shlex import quote

from parallax.causes.cause import Cause, refuted, supported
from parallax.causes.curl import WITHOUT_STATUS, on_node, status_of
from parallax.evidence import impact, ingress, inside, logs, pods, replicas, users
from parallax.evidence.reading import Hidden, Missing, evidence_so_far, need
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.cluster import Service, Sighting
from parallax.model.judgement import Assessment, Class, Hop, NextStep
from parallax.model.probe import AS_A_USER, Role

ID = "service-leads-outside-cluster"
EXTERNAL_NAME = "ExternalName"
UNAVAILABLE = 503
NO_RESPONSE = (502, 504)


def assess(scene: Scene) -> Assessment:
    """Check whether users' requests end at a place outside of the cluster."""
    users.failed(scene)
    service = need(inside.cluster(scene).service, "the Service as the cluster has it")
    external = service.type == EXTERNAL_NAME
    if not external and not pods.endpoints(scene):
        return refuted(ID, pods.endpoints_text(scene))
    if not external and not pods.written_by_hand(scene):
        return refuted(
            ID, f"the endpoints of Service {pods.service_name(scene)} are pods"
        )
    state = _state(scene, service)
    if never := users.never_connected(scene):
        raise Hidden("a request that reached the ingress", evidence=(never,))
    probes = scene.inside(Role.POD)
    if not external and probes and all(p.healthy for p in probes):
        well = f"all {len(probes)} internal probes of its endpoints succeed"
        return refuted(ID, f"{state}; {well}")
    with evidence_so_far(state):
        return supported(ID, state, _ends_there(scene, external=external))


def _state(scene: Scene, service: Service) -> str:
    name = pods.service_name(scene)
    if service.type == EXTERNAL_NAME:
        where = f" for {service.external_name}" if service.external_name else ""
        return f"Service {name} is an ExternalName{where}, and has no pods"
    found = pods.known_endpoints(scene)
    places = ", ".join(logs.place(e) for e in found[:3])
    return f"the endpoints of Service {name} belong to no pod of the cluster: {places}"


def _ends_there(scene: Scene, *, external: bool) -> str:
    """Return the proof that most failing users' requests end outside."""
    requests = users.failing(scene, *AS_A_USER)
    lines = [s for s in scene.sightings_of(*requests) if _is_there(scene, s, external)]
    silent = [s for s in lines if logs.got_no_response(s)]
    if 2 * len({s.request_id for s in silent}) > len(requests):
        impact.end_at_ingress(scene, silent[-1].status_code or 502, logged=True)
        return (
            f"ingress log: {of(len(silent), len(requests))} failing requests got no"
            f" response from {silent[-1].upstream_address}"
        )
    answers = {s.request_id for s in logs.upstream_answers(scene)}
    wrote = [s for s in lines if s.request_id in answers]
    if 2 * len({s.request_id for s in wrote}) > len(requests):
        last = wrote[-1]
        return f"{last.upstream_address} itself responded {last.upstream_status}"
    unresolved = logs.without_upstream(scene) if external else ()
    if 2 * len({s.request_id for s in unresolved}) > len(requests):
        impact.end_at_ingress(scene, UNAVAILABLE, logged=True)
        return "the ingress has no address for that name: it responded 503 itself"
    return _without_log(scene, external=external)


def _is_there(scene: Scene, line: Sighting, external: bool) -> bool:  # noqa: FBT001 - a pure rule
    """Return whether the ingress sent a request to where the Service leads."""
    if line.upstream_address is None or replicas.matched_no_rule(line):
        return False
    places = {logs.place(e) for e in pods.known_endpoints(scene)}
    return external or line.upstream_address in places


def _without_log(scene: Scene, *, external: bool) -> str:
    """Return the proof by the ingress's own page, and by probes of the endpoints."""
    status = ingress.most_frequent_status(scene)
    if status not in NO_RESPONSE:
        raise Missing("ingress log lines of most failing requests")
    impact.end_at_ingress(scene, status)
    if external:
        return f"the ingress itself responds {status}: it got no response from there"
    probes = scene.inside(Role.POD)
    if not probes:
        raise Missing(f"an internal probe of its endpoints ({_why(scene)})")
    failed = [p for p in probes if not p.healthy]
    if len(failed) < len(probes):
        raise Missing("the reason why some probes of its endpoints succeed")
    error = str(failed[0].error_type or failed[0].status_code).replace("_", " ")
    return f"all {len(probes)} internal probes of its endpoints fail ({error})"


def _why(scene: Scene) -> str:
    return pods.why_not_probed(scene)


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Return how to check the place to which the Service leads."""
    namespace, _, name = pods.service_name(scene).partition("/")
    kubectl = f"kubectl -n {quote(namespace)}"
    service = inside.cluster(scene).service
    look = NextStep(
        text="Check where the Service leads, and whether that is still right.",
        command=f"{kubectl} get service {quote(name)} -o wide && {kubectl} get"
        f" endpointslices -l kubernetes.io/service-name={quote(name)}",
    )
    where = service.external_name if service else None
    found = pods.known_endpoints(scene)
    if where:
        resolve = f"dig +short {quote(where)}"
        text = (
            f"Log in to a node and check that {where} resolves, and responds to a"
            " request: an address, then a status, whichever it is."
            f" {WITHOUT_STATUS}"
        )
        command = on_node(f"{resolve}; {status_of(quote(f'http://{where}/'))}")
        return look, NextStep(text=text, command=command)
    if not found:
        return (look,)
    place = logs.place(found[0])
    host = quote(f"Host: {scene.target.host}")
    check = NextStep(
        text=f"Log in to a node and check whether {place} responds: with a status,"
        f" whichever it is. {WITHOUT_STATUS}",
        command=on_node(status_of(quote(f"http://{place}/"), f"-H {host}")),
    )
    return look, check


CAUSE = Cause(
    id=ID,
    class_=Class.BACKEND,
    hop=Hop.SERVICE,
    title="The Service sends requests out of the cluster, where they fail",
    assess=assess,
    next_steps=next_steps,
    explains=(
        "service-without-endpoints",
        "pod-refuses-connection",
        "pod-too-slow",
        "pod-answers-error",
    ),
)
