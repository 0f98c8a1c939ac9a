"""The load balancer sends requests to a port that the ingress does not have.

Meaning: `destination_port` is not a NodePort of the ingress Service. Either nothing
listens there, or another Service does: the app's own, without the ingress.

Impact: if the health check uses another, correct port, every target is healthy. Each
request then gets a slow 503, or a 502, from the load balancer itself. If another app
listens there, users get its pages for every host.

Diagnosis: the ingress Service in the cluster does not own `destination_port`. That is
not enough, as a second Service may lead to the same pods. So the nodes must refuse the
port, or all Services were read and none of the ingress's has it. The ingress responds
to other nodes on its own NodePort. No external request reached an ingress. Users get
the load balancer's own page. Or another Service listens there: an app responds to a
host without an Ingress, and no ingress log contains our requests. A port outside the
NodePort range may be an ingress that listens on the nodes themselves.

Neighbors: a slow 503 on the ingress's own port is
`node-firewall-blocks-load-balancer`. If only the health check's port is wrong, it is
`lb-health-check-wrong-port`. If the targets are other machines, it is
`lb-targets-not-the-ingress-nodes`.

Mitigation: set the destination port to the ingress's NodePort. A Service that was
deleted and created again has a new NodePort; set `nodePort` in its manifest.

Source: Hetzner Cloud API, load balancers; hcloud-cloud-controller-manager issues 87
(two Services of one ingress) and 185.
Commands: hetznercloud/cli, `internal/cmd/loadbalancer/update_service.go`.
"""

from shlex import quote

from parallax.causes.cause import Cause, refuted, supported
from parallax.causes.keeper import by_controller, keeper, log_command
from parallax.evidence import (
    answers,
    balancer,
    check_content,
    ingress,
    ingress_rules,
    inside,
    logs,
    on_the_nodes,
    overlay,
    proxy_protocol,
    users,
)
from parallax.evidence.reading import Missing, evidence_so_far, need
from parallax.evidence.scene import Scene
from parallax.model.balancer import BalancerService, HealthStatus
from parallax.model.cluster import Service, ServicePort
from parallax.model.judgement import Assessment, Class, Hop, NextStep
from parallax.model.probe import AS_A_USER, ErrorType, Probe, Role

ID = "lb-wrong-destination-port"
NOT_FOUND = 404


def assess(scene: Scene) -> Assessment:
    """Check whether requests are sent to a port that the ingress does not have."""
    service, ingress_service = balancer.service(scene), inside.ingress_service(scene)
    to = service.destination_port
    if to in ingress_service.node_ports:
        if other := _other_protocol(scene, service, ingress_service):
            raise Missing(other)
        return refuted(ID, f"requests go to port {to}, a NodePort of the ingress")
    if to in inside.ingress_node_ports(scene):
        second = f"requests go to port {to}, a NodePort of a second Service"
        return refuted(ID, f"{second} of the ingress's pods")
    if ingress.answered(scene, to):
        what = "a port of the nodes at which the ingress responds"
        return refuted(ID, f"requests go to port {to}, {what}")
    own = _own(ingress_service)
    state = f"requests go to port {to}, which is not a NodePort of the ingress ({own})"
    if reached := answers.reached_ingress(scene):
        if answers.responded_directly(scene):
            raise Missing(f"the reason why {reached}", evidence=(state,))
        return refuted(ID, reached)
    with evidence_so_far(state):
        users.failed(scene)
        if lacking := _lacking(scene, service, ingress_service):
            raise Missing(*lacking)
        what = f"what responds on port {to}: the load balancer, or another Service"
        response = need(_bypassed(scene, to) or _no_listener(scene, service), what)
    return supported(ID, state, response, balancer.health_report(scene))


def _own(ingress_service: Service) -> str:
    return ", ".join(map(str, ingress_service.node_ports))


def _is_tls(port: ServicePort) -> bool:
    return port.name == "https" or port.port == 443  # noqa: PLR2004 - https' number


def _wants_tls(scene: Scene, service: BalancerService) -> bool:
    """Return whether the ingress must terminate TLS: only with a tcp service."""
    return service.protocol == "tcp" and scene.target.url.startswith("https:")


def _other_protocol(
    scene: Scene, service: BalancerService, ingress_service: Service
) -> str | None:
    """Return a doubt: the ingress's port may be the one for another protocol."""
    port = next(
        p for p in ingress_service.ports if p.node_port == service.destination_port
    )
    wanted = _wants_tls(scene, service)
    same = (p for p in ingress_service.ports if p.target_port == port.target_port)
    if len(ingress_service.node_ports) == 1 or wanted in map(_is_tls, same):
        return None
    return (
        f"whether the ingress accepts {service.protocol} on its port named {port.name}"
    )


