"""The load balancer's health check asks a port on which nothing of ours listens.

Meaning: every target counts as unhealthy, because the health check asks another port
than the one requests are sent to, and the ingress has no NodePort there.

Impact: Hetzner fails closed: with no healthy target each request gets 503 from the
balancer itself, while everything inside works. All hosts of the port are down.

Diagnosis: `health_check.port` differs from `destination_port`; the ingress Service, as
the cluster tells it, owns the second and not the first; and the ingress answers at the
second, so that it is the health check that is wrong. Hetzner's word, where there is
one, is a refusal: what drops or answers there may be right.

Neighbors: requests that go to a port of nobody are `lb-wrong-destination-port`. A right
port behind a firewall is `node-firewall-blocks-load-balancer`, a right port with a
wrong path or host `lb-health-check-rejected`. The healthCheckNodePort of a Service with
policy Local is right, and a healthy check on another port is no fault.

Mitigation: point the health check at the destination port. Targets come back after
`retries` good answers, about `retries` x `interval` seconds.

Source: reference hetzner.md, sections 1, 3 and 4 (hcloud-cloud-controller-manager issue
161). Commands: hetznercloud/cli, `internal/cmd/loadbalancer/update_service.go`.
"""

from shlex import quote

from parallax.causes.cause import Cause, refuted, supported
from parallax.evidence import answers, balancer, check_port, inside, users
from parallax.evidence.reading import Missing, evidence_so_far
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.balancer import HealthStatus
from parallax.model.finding import Assessment, Class, Hop, NextStep
from parallax.model.probe import Role

ID = "lb-health-check-wrong-port"


def assess(scene: Scene) -> Assessment:
    """Ask whether the health check's port is one that the ingress does not have."""
    service = balancer.service(scene)
    port, to = service.health_check.port, service.destination_port
    state = balancer.health_text(scene)
    if port == to:
        return refuted(ID, f"health check and requests go to the same port :{to}")
    if balancer.count_with_health(scene, HealthStatus.HEALTHY):
        return refuted(ID, state)
    if passed := answers.request_passed(scene):
        if answers.responded_directly(scene):
            raise Missing(f"how a request got through: {passed}")
        return refuted(ID, f"{passed}, so the balancer has a target")
    with evidence_so_far(state):
        users.failed(scene)
        word = _proven(scene, to)
    return supported(
        ID,
        f"health check asks :{port}, the ingress listens on :{to}",
        f"{balancer.name(scene)}: {state}",
        f"the ingress Service has no NodePort {port}; it has {to}",
        f"inside, {_alive(scene, to)} probes of the ingress at :{to} connect",
        word,
    )


def _proven(scene: Scene, to: int) -> str:
    """Return the balancer's own word; raises all that keeps the port from proof."""
    missing = list(answers.own_response.lacks(scene))
    if not balancer.all_unhealthy(scene):
        missing.append("an unhealthy word of the balancer about every target")
    missing += check_port.unused_port.lacks(scene)
    if not _alive_from_elsewhere(scene, to):
        missing.append(f"an answer of the ingress at :{to}, asked from another node")
    if missing:
        raise Missing(*missing)
    return answers.own_response(scene)


def _alive(scene: Scene, port: int) -> str:
    probes = scene.inside(*inside.INGRESS_ROLES)
    taken = sum(p.peer_port == port and inside.accepted(p) for p in probes)
    return of(taken, len(probes))


def _alive_from_elsewhere(scene: Scene, port: int) -> bool:
    """Say whether the ingress answers across nodes; one node alone must do itself."""
    across = bool(scene.inside(Role.INGRESS_OTHER))
    role = Role.INGRESS_OTHER if across else Role.INGRESS
    return any(p.peer_port == port and inside.accepted(p) for p in scene.inside(role))


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Tell how to point the health check at the port that serves."""
    lb, found = balancer.load_balancer(scene), balancer.service(scene)
    name, wrong = quote(lb.name), found.health_check.port
    same = [
        s
        for s in lb.services
        if s.health_check.port == wrong and s.destination_port == found.destination_port
    ]
    same.sort(key=lambda s: s is not found)
    wait = found.health_check.retries * found.health_check.interval
    fixes = tuple(
        NextStep(
            text=f"Let the health check of port {s.listen_port} ask"
            f" :{s.destination_port}; targets return after about {wait} s.",
            command=f"hcloud load-balancer update-service {name}"
            f" --listen-port {s.listen_port}"
            f" --health-check-port {s.destination_port}",
        )
        for s in same
    )
    look = NextStep(
        text="See the targets become healthy.",
        command=f"hcloud load-balancer describe {name}",
    )
    return (*fixes, look)


CAUSE = Cause(
    id=ID,
    class_=Class.LOAD_BALANCER,
    hop=Hop.LOAD_BALANCER,
    title="The load balancer's health check asks the wrong port",
    assess=assess,
    next_steps=next_steps,
    explains=("lb-no-healthy-target",),
)
