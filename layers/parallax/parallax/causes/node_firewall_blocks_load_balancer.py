"""The load balancer cannot connect to the nodes, mostly because of a firewall.

Meaning: the ingress's NodePort responds to every node, but the load balancer cannot
connect. A firewall of the nodes (UFW, nftables) blocks it, or Hetzner's Cloud Firewall
if the load balancer uses public addresses. Or the firewall blocks everybody: each node
responds to itself, and other nodes reach its pods but not its NodePort. In kube-proxy's
IPVS mode, a node that assigned the load balancer's private address to itself looks like
the first case; a step distinguishes them.

Impact: if the health check uses the blocked port, every target is unhealthy and each
request gets 503 at once. If the health check uses another, open port, all targets look
healthy and each request gets 503 after failed connection attempts. All hosts of the
port are down.

Diagnosis: port, network and targets are correct, and nodes get responses from each
other on the destination port. Then the API reports `layer4_timeout` or
`layer4_no_connection` for every target. Or all targets are healthy by another port, and
the load balancer's own 503 is slow. Or all targets are unhealthy, and no node can
connect to another node's port either. Or the nodes themselves listen on the port
(hostPort, servicelb), connections to all targets time out, and the nodes' own agents
report: a node without a listener would refuse at once. A request that passes shows only
that the load balancer reaches some node. For targets that are unhealthy, or healthy
only by another port while connections fail, the cause stays undetermined. It is ruled
out if the health check connects on the port of the requests: the API reports the status
that it receives, or users get 502 or 504 while all targets are healthy.

Neighbors: if the API reports no reason, it is `lb-no-healthy-target`, which names both
this and the content of the health check. An unused port is `lb-health-check-wrong-port`
or `lb-wrong-destination-port`. No shared network is `lb-not-in-private-network`. A node
without an ingress pod under policy Local is
`nodeport-dropped-by-local-traffic-policy`.

Mitigation: allow the load balancer's address to the NodePort on every node; with public
addresses also in the Cloud Firewall. In IPVS mode set the Service's annotation
`load-balancer.hetzner.cloud/disable-private-ingress`.

Source: Hetzner Docs, Cloud Firewalls FAQ; hetzner-k3s issue 45 and discussion 779;
hcloud-cloud-controller-manager issues 185 and 212, and its guide to private networks.
"""

from shlex import quote

from parallax.causes.cause import Cause, refuted, supported
from parallax.causes.packet_steps import (
    NO_REPLY,
    NOT_THE_NODES_ADDRESS,
    Client,
    Traffic,
    allow,
    capture,
    node_owns_address,
    of_health_check,
)
from parallax.evidence import (
    answers,
    balancer,
    check_content,
    health_check,
    ingress,
    inside,
    logs,
    networks,
    nodes,
    overlay,
    shares,
    silent_nodes,
    time,
    users,
)
from parallax.evidence.reading import Missing, evidence_so_far, need
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.balancer import BalancerService, BalancerTarget, HealthStatus
from parallax.model.judgement import Assessment, Class, Hop, NextStep
from parallax.model.probe import AS_A_USER, FOR_THE_TARGET, Role

ID = "node-firewall-blocks-load-balancer"
NAMED = 3
"""Most targets to name."""
REQUESTS = 5
"""Fewest failing requests that show that no node accepts the load balancer. One request
shows only that one node does not; half of the nodes would pass 1 of 32 runs of five."""


_REQUESTS = Traffic("Meanwhile, request the URL 20 times, so that each node gets some.")


