"""The load balancer's health check uses a port on which nothing listens.

Meaning: every target is unhealthy, because the health check uses another port than the
requests, and the ingress has no NodePort there.

Impact: Hetzner fails closed. Without a healthy target each request gets 503 from the
load balancer itself, while everything inside the cluster works. All hosts of the port
are down.

Diagnosis: `health_check.port` differs from `destination_port`. The ingress Service in
the cluster has a NodePort for the second and not for the first. The ingress responds on
the second, so the health check is wrong. If the API reports a reason, it is a refused
connection: a timeout or a response would mean that something else is on that port.

Neighbors: if requests go to an unused port, it is `lb-wrong-destination-port`. A
correct port behind a firewall is `node-firewall-blocks-load-balancer`. A correct port
with a wrong path or host is `lb-health-check-rejected`. The healthCheckNodePort of a
Service with policy Local is correct. A health check that succeeds on another port is
not a fault.

Mitigation: set the health check to the destination port. Targets become healthy after
`retries` successful checks, about `retries` x `interval` seconds.

Source: Hetzner Cloud API, load balancers; hcloud-cloud-controller-manager issue 161.
Commands: hetznercloud/cli, `internal/cmd/loadbalancer/update_service.go`.
"""

from shlex import quote

from parallax.causes.cause import Cause, refuted, supported
from parallax.causes.keeper import check_settings, keeper, lasting, wrong_annotation
from parallax.evidence import answers, balancer, check_port, inside, users
from parallax.evidence.reading import Missing, Unreached, evidence_so_far
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.balancer import HealthStatus
from parallax.model.judgement import Assessment, Class, Hop, NextStep
from parallax.model.probe import AT_THE_INGRESS, Role

ID = "lb-health-check-wrong-port"


def assess(scene: Scene) -> Assessment:
    """Check whether the health check uses a port that the ingress does not have."""
    service = balancer.service(scene)
    port, to = service.health_check.port, service.destination_port
    state = balancer.health_report(scene)
    if port == to:
        return refuted(ID, f"health check and requests use the same port {to}")
    if healthy := balancer.count_with_health(scene, HealthStatus.HEALTHY):
        return refuted(ID, _succeeds(scene, healthy, port))
    if passed := answers.request_passed(scene):
        if answers.responded_directly(scene):
            raise Missing(f"the reason why a request passed ({passed})")
        return refuted(ID, f"{passed}, so the load balancer has a healthy target")
    with evidence_so_far(state):
        users.failed(scene)
    own = _proven(scene, to, state)
    return supported(
        ID,
        f"the health check uses port {port}, but the ingress listens on port {to}",
        state,
        *_ports(scene, port, to),
        own,
        *wrong_annotation(scene, "health-check-port"),
    )


def _ports(scene: Scene, port: int, to: int) -> tuple[str, str]:
    """Return which of the two ports is the ingress's, and that the ingress works."""
    service = inside.ingress_service(scene)
    probes = [p for p in scene.inside(*AT_THE_INGRESS) if inside.accepted(p)]
    if to in service.node_ports:
        own = f"port {port} is not a NodePort of the ingress Service; {to} is"
        at = to if to in _tried(scene, to) else min(_tried(scene, to))
        count = _connected(scene, at)
        if at != to:
            other = "internal probes connected to its other NodePort"
            return own, f"{count} {other} {at}"
        return own, f"{count} internal probes connected to ingress port {at}"
    of_nodes = balancer.is_port_of_nodes(service, to)
    what = "is open on the nodes" if of_nodes else "is a port of it"
    own = f"port {port} is not a NodePort of the ingress Service; {to} {what}"
    count = of(len(probes), len(probes))
    return own, f"{count} internal probes connected to the ingress's NodePort"


def _succeeds(scene: Scene, healthy: int, port: int) -> str:
    """Return that targets are healthy by this port, and whether it is the wrong one."""
    share = of(healthy, len(balancer.health(scene)))
    text = f"this cause means a port on which each check fails, but {share} are healthy"
    service = inside.ingress_service.maybe(scene)
    if service is None or port in (*service.node_ports, service.health_check_node_port):
        return text
    return (
        f"{text}; port {port} is still not a NodePort of the ingress, so the check"
        " may succeed where the ingress does not respond"
    )


