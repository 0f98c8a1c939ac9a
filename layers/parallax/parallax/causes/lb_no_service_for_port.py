"""The load balancer has no service on the port that users ask.

Meaning: nothing of the balancer listens there: the service was deleted, or was never
made for this port.

Impact: every connection to the port is refused or dropped before anything is asked, for
all hosts. Other ports of the balancer work.

Diagnosis: the API, read since the failure began, knows no service with this
`listen_port`; and connecting to the balancer's own address there gets no connection.

Neighbors: a service without targets accepts and says 503: `lb-no-target`. A name that
leads elsewhere is refused there, not here: `dns-stale-address`. Behind a CDN the port
that the CDN asks may be another one: unknown. A port 80 that an https service redirects
(`redirect_http`) is listened on without a service of its own.

Mitigation: add the service, with the ingress's NodePort as destination. Where
hcloud-cloud-controller-manager keeps the services, mend the ports of the Kubernetes
Service, else it is removed again.

Source: reference hetzner.md, section 1; hcloud-cloud-controller-manager issues 333 and
916. Commands: hetznercloud/cli,
`internal/cmd/loadbalancer/add_service.go`.
"""

from shlex import quote

from parallax.causes.cause import Cause, refuted, supported
from parallax.evidence import balancer, inside, users
from parallax.evidence.reading import Missing, evidence_so_far, need
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.finding import Assessment, Class, Hop, NextStep
from parallax.model.probe import Probe, Role

ID = "lb-no-service-for-port"


def assess(scene: Scene) -> Assessment:
    """Ask whether the balancer listens on the port at all."""
    lb, port = balancer.load_balancer(scene), users.listen_port(scene)
    if lb.service_for(port):
        return refuted(ID, f"{lb.name} has a service on port {port}")
    if lb.is_unread(port):
        raise Missing(balancer.unread_text(scene))
    if lb.redirects(port):
        return refuted(ID, f"{lb.name} redirects port {port} to https")
    has = ", ".join(str(s.listen_port) for s in lb.services) or "none"
    state = f"{lb.name} has no service on port {port} (it has: {has})"
    with evidence_so_far(state):
        users.failed(scene)
        asked = _not_let_in(scene, redirects=lb.redirects(port))
    how = str(asked[0].error_type).replace("_", " ")
    share = of(len(asked), len(asked))
    return supported(ID, state, f"{share} attempts to connect to it there: {how}")


def _not_let_in(scene: Scene, *, redirects: bool | None) -> list[Probe]:
    """Return the probes of the balancer's own address: none got a connection."""
    if scene.target.reached.cdn:
        raise Missing("which port the CDN asks at the balancer")
    if redirects is None:
        raise Missing("whether an https service of the balancer redirects that port")
    asked = _asked(scene)
    if answered := [p for p in asked if not _unconnected(p)]:
        raise Missing(f"who accepted the {answered[0].role.value} probe at that port")
    return need(asked, "an attempt to connect to the balancer's own address")


def _asked(scene: Scene) -> list[Probe]:
    """Return the probes that went to the balancer's own address, by whatever way."""
    return [
        p
        for p in users.outside(scene, *users.AS_A_USER, Role.DIRECT)
        if balancer.was_sent_to_balancer(scene, p)
    ]


def _unconnected(probe: Probe) -> bool:
    return probe.status_code is None and probe.error_phase == "connect"


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Tell how to let the balancer listen again."""
    lb, port = balancer.load_balancer(scene), users.listen_port(scene)
    ingress = inside.ingress_service.maybe(scene)
    doors = list(ingress.node_ports) if ingress else []
    doors += [s.destination_port for s in lb.services]
    to = doors[0] if doors else "NODEPORT"
    tls = scene.target.url.startswith("https:")
    kind = "https" if tls else "http"
    certificates = " --http-certificates CERTIFICATE" if tls else ""
    ports = f"--listen-port {port} --destination-port {to}"
    add = NextStep(
        text=f"Let {lb.name} listen on {port} and send to the ingress"
        " (`hcloud certificate list` names the certificates)."
        if tls
        else f"Let {lb.name} listen on {port} and send to the ingress.",
        command=f"hcloud load-balancer add-service {quote(lb.name)}"
        f" --protocol {kind} {ports}{certificates}",
    )
    look = NextStep(
        text="See which ports it listens on.",
        command=f"hcloud load-balancer describe {quote(lb.name)}",
    )
    return add, look


CAUSE = Cause(
    id=ID,
    class_=Class.LOAD_BALANCER,
    hop=Hop.LOAD_BALANCER,
    title="The load balancer does not listen on the port that users ask",
    assess=assess,
    next_steps=next_steps,
)
