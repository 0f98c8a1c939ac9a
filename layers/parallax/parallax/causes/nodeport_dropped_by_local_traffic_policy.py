"""Some targets run no ingress pod, and traffic policy Local drops what they are sent.

Meaning: with `externalTrafficPolicy: Local` a node without a ready ingress pod drops
requests to the NodePort. The balancer sends to such nodes, since its health check asks
something that is green on every node.

Impact: requests fail by turns, slowly, as the balancer happens to choose a node without
a pod; the others are answered well. All hosts of the ingress share this.

Diagnosis: policy Local; some targets run a ready ingress pod and some do not; those
that do not still count as targets to send to; the failing requests ended at the
balancer itself, after it had tried to connect, and the good ones are in the logs of
nodes with a pod. What nodes are answered by each other is no evidence: kube-proxy takes
a shorter way for traffic of the cluster's own.

Neighbors: if no target runs a pod it is `lb-targets-not-the-ingress-nodes`. A health
check that takes nodes without a pod out does right; then nobody is sent there, and this
cause stays unknown. With policy Cluster it is `lb-some-targets-unhealthy`.

Mitigation: let the health check ask the Service's healthCheckNodePort or the NodePort
itself; or run the ingress on every target (DaemonSet).

Source: reference hetzner.md, sections 4 and 5 (kube-proxy's iptables rules;
hcloud-cloud-controller-manager issues 247 and 276).
"""

from shlex import quote

from parallax.causes.cause import Cause, refuted, supported
from parallax.evidence import balancer, inside, logs, nodes, shares, users
from parallax.evidence.reading import Missing, evidence_so_far, need
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.balancer import BalancerTarget, HealthStatus
from parallax.model.finding import Assessment, Class, Hop, NextStep

ID = "nodeport-dropped-by-local-traffic-policy"


def assess(scene: Scene) -> Assessment:
    """Ask whether requests are lost on targets without an ingress pod."""
    policy = _policy(scene)
    if not nodes.is_local(scene):
        return refuted(ID, f"traffic policy {policy}: every node passes requests on")
    having, without = nodes.by_ingress_pod(scene)
    if not without:
        return refuted(ID, f"all {len(having)} targets run a ready ingress pod")
    listed = ", ".join(t.label for t in without[:3])
    share = of(len(without), len(having) + len(without))
    state = f"policy Local, and {share} targets run no ready ingress pod ({listed})"
    with evidence_so_far(state):
        _lost_there(scene, having, without)
    health = balancer.health_text(scene)
    sent = f"yet they are sent requests: {health}"
    return supported(ID, state, shares.text(scene), sent)


def _policy(scene: Scene) -> str:
    """Return the ingress Service's traffic policy."""
    service = inside.ingress_service.maybe(scene)
    why = "" if scene.cluster else f" ({inside.why_no_reports(scene)})"
    policy = service.external_traffic_policy if service else None
    return need(policy, f"the ingress Service's traffic policy{why}")


def _lost_there(
    scene: Scene,
    having: tuple[BalancerTarget, ...],
    without: tuple[BalancerTarget, ...],
) -> None:
    """Raise what is missing for the failing share to be lost on those targets."""
    if not having:
        raise Missing("a target that runs an ingress pod")
    seen = {t.label: status for t, status in balancer.health(scene)}
    if all(seen.get(t.label) is HealthStatus.UNHEALTHY for t in without):
        raise Missing("why the balancer sends to targets that it holds for unhealthy")
    shares.failing_share(scene)
    if not shares.tried_to_connect(scene):
        what = "that the balancer tried to connect before it answered (slow failures)"
        raise Missing(what)
    homes = nodes.ingress_nodes(scene) or frozenset[str]()
    lines = logs.sightings(scene, *users.AS_A_USER)
    stray = [line.node for line in lines if line.node not in homes]
    if stray:
        raise Missing(f"why the ingress on {stray[0]} logged a request")


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Tell how to keep requests from nodes without an ingress pod."""
    lb, service = balancer.load_balancer(scene), balancer.service(scene)
    ingress = inside.ingress_service(scene)
    asks = ingress.health_check_node_port
    port = asks or service.destination_port
    how = "--health-check-protocol http" if asks else "--health-check-protocol tcp"
    path = " --health-check-http-path /healthz" if asks else ""
    check = NextStep(
        text=f"Let the health check ask :{port}, which only answers well where an"
        " ingress pod is ready.",
        command=f"hcloud load-balancer update-service {quote(lb.name)}"
        f" --listen-port {service.listen_port} {how} --health-check-port {port}{path}",
    )
    space = quote(ingress.namespace)
    look = NextStep(
        text="See on which nodes the ingress runs.",
        command=f"kubectl -n {space} get pods -o wide",
    )
    patch = '{"spec":{"externalTrafficPolicy":"Cluster"}}'
    policy = NextStep(
        text="Or let every node pass requests on (clients' addresses are then hidden).",
        command=f"kubectl -n {space} patch service {quote(ingress.name)} -p '{patch}'",
    )
    return check, policy, look


CAUSE = Cause(
    id=ID,
    class_=Class.LOAD_BALANCER,
    hop=Hop.NODE,
    title="Nodes without an ingress pod drop what the load balancer sends",
    assess=assess,
    next_steps=next_steps,
)