def assess(scene: Scene) -> Assessment:
    """Check whether only the load balancer cannot connect to the nodes."""
    service = balancer.service(scene)
    nodes.some_targets(scene)
    passed, to = answers.request_passed(scene), service.destination_port
    if passed and not answers.failed_to_connect(scene):
        return _connects(scene, passed)
    if connected := health_check.connects(scene):
        return refuted(ID, connected)
    if silent := silent_nodes.text(scene):
        return _drops_on_the_node(scene, silent)
    with evidence_so_far(balancer.health_report(scene)):
        _check_everything_else(scene, to)
        what = _no_report(scene, service)
        shown = (
            overlay.closed_to_other_nodes(scene, to)
            or health_check.refused_connection(scene)
            or _drops_requests(scene, service)
        )
        shown, own = need(shown, what), need(answers.own_response.maybe(scene), what)
    across = overlay.connected_across.maybe(scene, to)
    across = across or overlay.across_text(scene, to)
    return supported(ID, shown, *_cloud_firewalls(scene), across, own)


def _drops_on_the_node(scene: Scene, silent: str) -> Assessment:
    """Return the assessment of a port on which the nodes themselves listen."""
    with evidence_so_far(silent):
        users.failed(scene)
        if reason := health_check.misconfiguration(scene):
            raise Missing(f"a test, which is not possible now: {reason}")
        if networks.may_lack_network(scene):
            what = "whether the load balancer shares a private network with its targets"
            raise Missing(what)
        own = answers.own_response(scene)
    return supported(ID, silent, *_cloud_firewalls(scene), own)


def _connects(scene: Scene, passed: str) -> Assessment:
    """Return the refutation by a request that passed, unless other targets are open.

    A request shows only that no firewall blocks the node that it reached. That is the
    node of the ingress pod only with policy Local: others forward requests.
    """
    lines = logs.sightings(scene, *FOR_THE_TARGET, Role.UNKNOWN_HOST)
    reached = {line.node for line in lines} if nodes.is_local(scene) else set[str]()
    found = ((t.label, nodes.target_node(scene, t)) for t in _doubtful(scene))
    left = [label for label, node in found if node is None or node.name not in reached]
    if not left:
        return refuted(ID, f"{passed}, so the load balancer can connect")
    what = f"whether a firewall blocks the load balancer on {', '.join(left[:NAMED])}"
    more = f" and {len(left) - NAMED} more" if len(left) > NAMED else ""
    state = f"{passed}, so the load balancer can connect to a node"
    raise Missing(f"{what}{more}", evidence=(state,))


def _doubtful(scene: Scene) -> list[BalancerTarget]:
    """Return the targets to which the load balancer may be unable to connect.

    They are unhealthy. Or its connections fail, while the health check uses another
    port and so shows nothing about the port of the requests.
    """
    service = balancer.service(scene)
    unchecked = service.health_check.port != service.destination_port
    every = unchecked and shares.tried_to_connect(scene)
    bad = HealthStatus.UNHEALTHY
    return [t for t, status in balancer.health(scene) if every or status is bad]


def _no_report(scene: Scene, service: BalancerService) -> str:
    """Return what is missing to prove that the connection is blocked."""
    check, to = service.health_check.port, service.destination_port
    if check != to and shares.tried_to_connect(scene) and _few_requests(scene):
        return (
            f"at least {REQUESTS} failing requests; fewer do not show whether one node"
            " or every node drops the load balancer's packets"
        )
    if check != to:
        return (
            f"whether the load balancer can connect to port {to}; the health check uses"
            f" another port ({check})"
        )
    if not check_content.failure_reasons(scene):
        return (
            "the reason of the failed health checks, which Hetzner does not report"
            " (layer4_timeout would show a firewall)"
        )
    return "a report that the load balancer cannot connect to its targets"


def _cloud_firewalls(scene: Scene) -> tuple[str, ...]:
    """Return which Cloud Firewalls block the load balancer on a used port."""
    blocked = [(t, p) for t in nodes.targets(scene) if (p := _blocked_ports(t, scene))]
    names = sorted({name for t, _ in blocked for name in t.firewalls or ()})
    if not names:
        return ()
    ports = ", ".join(map(str, blocked[0][1]))
    share = of(len(blocked), len(nodes.targets(scene)))
    text = f"no rule of Cloud Firewall {', '.join(names)} allows it on port {ports}"
    return (f"{text} ({share} targets)",)


