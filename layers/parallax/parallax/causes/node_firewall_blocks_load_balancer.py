"""Something on the nodes stops the load balancer's connections.

Meaning: the ingress's NodePort answers every node, and only the balancer gets no
connection: a firewall of the nodes (UFW, nftables), or Hetzner's if the balancer comes
by public addresses, lets it not in. Or it lets nobody in: each node answers itself, and
other nodes get to its pods, but not to its NodePort. In kube-proxy's IPVS mode a node
that took the balancer's own private address for itself looks the same as the first; the
last step tells.

Impact: with the check on that port every target is unhealthy and each request gets 503
at once; with the check on another, open port all look healthy and each request gets 503
after the balancer has tried to connect. All hosts of the port are down.

Diagnosis: port, network and targets are right; nodes get answers from each other at the
destination port. Then either Hetzner says `layer4_timeout` or `layer4_no_connection` of
every target, or all are healthy by another port and the balancer's own 503 is slow. Or
all are unhealthy, and no node gets a connection at another one's port either.

Neighbors: without Hetzner's word it is `lb-no-healthy-target`, which names both this
and the health check's content. A port of nobody is `lb-health-check-wrong-port` or
`lb-wrong-destination-port`; no common network `lb-not-in-private-network`; a node
without an ingress pod under policy Local `nodeport-dropped-by-local-traffic-policy`.

Mitigation: allow the balancer's address to the NodePort on every node; with public
addresses also in the Cloud Firewall. In IPVS mode set the Service's
`load-balancer.hetzner.cloud/disable-private-ingress`.

Source: reference hetzner.md, sections 2, 4 and 6 (hcloud-cloud-controller-manager
issues 185 and 212).
"""

from shlex import quote

from parallax.causes.cause import Cause, refuted, supported
from parallax.evidence import (
    answers,
    balancer,
    health_check,
    networks,
    nodes,
    overlay,
    shares,
    time,
    users,
)
from parallax.evidence.reading import Missing, evidence_so_far, need
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.balancer import BalancerService, BalancerTarget, HealthStatus
from parallax.model.finding import Assessment, Class, Hop, NextStep

ID = "node-firewall-blocks-load-balancer"


def assess(scene: Scene) -> Assessment:
    """Ask whether only the balancer gets no connection to the nodes."""
    service = balancer.service(scene)
    passed = answers.request_passed(scene)
    if passed and not answers.responded_directly(scene):
        return refuted(ID, f"{passed}, so the balancer gets through")
    to = service.destination_port
    with evidence_so_far(balancer.health_text(scene)):
        _all_else_is_right(scene, to)
        what = "a word that the balancer gets no connection"
        shown = (
            overlay.closed_to_other_nodes(scene, to)
            or health_check.refused_connection(scene)
            or _drops_requests(scene, service)
        )
        shown, word = need(shown, what), need(answers.own_response.maybe(scene), what)
    across = overlay.across_text(scene, to)
    return supported(ID, shown, *_cloud_firewalls(scene), across, word)


def _cloud_firewalls(scene: Scene) -> tuple[str, ...]:
    """Say which of Hetzner's firewalls shut a port of the service to the balancer."""
    shut = [(t, found) for t in nodes.targets(scene) if (found := _shut(t, scene))]
    names = sorted({name for t, _ in shut for name in t.firewalls or ()})
    if not names:
        return ()
    ports = ", ".join(f":{port}" for port in shut[0][1])
    at = of(len(shut), len(nodes.targets(scene)))
    return (f"no rule of {', '.join(names)} lets it in on {ports} ({at} targets)",)


def _shut(target: BalancerTarget, scene: Scene) -> list[int]:
    """Return the ports of the service that users meet which no rule opens."""
    service = balancer.service(scene)
    used = {service.destination_port, service.health_check.port}
    return sorted(used.intersection(target.firewall_drops))


