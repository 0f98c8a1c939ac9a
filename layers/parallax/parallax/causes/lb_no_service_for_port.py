"""The load balancer has no service on the requested port.

Meaning: the load balancer does not listen there. The service was deleted, or was never
created for this port.

Impact: every connection to the port is refused or dropped before a request is sent, for
all hosts. Other ports of the load balancer work.

Diagnosis: the API, read since the failure began, lists no service with this
`listen_port`. Connections to the load balancer's own address on this port fail.

Neighbors: a service without targets accepts connections and responds 503:
`lb-no-target`. If the name resolves to another address, the connection fails there:
`dns-stale-address`. Behind a CDN this cause stays undetermined, as the CDN may use
another port. A port 80 that an https service redirects (`redirect_http`) needs no
service of its own.

Mitigation: add the service, with the ingress's NodePort as destination. If
hcloud-cloud-controller-manager manages the services, correct the ports of the
Kubernetes Service; otherwise it removes the service again.

Source: Hetzner Cloud API, load balancers; hcloud-cloud-controller-manager issues 333
and 916. Commands: hetznercloud/cli, `internal/cmd/loadbalancer/add_service.go`.
"""

from shlex import quote

from parallax.causes.cause import Cause, refuted, supported
from parallax.causes.keeper import by_controller
from parallax.causes.undo import RESTORE, after_saving
from parallax.evidence import balancer, inside, users
from parallax.evidence.reading import Missing, evidence_so_far, need
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.judgement import Assessment, Class, Hop, NextStep
from parallax.model.probe import AS_A_USER, Probe, Role

ID = "lb-no-service-for-port"
HTTPS = 443


def assess(scene: Scene) -> Assessment:
    """Check whether the load balancer listens on the port."""
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
        probes = _failed_connections(scene, redirects=lb.redirects(port))
    how = str(probes[0].error_type).replace("_", " ")
    return supported(ID, state, f"{how} on port {port}: {_counted(probes)}")


def _counted(probes: list[Probe]) -> str:
    """Return e.g. `11 of 11 requests sent as a user does`, and those without DNS."""
    direct = sum(p.role is Role.DIRECT for p in probes)
    like_users = len(probes) - direct
    parts = (
        (like_users, "requests sent as a user does"),
        (direct, "sent to the load balancer without DNS"),
    )
    return ", and ".join(f"{of(count, count)} {what}" for count, what in parts if count)


def _failed_connections(scene: Scene, *, redirects: bool | None) -> list[Probe]:
    """Return the probes of the load balancer's own address, if none connected."""
    if scene.target.reached.cdn:
        raise Missing("the port that the CDN uses at the load balancer")
    if redirects is None:
        raise Missing("whether an https service redirects that port")
    probes = _balancer_probes(scene)
    if answered := [p for p in probes if not _unconnected(p)]:
        raise Missing(f"what accepted the {answered[0].role.value} probe on that port")
    return need(probes, "a connection attempt to the load balancer's own address")


def _balancer_probes(scene: Scene) -> list[Probe]:
    """Return the probes that were sent to the load balancer's own address."""
    return [
        p
        for p in users.outside(scene, *AS_A_USER, Role.DIRECT)
        if balancer.was_sent_to_balancer(scene, p)
    ]


def _unconnected(probe: Probe) -> bool:
    return probe.status_code is None and probe.error_phase == "connect"


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Return how to make the load balancer listen on the port."""
    lb, port = balancer.load_balancer(scene), users.listen_port(scene)
    plain, secure = _ingress_port(scene, tls=False), _ingress_port(scene, tls=True)
    to = plain or next((s.destination_port for s in lb.services), None) or "NODEPORT"
    add = f"hcloud load-balancer add-service {quote(lb.name)}"
    back = f"hcloud load-balancer delete-service {quote(lb.name)} --listen-port {port}"
    # Without a check of its own, an http service gets one that requests / without a
    # host: an ingress responds 404 to that.
    check = (
        f"--health-check-protocol tcp --health-check-port {to}"
        " --health-check-interval 15s --health-check-timeout 10s"
        " --health-check-retries 3"
    )
    ports = f"--listen-port {port} --destination-port {to} {check}"
    if not scene.target.url.startswith("https:"):
        service = NextStep(
            text=f"Add a service on port {port} of {lb.name} that sends to the"
            " ingress.",
            command=f"{add} --protocol http {ports}",
            undo=back,
        )
        return _kept(scene, service, port), _look(lb.name)
    find, certificate = _certificate(scene)
    service = NextStep(
        text=f"Add a service on port {port} that terminates TLS and sends plain http to"
        f" port {to} of the nodes. The command uses the project's certificate for"
        f" {scene.target.host}. If there is none, it changes nothing: then use the"
        " second command.",
        command=f"{find}{add} --protocol https {ports} --http-certificates"
        f" {certificate}",
        undo=back,
    )
    passed = NextStep(
        text="If the project has no certificate for this name, the ingress terminates"
        " TLS: pass TLS on to its NodePort for https.",
        command=f"{add} --protocol tcp --listen-port {port}"
        f" --destination-port {secure or 'NODEPORT'}",
        undo=back,
        alternative=True,
    )
    kept = _kept(scene, service, port)
    if kept is not service:
        return kept, _look(lb.name)
    return service, passed, _look(lb.name)


def _kept(scene: Scene, service: NextStep, port: int) -> NextStep:
    """Return the step for a balancer whose ports are those of a Service."""
    return by_controller(
        scene,
        service,
        what=f"The controller makes one listen port for each port of the Service: add"
        f" port {port} to its spec.ports.",
        command=after_saving(
            # The editor needs the terminal, also where a loop reads the Service's name.
            "kubectl -n {space}",
            "service {name}",
            "edit service {name} < /dev/tty",
        ),
        undo=RESTORE,
    )


def _certificate(scene: Scene) -> tuple[str, str]:
    """Return the commands that find the certificate for the host, and its id.

    A certificate for all names of the parent domain fits too. Commands:
    hetznercloud/cli, `internal/cmd/certificate/list.go`.
    """
    host = scene.target.host
    wildcard = f"*.{host.partition('.')[2]}"
    find = (
        "certificate=$(hcloud certificate list -o noheader -o columns=id,domain_names"
        f" | grep -wF -e {quote(host)} -e {quote(wildcard)}"
        " | awk 'NR == 1 {print $1}'); "
    )
    return find, f'"${{certificate:?no certificate for {host}}}"'


def _ingress_port(scene: Scene, *, tls: bool) -> int | None:
    """Return the ingress's NodePort for https or for http; None: not read."""
    ingress = inside.ingress_service.maybe(scene)
    ports = ingress.ports if ingress else ()
    found = (
        p.node_port for p in ports if (p.name == "https" or p.port == HTTPS) is tls
    )
    return next((port for port in found if port), None)


def _look(name: str) -> NextStep:
    return NextStep(
        text="Check on which ports the load balancer listens.",
        command=f"hcloud load-balancer describe {quote(name)}",
    )


CAUSE = Cause(
    id=ID,
    class_=Class.LOAD_BALANCER,
    hop=Hop.LOAD_BALANCER,
    title="The load balancer does not listen on this port",
    assess=assess,
    next_steps=next_steps,
)