def _lacking(
    scene: Scene, service: BalancerService, ingress_service: Service
) -> list[str]:
    """Return what is missing to prove that the port is wrong."""
    to, missing = service.destination_port, list[str]()
    if to not in balancer.NODE_PORTS:
        missing.append(f"whether the ingress listens on port {to} of the nodes")
    elif not _is_shown_wrong(scene, service, ingress_service):
        missing.append(
            f"whether port {to} is a NodePort of another Service of the ingress's pods"
        )
    if mismatch := proxy_protocol.text(scene):
        missing.append(f"whether the port is wrong too ({mismatch})")
    across = overlay.cross_node_role(scene)
    if not any(
        _serves(scene, p, ingress_service) for p in scene.inside(across)
    ) and not _own_responds(scene):
        where = f"port {_own(ingress_service) or 'of the ingress'}"
        missing.append(f"a response to a probe between nodes on {where}")
    return missing


def _is_shown_wrong(
    scene: Scene, service: BalancerService, ingress_service: Service
) -> bool:
    """Return whether the port certainly does not lead to the ingress.

    That the ingress Service does not have it is not enough: a second Service may select
    the same pods. Proof is the list of all Services, another Service that owns the port
    or responds there, or nodes that refuse it: each health check is refused, or the
    nodes accept the load balancer on the ingress's own port and not on this one.
    """
    to, check = service.destination_port, service.health_check.port
    own = scene.cluster.service if scene.cluster else None
    if inside.all_node_ports_read(scene) or (own and to in own.node_ports):
        return True
    if _bypassed(scene, to):
        return True
    if check == to:
        reported = check_content.failure_reasons(scene)
        every = check_content.every_target_has_a_reason(scene)
        return every and reported == {"layer4_no_connection"}
    healthy = balancer.count_with_health(scene, HealthStatus.HEALTHY)
    all_healthy = healthy == len(balancer.health(scene)) > 0
    return all_healthy and check in ingress_service.node_ports


def _serves(scene: Scene, probe: Probe, ingress_service: Service) -> bool:
    """Return whether the ingress has a rule for the host; without one it responds 404.

    A probe that waits for a pod shows a rule too. A 404 that the target counts as
    healthy shows one only if an Ingress has the host.
    """
    known = ingress_rules.has_host(scene) is not False
    answered = (probe.healthy and known) or probe.status_code not in (None, NOT_FOUND)
    waits = probe.error_type is ErrorType.TIMEOUT and probe.error_phase == "processing"
    return (answered or waits) and probe.peer_port in ingress_service.node_ports


def _own_responds(scene: Scene) -> bool:
    """Return whether the app responds on the NodePort of its own Service.

    Without a route for the host, that Service may be the way in. Then the wrong port is
    shown as well, but not which one is right.
    """
    own = scene.cluster.service if scene.cluster else None
    if own is None or ingress_rules.has_host(scene) is not False:
        return False
    one = overlay.one_node(scene)
    probes = scene.inside(Role.NODEPORT_OWN if one else Role.NODEPORT_OTHER)
    return any(p.healthy and p.peer_port in own.node_ports for p in probes)


def _no_listener(scene: Scene, service: BalancerService) -> str | None:
    """Return that nothing listens on the port; None: not shown."""
    if answers.request_passed(scene):
        return None
    checked = service.health_check.port == service.destination_port
    if checked and balancer.count_with_health(scene, HealthStatus.HEALTHY):
        return None  # something responds to the health check there
    return answers.marked_response.maybe(scene)


def _bypassed(scene: Scene, to: int) -> str | None:
    """Return that a Service responds on the port without the ingress; else None."""
    inside = ingress.probes(scene)
    requests = users.failing(scene, *AS_A_USER)
    if not all(p.healthy for p in inside) or not logs.all_read(scene):
        return None
    if not all(users.written_by(p).hop == "pod" for p in requests):
        return None
    status, own = requests[0].status_code, scene.cluster and scene.cluster.service
    if own and to in own.node_ports:
        probes = scene.inside(Role.NODEPORT_OWN, Role.NODEPORT_OTHER)
        if not probes or any(p.healthy or p.status_code != status for p in probes):
            return None
        return (
            f"port {to} is the NodePort of Service {own.name}: internal probes get"
            f" {status} there and succeed through the ingress"
        )
    for probe in users.outside(scene, Role.UNKNOWN_HOST):
        author = users.written_by(probe)
        if author.hop == "pod" and probe.status_code != NOT_FOUND:
            response = f"{author.writer} responds {probe.status_code}"
            return f"{response} to a host without an Ingress, so it is another Service"
    return None


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Return how to send requests to the ingress's own NodePort."""
    lb, found = balancer.load_balancer(scene), balancer.service(scene)
    ingress_service = inside.ingress_service(scene)
    name = quote(lb.name)
    wrong = [s for s in lb.services if s.destination_port == found.destination_port]
    wrong.sort(key=lambda s: s is not found)
    if keeper(scene):
        wrong = [found]  # the controller writes the port of every service
    across = scene.inside(overlay.cross_node_role(scene))
    if not any(_serves(scene, p, ingress_service) for p in across):
        return _to_decide(scene, name, found)
    fixes = tuple(_fix(scene, name, s, ingress_service) for s in wrong)
    return (*fixes, _see(scene, ingress_service))


