"""The Service's port leads to no port of its pods, which are ready.

Meaning: the Service's `targetPort` is a name, and no container of the pods declares a
port of that name and of the Service's protocol. Or the Service's port is not TCP: with
`protocol: UDP`, the number in `targetPort` does not help. Or somebody writes the
EndpointSlices of a Service without a selector, and leaves this port out. The
EndpointSlice lists the pods as ready, without a TCP port. kube-proxy rejects
connections to the Service, and the ingress has no endpoint to send requests to: it
answers 503 itself.

Impact: every request for this Service fails, from outside and inside alike. Other
Services of the same ingress work. It often begins when a chart renames a port, or when
a port's protocol changes.

Diagnosis: the EndpointSlices, read since the failure began, hold ready addresses, and
none of them has the port that requests go to. And the ingress's own 503 page, or its
access log without an upstream, shows that users' requests end there. One ready endpoint
with a port rules the cause out: the ingress sends requests to that one. A reading that
holds only a part of the endpoints proves nothing.

Neighbors: `service-without-endpoints` has no address at all; `pods-not-ready` has
addresses, and none is ready. `pod-refuses-connection` is a TCP port whose `targetPort`
is a number on which no container listens: Kubernetes does not check a number, so its
endpoints have a port, and the ingress answers 502. `ingress-rejects-request` writes the
same page, and its endpoints have a port.

Mitigation: set `targetPort` to a name that the containers declare, or to the port's
number; or declare the port in the pod template, with the Service's protocol. Where the
Service's port is UDP and the app serves HTTP, set `protocol: TCP`.

Source: Kubernetes, FindPort in pkg/api/v1/pod/util.go, which the EndpointSlice
controller calls for each pod: it returns a number as it is, whatever containers
declare; discovery/v1, EndpointSlice.ports; issue kubernetes/kubernetes 109627 (PORTS
`<unset>`); ingress-nginx 9141 and 9149.
"""

from shlex import quote

from parallax.causes.cause import Cause, refuted, supported
from parallax.evidence import impact, inside, pods
from parallax.evidence.reading import Hidden, Missing, evidence_so_far, need, proven
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.cluster import Service, ServicePort
from parallax.model.judgement import Assessment, Class, Hop, NextStep
from parallax.model.reason import Reason

ID = "service-port-leads-nowhere"


def assess(scene: Scene) -> Assessment:
    """Assess whether no ready endpoint has the port that requests go to."""
    ready = [e for e in pods.endpoints(scene) if e.ready]
    state = pods.endpoints_text(scene)
    if not ready:
        return _unready(scene)
    served = sum(e.port is not None for e in ready)
    if served:
        share = of(served, len(ready))
        return refuted(
            ID, f"the Service port maps to a port on {share} ready endpoints"
        )
    with evidence_so_far(f"{state}, none of them with a port"):
        why, reason = _mismatch(scene)
        with proven(why, reason=reason):
            ends = impact.ends_without_pod(scene)
    return supported(ID, f"{state}, none of them with a port", why, ends, reason=reason)


def _unready(scene: Scene) -> Assessment:
    """Return the assessment of endpoints that are not ready, by their ports."""
    found = pods.known_endpoints(scene)
    if not found or any(e.port is None for e in found):
        raise Hidden("a ready endpoint", evidence=(pods.endpoints_text(scene),))
    share = of(len(found), len(found))
    return refuted(
        ID, f"the Service port maps to a port on {share} endpoints, none of them ready"
    )


def _mismatch(scene: Scene) -> tuple[str, Reason | None]:
    """State which port of the Service leads nowhere, and why; raises `Missing`."""
    cluster = inside.cluster(scene)
    service = need(cluster.service, "the Service as the cluster has it")
    if "endpoints" in cluster.partial:
        raise Missing("the endpoints that the agent left out of its reading")
    if not service.ports:
        return "the Service has no TCP port", Reason.PORT_NOT_TCP
    only = service.ports[0].port if len(service.ports) == 1 else None
    number = cluster.service_port or only
    port = next((p for p in service.ports if p.port == number), None)
    if port is None:
        raise Missing("which port of the Service requests go to")
    if port.target_port.isdecimal():
        return _numbered(service, port)
    name = f"no ready pod declares a TCP port named {port.target_port!r}"
    return f"{name}, the targetPort of port {port.port}", Reason.PORT_NAME_UNKNOWN


def _numbered(service: Service, port: ServicePort) -> tuple[str, Reason | None]:
    """State why endpoints lack a port whose targetPort is a number.

    Kubernetes takes a number as it is. So such a port is missing only where it has
    another protocol, or where Kubernetes does not write the EndpointSlices.
    """
    lacks = f"no EndpointSlice has a TCP port for port {port.port} of the Service"
    if service.selector == ():
        return f"{lacks}, which has no selector: somebody else writes them", None
    number = f"although its targetPort is the number {port.target_port}"
    text = f"{lacks}, {number}: the port's protocol is not TCP"
    return text, Reason.PORT_NOT_TCP


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Return how to compare the Service's ports with those that pods declare."""
    namespace, _, name = pods.service_name(scene).partition("/")
    kubectl = f"kubectl -n {quote(namespace)}"
    found = pods.known_endpoints(scene)
    pod = next((e.pod for e in found if e.ready and e.pod), None)
    which = f"pod {quote(pod)}" if pod else "pods"
    items = ".spec.containers[*].ports" if pod else ".items[*].spec.containers[*].ports"
    return (
        NextStep(
            text="Compare targetPort in the Service (first output line) with the ports"
            " that the containers declare (second line). The protocol must be the"
            " same in both: TCP for HTTP. If targetPort is a name, a container must"
            " declare a TCP port of this name.",
            command=f"{kubectl} get service {quote(name)} -o"
            f" jsonpath='{{.spec.ports}}{{\"\\n\"}}' && {kubectl} get {which} -o"
            f" jsonpath='{{{items}}}{{\"\\n\"}}'",
        ),
        NextStep(
            text="Correct targetPort or protocol in the Service, or the port's name in"
            " the pod template. Then check that the column PORTS shows the port's"
            " number.",
            command=f"{kubectl} get endpointslices -l"
            f" kubernetes.io/service-name={quote(name)}",
        ),
    )


CAUSE = Cause(
    id=ID,
    class_=Class.BACKEND,
    hop=Hop.SERVICE,
    title="The Service's port leads to no port of its pods",
    assess=assess,
    next_steps=next_steps,
    explains=("ingress-rejects-request",),
)