def _proven(scene: Scene, to: int, state: str) -> str:
    """Return the balancer's own response; raise everything that is missing."""
    missing = list(answers.own_response.lacks(scene))
    if not balancer.all_unhealthy(scene):
        missing.append("every target reported as unhealthy")
    missing += check_port.unused_port.lacks(scene)
    if not _connects_between_nodes(scene, to):
        missing.append(f"a connection to the ingress on port {to} from another node")
    if missing:
        raise _open(scene, missing, state)
    return answers.own_response(scene)


def _open(scene: Scene, missing: list[str], state: str) -> Missing:
    """Return what is missing; another fault may hide what an unused port causes."""
    port = check_port.unused_port.maybe(scene)
    if port is None or not balancer.all_unhealthy(scene):
        return Missing(*missing, evidence=(state,))
    wrong = f"the health check uses port {port}, on which nothing listens"
    return Unreached(*missing, evidence=(wrong, state))


def _connected(scene: Scene, port: int) -> str:
    probes = scene.inside(*AT_THE_INGRESS)
    accepted = sum(p.peer_port == port and inside.accepted(p) for p in probes)
    return of(accepted, len(probes))


def _connects_between_nodes(scene: Scene, port: int) -> bool:
    """Return whether the ingress accepts connections between nodes, or on one.

    kube-proxy opens both NodePorts of the Service, so where no probe went to the port
    itself, the other one stands for it.
    """
    across = bool(scene.inside(Role.INGRESS_OTHER))
    role = Role.INGRESS_OTHER if across else Role.INGRESS
    service = inside.ingress_service.maybe(scene)
    if service is not None and balancer.is_port_of_nodes(service, port):
        # k3s's ServiceLB forwards to the same Service as the NodePort.
        return any(map(inside.accepted, scene.inside(role)))
    ports = _tried(scene, port)
    return any(p.peer_port in ports and inside.accepted(p) for p in scene.inside(role))


def _tried(scene: Scene, port: int) -> set[int]:
    """Return the port, or the ingress's other NodePorts if agents only probe those.

    kube-proxy opens all NodePorts of a Service alike.
    """
    service = inside.ingress_service.maybe(scene)
    own = set(service.node_ports) if service else set[int]()
    probed = {p.peer_port for p in scene.inside(*AT_THE_INGRESS) if p.peer_port}
    if port in probed or port not in own or not own & probed:
        return {port}
    return own & probed


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Return how to set the health check to the destination port."""
    lb, found = balancer.load_balancer(scene), balancer.service(scene)
    name, wrong = quote(lb.name), found.health_check.port
    same = [
        s
        for s in lb.services
        if s.health_check.port == wrong and s.destination_port == found.destination_port
    ]
    same.sort(key=lambda s: s is not found)
    if keeper(scene):
        same = [found]  # an annotation is for every port of the Service
    wait = found.health_check.retries * found.health_check.interval
    fixes = tuple(
        lasting(
            scene,
            NextStep(
                text=f"In the service on port {s.listen_port}, set the health check's"
                f" port to the destination port, {s.destination_port}. Targets become"
                f" healthy after about {wait} s."
                if s is found
                else f"The service on port {s.listen_port} has the same wrong health"
                " check. Set the check's port to the destination port,"
                f" {s.destination_port}.",
                command=f"hcloud load-balancer update-service {name}"
                f" --listen-port {s.listen_port}"
                f" --health-check-port {s.destination_port}",
                undo=f"hcloud load-balancer update-service {name}"
                f" --listen-port {s.listen_port} --health-check-port {wrong}",
            ),
            **check_settings(s, health_check_port=s.destination_port),
        )
        for s in same
    )
    look = NextStep(
        text="Check that the status of every target becomes healthy.",
        command=f"hcloud load-balancer describe {name}",
    )
    return (*fixes, look)


CAUSE = Cause(
    id=ID,
    class_=Class.LOAD_BALANCER,
    hop=Hop.LOAD_BALANCER,
    title="The load balancer's health check uses the wrong port",
    assess=assess,
    next_steps=next_steps,
    explains=("lb-no-healthy-target",),
)
