"""Only one of load balancer and ingress speaks the PROXY protocol.

Meaning: the balancer begins each connection with a line that says who the client is,
and the ingress takes it for a broken request; or the ingress waits for a line that
never comes, and hangs up.

Impact: every request for every host of the port fails. Balancer only: 400 from nginx.
Ingress only: 502, or 503 behind an http health check, or an empty reply on tcp.

Diagnosis: `proxyprotocol` of the balancer's service differs from the ingress
ConfigMap's `use-proxy-protocol`, and users get exactly what follows from it. What the
ingress answers to agents, with the line or without it, may not contradict.

Neighbors: 502 and 503 of the balancer for other reasons come with settings that agree:
`lb-health-check-rejected`, `lb-no-healthy-target`, `lb-wrong-destination-port`. nginx's
400 for plain HTTP at its https port says so and is not this cause.

Mitigation: switch both on, or both off; in between the site is down, so change the two
one right after the other. Clients inside the cluster that use the balancer's name skip
its line: give the Service a hostname (hcloud-cloud-controller-manager).

Source: reference hetzner.md, sections 3 and 4 (hcloud-cloud-controller-manager issues
160 and 502); captures `chain/pp_*`.
"""

from shlex import quote

from parallax.causes.cause import Cause, refuted, supported
from parallax.evidence import balancer, inside, proxy_protocol, users
from parallax.evidence.reading import Missing, evidence_so_far
from parallax.evidence.scene import Scene
from parallax.model.finding import Assessment, Class, Hop, NextStep

ID = "proxy-protocol-mismatch"


def assess(scene: Scene) -> Assessment:
    """Ask whether only one of the two speaks it, and users see what follows."""
    balancer.service(scene)
    wanted = proxy_protocol.wanted(scene)
    state = proxy_protocol.text(scene)
    if state is None:
        both = "both" if wanted else "neither"
        return refuted(ID, f"{both} of balancer and ingress speaks the PROXY protocol")
    with evidence_so_far(state):
        users.failed(scene)
        if otherwise := proxy_protocol.contradicted(scene):
            raise Missing(otherwise)
        follows = proxy_protocol.follows(scene)
    return supported(ID, state, follows, _settings(scene))


def _settings(scene: Scene) -> str:
    service = balancer.service.maybe(scene)
    sends = str(bool(service and service.proxyprotocol)).lower()
    wants = str(bool(proxy_protocol.wanted.maybe(scene))).lower()
    name = balancer.name(scene)
    return f"{name}: proxyprotocol {sends}; ConfigMap: use-proxy-protocol {wants}"


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Tell how to let both speak it, or neither."""
    wants = bool(proxy_protocol.wanted.maybe(scene))
    name, port = balancer.name(scene), users.listen_port(scene)
    flag = str(wants).lower()
    lb = NextStep(
        text=f"Let the balancer do as the ingress: {'send' if wants else 'no'} PROXY"
        " lines.",
        command=f"hcloud load-balancer update-service {quote(name)}"
        f" --listen-port {port} --proxy-protocol={flag}",
    )
    ingress = inside.ingress_service.maybe(scene)
    reached = scene.target.reached
    space = (ingress.namespace if ingress else reached.ingress_namespace) or "default"
    service = (ingress.name if ingress else reached.ingress_service) or "CONFIGMAP"
    patch = f'{{"data":{{"use-proxy-protocol":"{str(not wants).lower()}"}}}}'
    other = NextStep(
        text="Or let the ingress do as the balancer (its ConfigMap is usually named as"
        " its Service).",
        command=f"kubectl -n {quote(space)} patch configmap {quote(service)}"
        f" -p '{patch}'",
    )
    return lb, other


CAUSE = Cause(
    id=ID,
    class_=Class.LOAD_BALANCER,
    hop=Hop.LOAD_BALANCER,
    title="Only one of load balancer and ingress speaks the PROXY protocol",
    assess=assess,
    next_steps=next_steps,
    explains=("lb-no-healthy-target",),
)
