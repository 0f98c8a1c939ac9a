"""The load balancer's health check asks a port on which nothing of ours listens.

Meaning: every target counts as unhealthy, because the health check asks another
port than the one requests are sent to, and the ingress has no NodePort there.

Impact: Hetzner fails closed: with no healthy target each request gets 503 from the
balancer itself, while everything inside works. All hosts of the port are down.

Diagnosis: `health_check.port` differs from `destination_port`; the ingress
Service, as the cluster tells it, owns the second and not the first; and the
ingress answers at the second, so that it is the health check that is wrong. Hetzner's
word, where there is one, is a refusal: what drops or answers there may be right.

Mitigation: point the health check at the destination port. Targets come back after
`retries` good answers, about `retries` x `interval` seconds.

Source: reference hetzner.md, sections 1, 3 and 4 (hcloud-cloud-controller-manager
issue 161). Commands: hetznercloud/cli, `internal/cmd/loadbalancer/update_service.go`.
"""

from shlex import quote

from parallax.causes import evidence
from parallax.causes.cause import Cause, refuted, supported, unknown
from parallax.model.balancer import BalancerService, HealthStatus
from parallax.model.cluster import Service
from parallax.model.finding import Assessment, Class, Hop, NextStep
from parallax.model.probe import Role
from parallax.model.snapshot import Snapshot

ID = "lb-health-check-wrong-port"


def assess(snapshot: Snapshot) -> Assessment:
    """Ask whether the health check's port is one that the ingress does not have."""
    service = evidence.balancer_service(snapshot)
    if service is None:
        return unknown(ID, evidence.balancer_missing(snapshot) or "the balancer")
    port, to = service.health_check.port, service.destination_port
    state = evidence.health_text(snapshot)
    if port == to:
        return refuted(ID, f"health check and requests go to the same port :{to}")
    if evidence.with_health(snapshot, HealthStatus.HEALTHY):
        return refuted(ID, state)
    if passed := evidence.passed_balancer(snapshot):
        if evidence.contradicted(snapshot):
            return unknown(ID, f"how a request got through: {passed}")
        return refuted(ID, f"{passed}, so the balancer has a target")
    if not evidence.failing(snapshot, *evidence.AS_A_USER):
        return unknown(ID, "no failing probe from outside", evidence=(state,))
    missing = _missing(snapshot, service)
    word = evidence.balancers_word(snapshot, signed=False)
    if word is None:
        missing.insert(0, evidence.word_missing(snapshot))
    if missing or word is None:
        return unknown(ID, *missing, evidence=(state,))
    return supported(
        ID,
        f"health check asks :{port}, the ingress listens on :{to}",
        f"{evidence.balancer_name(snapshot)}: {state}",
        f"the ingress Service has no NodePort {port}; it has {to}",
        f"inside, {_alive(snapshot, to)} probes of the ingress at :{to} were answered",
        word,
    )


def _missing(snapshot: Snapshot, service: BalancerService) -> list[str]:
    """Return what keeps a wrong-looking port from being a proven one."""
    port, to = service.health_check.port, service.destination_port
    every, ingress = len(evidence.health(snapshot)), None
    if snapshot.cluster:
        ingress = snapshot.cluster.ingress_service
    missing: list[str] = []
    if not every or evidence.with_health(snapshot, HealthStatus.UNHEALTHY) < every:
        missing.append("an unhealthy word of the balancer about every target")
    missing += _missing_detail(snapshot, port)
    missing += _missing_port(snapshot, ingress, port, to)
    if not _alive_from_elsewhere(snapshot, to):
        missing.append(f"an answer of the ingress at :{to}, asked from another node")
    return missing


def _missing_port(
    snapshot: Snapshot, ingress: Service | None, port: int, to: int
) -> list[str]:
    """Return what keeps the health check's port from being nobody's."""
    if ingress is None:
        what = "the ingress Service as the cluster has it"
        return (
            [f"{what} ({evidence.inside_missing(snapshot)})"]
            if (snapshot.cluster is None)
            else [what]
        )
    own = snapshot.cluster.service if snapshot.cluster else None
    if to not in ingress.node_ports:
        return [f"whose port :{to} is; the ingress Service has {ingress.node_ports}"]
    if port in ingress.node_ports or (own and port in own.node_ports):
        return [f"why the health check fails at :{port}, which is a NodePort of ours"]
    if ingress.external_traffic_policy == "Local":
        return [f"whether :{port} is the Service's healthCheckNodePort (policy Local)"]
    return []


def _missing_detail(snapshot: Snapshot, port: int) -> list[str]:
    """Return what Hetzner's words leave open: only a refusal says nobody listens.

    Without words, as older readings are, a NodePort that no Service has is nobody's;
    at any other port a pod may listen on the nodes themselves (`hostPort`).
    """
    said = {seen.detail for seen in evidence.details(snapshot)}
    if "layer4_timeout" in said:
        return [f"what drops the health check at :{port} (layer4_timeout): a firewall?"]
    if said - {"layer4_no_connection"}:
        return [f"why something answers the health check at :{port}"]
    if not said and port not in evidence.NODE_PORTS:
        return [f"whether something listens on the nodes themselves at :{port}"]
    return []


def _alive(snapshot: Snapshot, port: int) -> str:
    probes = snapshot.inside(*evidence.AT_THE_INGRESS)
    answered = evidence.answered(snapshot, port, *evidence.AT_THE_INGRESS)
    return evidence.of(len(answered), len(probes))


def _alive_from_elsewhere(snapshot: Snapshot, port: int) -> bool:
    """Say whether the ingress answers across nodes; one node alone must do itself."""
    across = bool(snapshot.inside(Role.INGRESS_OTHER))
    role = Role.INGRESS_OTHER if across else Role.INGRESS
    return bool(evidence.answered(snapshot, port, role))


def next_steps(snapshot: Snapshot) -> tuple[NextStep, ...]:
    """Tell how to point the health check at the port that serves."""
    balancer = snapshot.load_balancer
    found = evidence.balancer_service(snapshot)
    if balancer is None or found is None:
        return ()
    name, wrong = quote(balancer.name), found.health_check.port
    same = [
        s
        for s in balancer.services
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
)
