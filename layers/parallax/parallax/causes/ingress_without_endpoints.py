"""The ingress itself has no ready endpoint, so its NodePort rejects all connections.

Meaning: no pod of the ingress controller is ready. kube-proxy has no endpoint for the
NodePort and rejects connections, on every node and from every client.

Impact: every host behind this ingress is down. The load balancer's health checks fail
on all targets, and it responds 503 itself (an empty reply on a tcp service).

Diagnosis: the EndpointSlices of the ingress's own Service, read since the failure
began, contain no ready address. No node responds to internal probes of its NodePort,
and users get the load balancer's own response. A response of an ingress to a request in
the same run contradicts this; then the cause stays undetermined.

Neighbors: `lb-no-healthy-target` and `node-firewall-blocks-load-balancer` look the same
to users, but there the NodePort responds to internal probes.
`service-without-endpoints` is about the app's Service: there the ingress works, and
writes the 503 itself.

Mitigation: make the controller's pods ready again. Their events show what they wait
for.

Source: Kubernetes discovery/v1, EndpointConditions; kube-proxy (a NodePort without
endpoints rejects connections).
"""

from parallax.causes.cause import Cause, refuted, supported
from parallax.causes.endpoint_steps import endpoint_steps
from parallax.causes.reason_steps import joined, reason_steps
from parallax.evidence import answers, balancer, ingress, inside, pods, users
from parallax.evidence.reading import Missing, evidence_so_far, proven
from parallax.evidence.reasons.selection import of_absence
from parallax.evidence.reasons.why import Why
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.cluster import ClusterReading
from parallax.model.judgement import Assessment, Class, Hop, NextStep

ID = "ingress-without-endpoints"


def assess(scene: Scene) -> Assessment:
    """Check whether requests fail because the ingress has no ready pod."""
    if bypassed := inside.no_ingress(scene):
        return refuted(ID, bypassed)
    cluster, name = inside.cluster(scene), ingress.title(scene)
    found = cluster.ingress_endpoints
    if found is None and _has_no_pod(cluster):
        found = ()
    if found is None:
        why = "; ".join(cluster.problems) or "no agent reported them"
        raise Missing(f"the EndpointSlices of {name} ({why})")
    share = of(pods.ready(found), len(found))
    state = (
        f"{name} has {share} endpoints ready" if found else f"{name} has no endpoints"
    )
    if pods.ready(found):
        return refuted(ID, state)
    with evidence_so_far(state):
        users.failed(scene)
        if passed := answers.request_passed(scene):
            raise Missing(f"the reason why a request passed ({passed})")
        silent, why = _no_response_inside(scene), _why(scene)
        shown = (*_unready(cluster), *((why.text,) if why else ()), silent)
        reason = why.reason if why else None
        with proven(*shown, reason=reason):
            own = _response(scene)
    return supported(ID, state, *shown, own, reason=reason)


def _unready(cluster: ClusterReading) -> tuple[str, ...]:
    """Return the state of the controller's pods that are not ready."""
    unready = [p for p in cluster.ingress_pods or () if not p.ready]
    return (f"the ingress has {pods.text(unready)}",) if unready else ()


def _why(scene: Scene) -> Why | None:
    """Return why the controller has no ready pod; None: not established."""
    cluster = inside.cluster(scene)
    unready = cluster.ingress_pods and [p for p in cluster.ingress_pods if not p.ready]
    service, workloads = cluster.ingress_service, cluster.ingress_workloads
    return of_absence(cluster, service, unready, workloads)


def _no_response_inside(scene: Scene) -> str:
    """Return that the ingress responds to no correctly sent internal probe."""
    sent_probes = ingress.correctly_addressed(scene)
    if not sent_probes and (nowhere := _listens_nowhere(scene)):
        return nowhere
    if not sent_probes:
        raise Missing(
            f"internal probes of the ingress ({inside.why_not_probed(scene)})"
        )
    got = sum(p.status_code is not None for p in sent_probes)
    text = f"the ingress responded to {of(got, len(sent_probes))} internal probes"
    if got:
        raise Missing(f"the reason why {text}")
    return f"none of {len(sent_probes)} internal probes of the ingress got a response"


def _has_no_pod(cluster: ClusterReading) -> bool:
    """Return whether a controller without a Service was found, and has no ready pod."""
    found = cluster.ingress_service is None and bool(cluster.ingress_workloads)
    pods_read = cluster.ingress_pods is not None
    return found and pods_read and not any(p.ready for p in cluster.ingress_pods or ())


def _listens_nowhere(scene: Scene) -> str | None:
    """Return that no node can listen for an ingress without a NodePort; else None.

    Only its pods listen on their nodes, and none is ready. So the agents have no port
    to probe, and the load balancer's checks of a port of the nodes all fail.
    """
    cluster, service = inside.cluster(scene), balancer.service.maybe(scene)
    own = cluster.ingress_service
    at_nodes = own.node_ports if own else ()
    if cluster.ingress_pods is None or any(p.ready for p in cluster.ingress_pods):
        return None
    if service is None or at_nodes or service.destination_port in balancer.NODE_PORTS:
        return None
    if not balancer.all_unhealthy(scene):
        return None
    port = service.destination_port
    return (
        f"only pods of the ingress can listen on port {port} of their nodes, and none"
        " is ready"
    )


def _response(scene: Scene) -> str:
    """Return the load balancer's own response, if it sends to the ingress's port."""
    service, own = (
        balancer.service.maybe(scene),
        inside.ingress_service.maybe(scene),
    )
    to = service.destination_port if service else None
    known = own is None or to is None or to in own.node_ports
    if own and to and not known and not balancer.is_port_of_nodes(own, to):
        raise Missing(f"the owner of port {to}, where requests are sent")
    running = [p for p in inside.cluster(scene).ingress_pods or () if p.ready]
    if service is None and running:
        # Another Service of the same pods may have endpoints, and get the requests.
        raise Missing("the port to which the load balancer sends requests")
    return answers.own_response(scene)


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Return how to find why the controller has no ready pod."""
    cluster, name = inside.cluster(scene), ingress.service_name(scene)
    every = endpoint_steps(
        name,
        cluster.ingress_workloads,
        cluster.ingress_pods,
        pod_problem="is not ready",
        selected="the controller's pods",
    )
    return joined(every, reason_steps(_why(scene), name.partition("/")[0]))


CAUSE = Cause(
    id=ID,
    class_=Class.BACKEND,
    hop=Hop.INGRESS,
    title="The ingress has no ready pod",
    assess=assess,
    next_steps=next_steps,
)