def _all_else_is_right(scene: Scene, to: int) -> None:
    """Raise what is missing for everything but the balancer's own way to be right."""
    ingress_service = health_check.served_ingress(scene)
    if reason := health_check.misconfiguration(scene):
        raise Missing(f"whether a firewall stops the balancer as well: {reason}")
    if to not in ingress_service.node_ports:
        raise Missing(f"whose port :{to} is")
    users.failed(scene)
    if passed := answers.request_passed(scene):
        raise Missing(f"how a request got through: {passed}")
    if nodes.is_local(scene) and not _let_in(scene):
        raise Missing(
            "whether policy Local drops them: some targets run no ingress pod"
        )
    if networks.may_lack_network(scene):
        what = "whether the balancer is in a private network with its targets"
        raise Missing(what)
    if late := time.recovery_pending(scene):
        raise Missing(late)
    if not overlay.closed_to_other_nodes(scene, to):
        overlay.answered_across(scene, to)


def _let_in(scene: Scene) -> bool:
    """Say whether policy Local lets the balancer in where it gets no connection.

    To targets with an ingress pod; those without may only explain a share.
    """
    having, without = nodes.by_ingress_pod(scene)
    return bool(having) and (
        not without or health_check.refused_connection(scene) is not None
    )


def _drops_requests(scene: Scene, service: BalancerService) -> str | None:
    """Say that the check is green elsewhere and requests find nobody; None: not so."""
    check, to = service.health_check.port, service.destination_port
    count = len(balancer.health(scene))
    healthy = balancer.count_with_health(scene, HealthStatus.HEALTHY)
    if (
        check == to
        or not count
        or healthy < count
        or not shares.tried_to_connect(scene)
    ):
        return None
    return f"all {count} targets are healthy by :{check}, and requests go to :{to}"


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Tell how to let the balancer in, and how to see who stops it."""
    lb, service = balancer.load_balancer(scene), balancer.service(scene)
    private = any(t.use_private_ip for t in lb.leaves())
    own = lb.private_ips if private else (lb.ipv4,)
    source = next((a for a in own if a), "BALANCER")
    to = service.destination_port
    ports = ",".join(map(str, dict.fromkeys((to, service.health_check.port))))
    allow = NextStep(
        text="On every node, let the balancer in.",
        command=f"sudo ufw allow proto tcp from {source} to any port {ports}",
    )
    watch = NextStep(
        text="On a node, see who stops it: a SYN without an answer is a firewall, or"
        " the node itself has the balancer's address (IPVS); no SYN: Hetzner's"
        " firewall or network.",
        command=f"sudo tcpdump -ni any 'tcp port {to} and host {source}'",
    )
    ipvs = NextStep(
        text="See whether the node took the balancer's address for itself.",
        command=f"ip -brief address | grep -F {quote(source)}",
    )
    if private:
        return allow, watch, ipvs
    cloud = _through_the_cloud(scene, source, ports)
    return (cloud, allow, watch) if _cloud_firewalls(scene) else (allow, cloud, watch)


def _through_the_cloud(scene: Scene, source: str, ports: str) -> NextStep:
    """Tell how to add the rule that is missing, or where to look for it."""
    shut = [
        (t.firewalls, found)
        for t in nodes.targets(scene)
        if t.firewalls and (found := _shut(t, scene))
    ]
    if not shut:
        return NextStep(
            text=f"See whether a Cloud Firewall lets {source} in to :{ports}.",
            command="hcloud firewall list",
        )
    (name, *_), (port, *_) = shut[0]
    return NextStep(
        text=f"In Hetzner's firewall {name}, let the balancer in on :{port}.",
        command=f"hcloud firewall add-rule {quote(name)} --direction in --protocol tcp"
        f" --port {port} --source-ips {source}/32",
    )


CAUSE = Cause(
    id=ID,
    class_=Class.LOAD_BALANCER,
    hop=Hop.NODE,
    title="The nodes let everybody in but the load balancer",
    assess=assess,
    next_steps=next_steps,
    explains=("lb-no-healthy-target",),
)
