"""Only one of load balancer and ingress uses the PROXY protocol.

Meaning: the load balancer begins each connection with a header that contains the
client's address, and the ingress rejects it as a malformed request. Or the ingress
waits for a header that never arrives, and closes the connection.

Impact: every request for every host of the port fails. If only the load balancer uses
it: 400 from nginx. If only the ingress uses it: 502, or 503 with an http health check,
or an empty reply on tcp.

Diagnosis: `proxyprotocol` of the load balancer's service differs from
`use-proxy-protocol` in the ingress's ConfigMap, and users get exactly the response that
this causes. The ingress's responses to internal probes, with or without the header, do
not contradict the ConfigMap. The settings of Traefik and others are not read. Then it
is proven if the ingress calls each external request malformed, and the same request
without the header succeeds on the same port.

Neighbors: 502 and 503 of the load balancer with equal settings have other causes:
`lb-health-check-rejected`, `lb-no-healthy-target`, `lb-wrong-destination-port`. nginx's
400 for plain HTTP on its https port has its own text and is not this cause.

Mitigation: switch both on, or both off. In between the site is down, so change them
directly one after the other. Clients inside the cluster that use the load balancer's
name bypass its header; set a hostname for the Service (see
hcloud-cloud-controller-manager).

Source: HAProxy, `doc/proxy-protocol.txt`; ingress-nginx ConfigMap; hetzner-k3s issue
87; hcloud-cloud-controller-manager issues 160 and 502.
"""

from shlex import quote

from parallax.causes.cause import Cause, refuted, supported
from parallax.causes.keeper import lasting, wrong_annotation
from parallax.evidence import balancer, ingress, inside, proxy_protocol, users
from parallax.evidence.reading import Missing, evidence_so_far
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.judgement import Assessment, Class, Hop, NextStep

ID = "proxy-protocol-mismatch"
KEY = "use-proxy-protocol"
"""The entry of the controller's ConfigMap."""


def assess(scene: Scene) -> Assessment:
    """Check whether only one side uses it, and users get the expected errors."""
    balancer.service(scene)
    state = proxy_protocol.text(scene)
    wanted = bool(state) or proxy_protocol.wanted(scene)
    if state is None:
        both = "load balancer and ingress both use"
        neither = "neither load balancer nor ingress uses"
        return refuted(ID, f"{both if wanted else neither} the PROXY protocol")
    with evidence_so_far(state):
        users.failed(scene)
        if contradiction := proxy_protocol.contradicted(scene):
            raise Missing(contradiction)
        follows = proxy_protocol.follows(scene)
    wrong = wrong_annotation(scene, "uses-proxyprotocol")
    return supported(ID, state, follows, _settings(scene), *_sent_inside(scene), *wrong)


def _sent_inside(scene: Scene) -> tuple[str, ...]:
    """Return that probes inside work because they send the expected header."""
    probes = ingress.correctly_addressed(scene)
    with_header = [p for p in probes if p.proxy_protocol and p.healthy]
    if not with_header:
        return ()
    share = of(len(with_header), len(probes))
    return (f"internal probes, which send the PROXY header, succeed ({share})",)


def _settings(scene: Scene) -> str:
    service = balancer.service.maybe(scene)
    if proxy_protocol.wanted.maybe(scene) is None:
        name = balancer.name(scene)
        return f"proxyprotocol is true at {name}; the ingress's settings were not read"
    balancer_setting = str(bool(service and service.proxyprotocol)).lower()
    name = balancer.name(scene)
    return f"proxyprotocol is {balancer_setting} at {name}; {_at_config_map(scene)}"


