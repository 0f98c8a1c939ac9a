"""The load balancer sends requests to a port that the ingress does not have.

Meaning: `destination_port` is no NodePort of the ingress Service. Either nobody answers
there, or another Service does: the app's own, without the ingress before it.

Impact: with the health check on another, right port every target is healthy and each
request gets a slow 503, or a 502, from the balancer itself. Where another app answers,
users get that app's pages, whatever host they ask for.

Diagnosis: the cluster's own ingress Service does not own `destination_port`; the
ingress answers at a NodePort of its own from another node; nothing of ours got to an
ingress. Then the balancer's own page; or, for another Service, an app that answers a
Host nobody serves, while no line of ours stands in any ingress log. A port outside of
the NodePorts' range may be the ingress on the nodes themselves.

Neighbors: a slow 503 at the ingress's own port is `node-firewall-blocks-load-balancer`.
If only the health check's port is wrong it is `lb-health-check-wrong-port`. If the
targets themselves are other machines it is `lb-targets-not-the-ingress-nodes`.

Mitigation: let the service send to the ingress's NodePort. A Service that was made anew
has a new one; fix `nodePort` in its manifest.

Source: reference hetzner.md, sections 3, 4 and 6 (hcloud-cloud-controller-manager issue
185). Commands: hetznercloud/cli, `internal/cmd/loadbalancer/update_service.go`.
"""

from shlex import quote

from parallax.causes.cause import Cause, refuted, supported
from parallax.evidence import answers, balancer, ingress, inside, logs, overlay, users
from parallax.evidence.reading import Missing, evidence_so_far, need
from parallax.evidence.scene import Scene
from parallax.model.balancer import BalancerService, HealthStatus
from parallax.model.cluster import Service, ServicePort
from parallax.model.finding import Assessment, Class, Hop, NextStep
from parallax.model.probe import ErrorType, Probe, Role

ID = "lb-wrong-destination-port"
NOT_FOUND = 404


def assess(scene: Scene) -> Assessment:
    """Ask whether requests are sent to a port that is not the ingress's."""
    service, ingress_service = balancer.service(scene), inside.ingress_service(scene)
    to = service.destination_port
    if to in ingress_service.node_ports:
        if other := _other_door(scene, service, ingress_service):
            raise Missing(other)
        return refuted(ID, f"requests go to :{to}, a NodePort of the ingress")
    own = _own(ingress_service)
    state = f"requests go to :{to}, which is no NodePort of the ingress ({own})"
    if reached := answers.reached_ingress(scene):
        if answers.responded_directly(scene):
            raise Missing(f"how it got there: {reached}", evidence=(state,))
        return refuted(ID, reached)
    with evidence_so_far(state):
        users.failed(scene)
        if lacking := _lacking(scene, service, ingress_service):
            raise Missing(*lacking)
        what = f"who answers at :{to}: the balancer's own page, or another Service"
        word = need(_bypassed(scene, to) or _nobody(scene, service), what)
    health = f"{balancer.name(scene)}: {balancer.health_text(scene)}"
    return supported(ID, state, word, health)


def _own(ingress_service: Service) -> str:
    return ", ".join(f":{port}" for port in ingress_service.node_ports)


def _is_tls(port: ServicePort) -> bool:
    return port.name == "https" or port.port == 443  # noqa: PLR2004 - https' number


def _wants_tls(scene: Scene, service: BalancerService) -> bool:
    """Say whether TLS gets past the balancer: only a tcp service leaves it whole."""
    return service.protocol == "tcp" and scene.target.url.startswith("https:")


def _other_door(
    scene: Scene, service: BalancerService, ingress_service: Service
) -> str | None:
    """Say that the port is the ingress's, and perhaps not the one for this protocol."""
    port = next(
        p for p in ingress_service.ports if p.node_port == service.destination_port
    )
    if len(ingress_service.node_ports) == 1 or _is_tls(port) is _wants_tls(
        scene, service
    ):
        return None
    return f"whether the ingress takes {service.protocol} at its port {port.name}"