def _blocked_ports(target: BalancerTarget, scene: Scene) -> list[int]:
    """Return the used ports of the service that no firewall rule allows."""
    service = balancer.service(scene)
    used = {service.destination_port, service.health_check.port}
    return sorted(used.intersection(target.firewall_drops))


def _check_everything_else(scene: Scene, to: int) -> None:
    """Raise what is missing to prove that only the connection is blocked."""
    health_check.served_ingress(scene)
    if reason := health_check.misconfiguration(scene):
        raise Missing(f"a test of the firewall, which is not possible now: {reason}")
    own = inside.ingress_node_ports(scene)
    if to not in own and not ingress.probes(scene, port=to):
        what = f"whether a firewall also blocks the load balancer on port {to}"
        why = f"not tested: port {to} is not a NodePort of the ingress"
        raise Missing(f"{what} ({why})")
    users.failed(scene)
    if passed := answers.request_passed(scene):
        raise Missing(f"the reason why some requests pass and others fail ({passed})")
    if nodes.is_local(scene) and not _policy_allows(scene):
        raise Missing(
            "whether policy Local drops requests, as some targets run no ingress pod"
        )
    if networks.may_lack_network(scene):
        what = "whether the load balancer shares a private network with its targets"
        raise Missing(what)
    if late := time.recovery_pending(scene):
        raise Missing(late)
    if not overlay.closed_to_other_nodes(scene, to):
        overlay.connected_across(scene, to)


def _policy_allows(scene: Scene) -> bool:
    """Return whether policy Local accepts connections where the balancer gets none.

    Targets with an ingress pod accept them; those without can only explain a share.
    """
    having, without = nodes.by_ingress_pod(scene)
    return bool(having) and (
        not without or health_check.refused_connection(scene) is not None
    )


def _few_requests(scene: Scene) -> bool:
    return len(users.outside(scene, *AS_A_USER)) < REQUESTS


