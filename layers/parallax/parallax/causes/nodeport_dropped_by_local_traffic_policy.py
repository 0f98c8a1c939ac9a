"""Targets without an ingress pod drop requests because of traffic policy Local.

Meaning: with `externalTrafficPolicy: Local` a node without a ready ingress pod drops
requests to the NodePort. The load balancer still sends to such nodes, as its health
check uses something that succeeds on every node.

Impact: requests fail intermittently, after a delay, if the load balancer chooses a node
without an ingress pod. The others succeed. All hosts of the ingress are affected.

Diagnosis: the policy is Local. Some targets run a ready ingress pod and some do not;
the load balancer still sends to the latter. The failing requests ended at the load
balancer itself, after connection attempts. The successful ones are in the logs of nodes
with an ingress pod. Responses between nodes prove nothing: kube-proxy forwards traffic
from inside the cluster in any case.

Neighbors: if no target runs an ingress pod, it is `lb-targets-not-the-ingress-nodes`. A
health check that fails on nodes without an ingress pod is correct; then nothing is sent
there, and this cause stays undetermined. With policy Cluster it is
`lb-some-targets-unhealthy`.

Mitigation: set the health check to the Service's healthCheckNodePort or to the NodePort
itself. Or run the ingress on every target (DaemonSet).

Source: Kubernetes documentation, externalTrafficPolicy; kube-proxy's iptables rules;
hcloud-cloud-controller-manager issues 247 and 276.
"""

from shlex import quote

from parallax.causes.cause import Cause, refuted, supported
from parallax.causes.keeper import lasting, wrong_annotation
from parallax.causes.policy_step import forward_everywhere
from parallax.causes.undo import old_check
from parallax.evidence import balancer, inside, logs, nodes, pods, shares
from parallax.evidence.reading import Missing, evidence_so_far, need
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.balancer import BalancerTarget, HealthStatus
from parallax.model.judgement import Assessment, Class, Hop, NextStep
from parallax.model.probe import AS_A_USER

ID = "nodeport-dropped-by-local-traffic-policy"


def assess(scene: Scene) -> Assessment:
    """Check whether requests are dropped by targets without an ingress pod."""
    policy = _policy(scene)
    if not nodes.is_local(scene):
        return refuted(
            ID, f"externalTrafficPolicy is {policy}: every node forwards requests"
        )
    having, without = nodes.by_ingress_pod(scene)
    if not without:
        return refuted(ID, f"all {len(having)} targets run a ready ingress pod")
    listed = ", ".join(t.label for t in without[:3])
    share = of(len(without), len(having) + len(without))
    state = (
        f"externalTrafficPolicy is Local; {share} targets run no ready ingress pod"
        f" ({listed})"
    )
    if not having:
        none = f"none of {len(without)} targets runs a ready ingress pod"
        return refuted(ID, f"{none}; this cause applies only if some of them do")
    with evidence_so_far(state):
        _check_failures(scene, without)
    used = ", ".join(_used(scene, without)[:3])
    sent = f"the load balancer still uses {used}: {balancer.health_report(scene)}"
    sent += _checked_port(scene)
    wrong = wrong_annotation(scene, "health-check-port")
    return supported(ID, state, shares.text(scene), sent, *wrong)


def _checked_port(scene: Scene) -> str:
    """Return whose port the health check uses, if it is not the ingress's."""
    port, ingress = balancer.service(scene).health_check.port, inside.ingress_service
    if port in ingress(scene).node_ports:
        return ""
    service = scene.cluster.service if scene.cluster else None
    if service is None or port not in service.node_ports:
        return f"; {port} is not a NodePort of the ingress"
    name = pods.service_name(scene)
    return f"; {port} is the NodePort of Service {name}, not of the ingress"


def _policy(scene: Scene) -> str:
    """Return the ingress Service's traffic policy."""
    service = inside.ingress_service.maybe(scene)
    why = "" if scene.cluster else f" ({inside.why_no_reports(scene)})"
    policy = service.external_traffic_policy if service else None
    return need(policy, f"the traffic policy of the ingress Service{why}")


def _check_failures(scene: Scene, without: tuple[BalancerTarget, ...]) -> None:
    """Raise what is missing to prove that those targets drop the failing requests."""
    if not _used(scene, without):
        raise Missing("a target without an ingress pod that is not unhealthy")
    shares.failing_share(scene)
    if not shares.tried_to_connect(scene):
        what = "failures after connection attempts of the load balancer (slow 503)"
        raise Missing(what)
    homes = nodes.ingress_nodes(scene) or frozenset[str]()
    lines = logs.sightings(scene, *AS_A_USER)
    unexpected = [line.node for line in lines if line.node not in homes]
    if unexpected:
        raise Missing(f"the reason why the ingress on {unexpected[0]} logged a request")


def _used(scene: Scene, without: tuple[BalancerTarget, ...]) -> list[str]:
    """Return the targets without an ingress pod that are not unhealthy."""
    seen = {t.label: status for t, status in balancer.health(scene)}
    labels = [t.label for t in without]
    return [name for name in labels if seen.get(name) is not HealthStatus.UNHEALTHY]


def _try(port: int) -> str:
    """Return the request of kube-proxy's health check, for a node's address."""
    return (
        f"`curl -sS http://NODE:{port}/healthz` prints `localEndpoints` with 1 or more"
        " there, and with 0 on other nodes."
    )


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Return how to keep requests away from nodes without an ingress pod."""
    lb, service = balancer.load_balancer(scene), balancer.service(scene)
    ingress = inside.ingress_service(scene)
    node_port = ingress.health_check_node_port
    port = node_port or service.destination_port
    how = "--health-check-protocol http" if node_port else "--health-check-protocol tcp"
    path = " --health-check-http-path /healthz" if node_port else ""
    whose = (
        f"http, port {port} (healthCheckNodePort of the ingress Service), path /healthz"
        if node_port
        else f"tcp, port {port}"
    )
    check = NextStep(
        text=f"Set the health check to {whose}. This check succeeds only on nodes with"
        " a ready ingress pod."
        + (f" Try it first, on a node: {_try(port)}" if node_port else ""),
        command=f"hcloud load-balancer update-service {quote(lb.name)}"
        f" --listen-port {service.listen_port} {how} --health-check-port {port}{path}",
        undo=old_check(lb, service, domain=False),
    )
    settings = {"health_check_port": port}
    settings |= {"health_check_http_path": "/healthz"} if node_port else {}
    protocol = "http" if node_port else "tcp"
    check = lasting(scene, check, health_check_protocol=protocol, **settings)
    space = quote(ingress.namespace)
    look = NextStep(
        text="Check on which nodes the ingress runs.",
        command=f"kubectl -n {space} get pods -o wide",
    )
    return check, forward_everywhere(ingress), look


CAUSE = Cause(
    id=ID,
    class_=Class.LOAD_BALANCER,
    hop=Hop.NODE,
    title="Nodes without an ingress pod drop requests",
    assess=assess,
    next_steps=next_steps,
)