def _lacking(
    scene: Scene, service: BalancerService, ingress_service: Service
) -> list[str]:
    """Return what keeps a port that is not the ingress's from being a wrong one."""
    to, missing = service.destination_port, list[str]()
    if to not in balancer.NODE_PORTS:
        missing.append(f"whether the ingress listens on the nodes themselves at :{to}")
    across = overlay.asking_across(scene)
    if not any(_serves(p, ingress_service) for p in scene.inside(across)):
        what = f"an answer of the ingress at {_own(ingress_service) or 'a NodePort'}"
        missing.append(f"{what}, asked from another node")
    return missing


def _serves(probe: Probe, ingress_service: Service) -> bool:
    """Say whether the ingress knows the host; it answers 404 where it does not.

    One that lets nodes wait for a pod knows it as well.
    """
    answered = probe.healthy or probe.status_code not in (None, NOT_FOUND)
    waits = probe.error_type is ErrorType.TIMEOUT and probe.error_phase == "processing"
    return (answered or waits) and probe.peer_port in ingress_service.node_ports


def _nobody(scene: Scene, service: BalancerService) -> str | None:
    """Say that the balancer found nobody to talk to at the port; None: not shown."""
    if answers.request_passed(scene):
        return None
    checked = service.health_check.port == service.destination_port
    if checked and balancer.count_with_health(scene, HealthStatus.HEALTHY):
        return None  # something answers the health check there
    return answers.marked_response.maybe(scene)


def _bypassed(scene: Scene, to: int) -> str | None:
    """Say that a Service answers at the port without the ingress; None: not shown."""
    inside = ingress.probes(scene)
    requests = users.failing(scene, *users.AS_A_USER)
    if not all(p.healthy for p in inside) or not logs.all_read(scene):
        return None
    if not all(users.written_by(p).hop == "pod" for p in requests):
        return None
    status, own = requests[0].status_code, scene.cluster and scene.cluster.service
    if own and to in own.node_ports:
        asked = scene.inside(Role.NODEPORT_OWN, Role.NODEPORT_OTHER)
        if not asked or any(p.healthy or p.status_code != status for p in asked):
            return None
        return (
            f":{to} is {own.name}'s own NodePort: asked there from inside it is"
            f" {status} too, through the ingress it is well"
        )
    for probe in users.outside(scene, Role.UNKNOWN_HOST):
        author = users.written_by(probe)
        if author.hop == "pod" and probe.status_code != NOT_FOUND:
            said = f"{probe.status_code} by {author.writer}"
            return f"a Host nobody serves gets {said}: another Service listens there"
    return None


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Tell how to send requests to the ingress's own NodePort."""
    lb, found = balancer.load_balancer(scene), balancer.service(scene)
    ingress_service = inside.ingress_service(scene)
    name = quote(lb.name)
    wrong = [s for s in lb.services if s.destination_port == found.destination_port]
    wrong.sort(key=lambda s: s is not found)
    fixes = tuple(_fix(scene, name, s, ingress_service) for s in wrong)
    see = NextStep(
        text="See the ingress Service's NodePorts.",
        command=f"kubectl -n {quote(ingress_service.namespace)} get service"
        f" {quote(ingress_service.name)}",
    )
    return (*fixes, see)


def _fix(
    scene: Scene, name: str, service: BalancerService, ingress_service: Service
) -> NextStep:
    """Return the command for one service; its health check follows if wrong too."""
    tls = _wants_tls(scene, service)
    doors = [p.node_port for p in ingress_service.ports if p.node_port]
    right = [
        p.node_port for p in ingress_service.ports if p.node_port and _is_tls(p) is tls
    ]
    port = (right or doors or ["NODEPORT"])[0]
    check = service.health_check.port
    also = "" if check in ingress_service.node_ports else f" --health-check-port {port}"
    return NextStep(
        text=f"Let port {service.listen_port} send to the ingress at :{port}"
        f" (now :{service.destination_port}).",
        command=f"hcloud load-balancer update-service {name} --listen-port"
        f" {service.listen_port} --destination-port {port}{also}",
    )


CAUSE = Cause(
    id=ID,
    class_=Class.LOAD_BALANCER,
    hop=Hop.LOAD_BALANCER,
    title="The load balancer sends requests to a wrong port",
    assess=assess,
    next_steps=next_steps,
)