def _at_config_map(scene: Scene) -> str:
    """Return the ingress's setting, and where it was read."""
    setting = str(bool(proxy_protocol.wanted.maybe(scene))).lower()
    cluster = scene.cluster
    named = cluster.ingress_config_map if cluster else None
    if cluster and named and KEY not in dict(cluster.ingress_config or ()):
        return f"ConfigMap {named} does not set {KEY}, so it is {setting}"
    where = f"ConfigMap {named}" if named else "the ingress's ConfigMap"
    return f"{KEY} is {setting} in {where}"


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Return how to make both sides use it, or neither."""
    wants = bool(proxy_protocol.wanted.maybe(scene))
    name, port = balancer.name(scene), users.listen_port(scene)
    flag = str(wants).lower()
    lb = NextStep(
        text=f"Switch the PROXY protocol {'on' if wants else 'off'} at the load"
        f" balancer. {_at_the_ingress(scene)}",
        command=f"hcloud load-balancer update-service {quote(name)}"
        f" --listen-port {port} --proxy-protocol={flag}",
        undo=f"hcloud load-balancer update-service {quote(name)}"
        f" --listen-port {port} --proxy-protocol={str(not wants).lower()}",
    )
    lb = lasting(scene, lb, uses_proxyprotocol=flag)
    if proxy_protocol.wanted.maybe(scene) is None:
        return lb, _trust(scene, _service(scene)[0])
    return lb, _switch(scene, wants=wants)


def _service(scene: Scene) -> tuple[str, str]:
    """Return the namespace and the name of the ingress's Service."""
    found, reached = inside.ingress_service.maybe(scene), scene.target.reached
    space = (found.namespace if found else reached.ingress_namespace) or "default"
    return space, (found.name if found else reached.ingress_service) or "CONFIGMAP"


def _switch(scene: Scene, *, wants: bool) -> NextStep:
    """Return how to change the ingress's side; an old agent did not name its place."""
    named = scene.cluster.ingress_config_map if scene.cluster else None
    if named:
        space, _, name = named.partition("/")
        where = f"in ConfigMap {named}, from which the agent read it."
    else:
        space, name = _service(scene)
        where = (
            "in the ConfigMap that the controller's argument --configmap names. The"
            f" command assumes that this ConfigMap has the Service's name, {name}."
            " First check the ConfigMap's name:"
            f" `kubectl -n {space} get pods -o yaml | grep configmap=`."
        )
    patch = f"kubectl -n {quote(space)} patch configmap {quote(name)} -p "
    to, back = (
        f'{{"data":{{"{KEY}":"{str(value).lower()}"}}}}' for value in (not wants, wants)
    )
    return NextStep(
        text=f"Switch the PROXY protocol {'off' if wants else 'on'} at the ingress,"
        f" {where} It applies to all ports and hosts of the ingress, so to each service"
        " of the load balancer.",
        command=f"{patch}'{to}'",
        undo=f"{patch}'{back}'",
        alternative=True,
    )


def _at_the_ingress(scene: Scene) -> str:
    """Return the ingress's side, as far as it is known."""
    wanted = proxy_protocol.wanted.maybe(scene)
    if wanted is None:
        return "The ingress rejects connections with its header."
    return f"At the ingress it is {'on' if wanted else 'off'}."


def _trust(scene: Scene, space: str) -> NextStep:
    """Return how to let an ingress whose settings were not read accept the header.

    Traefik: `entryPoints.<name>.proxyProtocol.trustedIPs`; the header of any other
    address stays a part of the request (hcloud-cloud-controller-manager issue 186).
    """
    lb = balancer.load_balancer(scene)
    private = any(t.use_private_ip for t in lb.leaves())
    source = next(iter(lb.private_ips if private else ()), lb.ipv4) or "BALANCER"
    return NextStep(
        text="Let the ingress accept the header from the load balancer's address"
        f" {source}. Traefik: set --entryPoints.web.proxyProtocol.trustedIPs={source}"
        " and the same for websecure. With externalTrafficPolicy Cluster, also trust"
        " the nodes' and pods' networks. The command shows the present setting. If it"
        " prints no line, the ingress does not accept the header.",
        command=f"kubectl -n {quote(space)} get pods -o yaml | grep -i"
        " 'proxyProtocol\\|proxy-protocol'",
        alternative=True,
    )


CAUSE = Cause(
    id=ID,
    class_=Class.LOAD_BALANCER,
    hop=Hop.LOAD_BALANCER,
    title="Load balancer and ingress disagree about the PROXY protocol",
    assess=assess,
    next_steps=next_steps,
    explains=("lb-no-healthy-target",),
)