def _see(scene: Scene, ingress_service: Service) -> NextStep:
    """Return how to see the ingress's ports of the nodes."""
    kubectl = f"kubectl -n {quote(ingress_service.namespace)}"
    if not on_the_nodes.has_some(ingress_service):
        return NextStep(
            text="Check the NodePorts of the ingress Service. In the column PORT(S),"
            " they follow the colon.",
            command=f"{kubectl} get service {quote(ingress_service.name)}",
        )
    return NextStep(
        text="Check which pods listen on ports of their nodes for"
        f" {ingress.title(scene)}: they have a `hostPort`, or `hostNetwork`.",
        command="kubectl get pods -A -o custom-columns=NAMESPACE:.metadata.namespace,"
        "POD:.metadata.name,NODE:.spec.nodeName,HOSTNETWORK:.spec.hostNetwork,"
        "HOSTPORT:.spec.containers[*].ports[*].hostPort | grep -v '<none>$'",
    )


def _to_decide(
    scene: Scene, name: str, service: BalancerService
) -> tuple[NextStep, ...]:
    """Return how to find the right port, as no route for the host is known."""
    own = scene.cluster.service if scene.cluster else None
    listed = ", ".join(map(str, own.node_ports)) if own else ""
    of_app = (
        f" The app's own Service {own.namespace}/{own.name} has NodePort {listed}."
        if own and listed
        else ""
    )
    look = NextStep(
        text=f"No Ingress is known to have host {scene.target.host}.{of_app} If an"
        " ingress serves the host by another kind of route, its NodePort is the right"
        " one. Find the Service that should receive the requests.",
        command="kubectl get service -A | grep -E 'NodePort|LoadBalancer'",
    )
    change = NextStep(
        text=f"In the service on port {service.listen_port}, change the destination"
        f" port to that NodePort. It is {service.destination_port} now.",
        command=f"hcloud load-balancer update-service {name} --listen-port"
        f" {service.listen_port} --destination-port NODEPORT",
        undo=f"hcloud load-balancer update-service {name} --listen-port"
        f" {service.listen_port} --destination-port {service.destination_port}",
    )
    return look, change


def _fix(
    scene: Scene, name: str, service: BalancerService, ingress_service: Service
) -> NextStep:
    """Return the command for one service; it also corrects a wrong health check."""
    tls = _wants_tls(scene, service)
    node_ports = [p.node_port for p in ingress_service.ports if p.node_port]
    right = [
        p.node_port for p in ingress_service.ports if p.node_port and _is_tls(p) is tls
    ]
    port = (right or node_ports or ["NODEPORT"])[0]
    check = service.health_check.port
    is_right = check in ingress_service.node_ports
    also = "" if is_right else f" --health-check-port {port}"
    back = "" if is_right else f" --health-check-port {check}"
    change = NextStep(
        text=f"In the service on port {service.listen_port}, change the destination"
        f" port to {port}, the ingress's NodePort for {_scheme(service, tls=tls)}."
        f" It is {service.destination_port} now.",
        command=f"hcloud load-balancer update-service {name} --listen-port"
        f" {service.listen_port} --destination-port {port}{also}",
        undo=f"hcloud load-balancer update-service {name} --listen-port"
        f" {service.listen_port} --destination-port {service.destination_port}{back}",
    )
    return by_controller(
        scene,
        change,
        what="The controller itself writes the destination port: the Service's NodePort"
        f" ({port} is the ingress's). So it has not written since that port changed."
        " Versions before 1.30.1 crash since July 2026. Read its events and its log.",
        command=log_command(),
    )


def _scheme(service: BalancerService, *, tls: bool) -> str:
    """Return which of the ingress's ports is right, and why."""
    if tls:
        return "https (the load balancer passes TLS on)"
    ends_tls = " (the load balancer terminates TLS)"
    return f"http{ends_tls if service.protocol == 'https' else ''}"


CAUSE = Cause(
    id=ID,
    class_=Class.LOAD_BALANCER,
    hop=Hop.LOAD_BALANCER,
    title="The load balancer sends requests to the wrong port",
    assess=assess,
    next_steps=next_steps,
)