def _drops_requests(scene: Scene, service: BalancerService) -> str | None:
    """Return that targets are healthy by another port but requests fail; else None."""
    check, to = service.health_check.port, service.destination_port
    count = len(balancer.health(scene))
    healthy = balancer.count_with_health(scene, HealthStatus.HEALTHY)
    if (
        check == to
        or _few_requests(scene)
        or not count
        or healthy < count
        or not shares.tried_to_connect(scene)
    ):
        return None
    healthy_by = f"the health check on port {check} succeeds for all {count} targets"
    return f"{healthy_by}, but requests go to port {to}"


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Return how to allow the load balancer, and how to find what blocks it."""
    lb, service = balancer.load_balancer(scene), balancer.service(scene)
    private = any(t.use_private_ip for t in lb.leaves())
    own = lb.private_ips if private else (lb.ipv4,)
    source = next((a for a in own if a), "BALANCER")
    to = service.destination_port
    ports = ",".join(map(str, dict.fromkeys((to, service.health_check.port))))
    # A health check that succeeds on another port shows nothing about this one.
    passes = _drops_requests(scene, service)
    sends = _REQUESTS if passes else of_health_check(service.health_check)
    watch = capture(
        "On a node",
        Client("the load balancer", source, sends),
        (to,) if passes else (service.health_check.port,),
        before=_before_the_node(private=private),
        accepted="check the reply's way back (routes, private network), and repeat this"
        " on another node",
    )
    open_ports = allow(
        source,
        _filtered_ports(scene, to, service.health_check.port),
        when=NOT_THE_NODES_ADDRESS if private else NO_REPLY,
        routed=_routed_ports(scene, to),
    )
    if private:
        return watch, node_owns_address(source), open_ports
    cloud = _cloud_firewall_step(scene, source, ports)
    shown = _cloud_firewalls(scene)
    return (*cloud, watch, open_ports) if shown else (watch, *cloud, open_ports)


def _ingress_places(scene: Scene, to: int) -> tuple[frozenset[int], bool]:
    """Return the pods' ports behind a port, and whether the pods use hostNetwork.

    In iptables mode kube-proxy rewrites the NodePort to the pod's port before the
    node's firewall sees a packet; in IPVS mode the firewall sees the NodePort.
    """
    cluster = scene.cluster
    found = [
        e for e in (cluster.ingress_endpoints if cluster else None) or () if e.port
    ]
    of_nodes = {n.internal_ip for n in (cluster.nodes if cluster else None) or ()}
    return ingress.ports_behind(scene, to), any(e.address in of_nodes for e in found)


def _filtered_ports(scene: Scene, to: int, checked: int) -> tuple[int, ...]:
    """Return the ports to allow for packets that are addressed to the node itself."""
    ports, on_the_node = _ingress_places(scene, to)
    own = sorted(ports) if on_the_node else []
    return tuple(dict.fromkeys((to, checked, *own)))


def _routed_ports(scene: Scene, to: int) -> tuple[int, ...] | None:
    """Return the ports to allow for packets that the node forwards to a pod.

    None: pods get such packets, but on which port was not read.
    """
    ports, on_the_node = _ingress_places(scene, to)
    if on_the_node:
        return ()
    ends = scene.cluster.ingress_endpoints if scene.cluster else None
    return tuple(sorted(ports)) if ports or not ends else None


def _before_the_node(*, private: bool) -> str:
    """Return what can drop a packet before the node.

    Hetzner's Cloud Firewalls do not filter private networks.
    """
    return (
        "the private network (subnets, routes) drops them"
        if private
        else "Hetzner's Cloud Firewall or network drops them"
    )


def _cloud_firewall_step(scene: Scene, source: str, ports: str) -> tuple[NextStep, ...]:
    """Return how to add the missing Cloud Firewall rule, or where to find it.

    No step if the servers of all targets are known to have no Cloud Firewall.
    """
    blocked = [
        (t.firewalls, found)
        for t in nodes.targets(scene)
        if t.firewalls and (found := _blocked_ports(t, scene))
    ]
    if not blocked:
        return _read_cloud_firewalls(scene, source, ports)
    (name, *_), (port, *_) = blocked[0]
    rule = f"{quote(name)} --direction in --protocol tcp --port {port}"
    rule += f" --source-ips {source}/32"
    allowed = NextStep(
        text=f"In Cloud Firewall {name}, allow {source} to connect to port {port}.",
        command=f"hcloud firewall add-rule {rule}",
        undo=f"hcloud firewall delete-rule {rule}",
    )
    return (allowed,)


def _read_cloud_firewalls(
    scene: Scene, source: str, ports: str
) -> tuple[NextStep, ...]:
    """Return how to read the rules of the targets' Cloud Firewalls, if they have any.

    Commands: hetznercloud/cli, `internal/cmd/firewall` (`list -o columns`, `describe`).
    """
    targets = nodes.targets(scene)
    names = sorted({name for t in targets for name in t.firewalls or ()})
    if names:
        command = " && ".join(f"hcloud firewall describe {quote(n)}" for n in names)
    elif any(t.firewalls is None for t in targets):
        command = (
            "hcloud firewall list -o noheader -o columns=id"
            " | xargs -n 1 hcloud firewall describe"
        )
    else:
        return ()
    step = NextStep(
        text="Check whether the rules of a Cloud Firewall allow"
        f" {source} on port {ports}. Without any rule for it, the connection is"
        " dropped.",
        command=command,
    )
    return (step,)


CAUSE = Cause(
    id=ID,
    class_=Class.LOAD_BALANCER,
    hop=Hop.NODE,
    title="The load balancer cannot connect to the nodes",
    assess=assess,
    next_steps=next_steps,
    explains=("lb-no-healthy-target",),
)
