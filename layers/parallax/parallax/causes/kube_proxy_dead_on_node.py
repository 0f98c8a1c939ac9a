"""kube-proxy does not forward on one node.

Meaning: kube-proxy (or what replaces it) is stopped on one node, or its rules are old.
The node and its pods work, but the node forwards neither its NodePorts nor the cluster
IPs of Services. The load balancer still sends requests to it, because the health check
uses another port, or has not failed often enough.

Impact: the share of requests that the load balancer sends to this node fails: its slow
503, or a connection that closes without a response. All hosts of the ingress are
affected.

Diagnosis: the node's agent reports. The ingress's NodePort on this node does not even
accept a connection from the node itself, and neither does the Service's cluster IP.
Every other node accepts both, and other nodes reach pods on this node, so machine and
network work. The failing requests ended at the load balancer after connection attempts.

Neighbors: with `ingress-without-endpoints` the NodePort fails on every node. With
`nodeport-dropped-by-local-traffic-policy` the node responds to itself. With
`node-firewall-blocks-load-balancer` too. With `node-down` the node reports nothing.

Mitigation: restart kube-proxy on the node: its pod, or the k3s or RKE2 service.

Source: Kubernetes documentation, Virtual IPs and Service Proxies; Debug Services (is
kube-proxy working).
"""

from shlex import quote

from parallax.causes.cause import Cause, refuted, supported
from parallax.causes.curl import REFUSED, TIMED_OUT, on_node, status_of
from parallax.evidence import (
    balancer,
    between_nodes,
    forwarding,
    inside,
    nodes,
    shares,
)
from parallax.evidence.reading import Missing, evidence_so_far, need
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.balancer import HealthStatus
from parallax.model.judgement import Assessment, Class, Hop, NextStep
from parallax.model.probe import Role

ID = "kube-proxy-dead-on-node"


def assess(scene: Scene) -> Assessment:
    """Check whether one node forwards no NodePort, and requests are sent to it."""
    balancer.service(scene)
    own = need(scene.inside(Role.INGRESS), "a probe of a node's own NodePort")
    dead, alive = (
        forwarding.not_forwarding(scene),
        {p.node for p in own if inside.accepted(p)},
    )
    if not dead:
        return _none_is_dead(scene, alive)
    if not alive:
        share = f"{of(len(dead), len(dead))} nodes do not forward their NodePort"
        return refuted(ID, f"{share}, not only one")
    name, *more = dead
    if more:
        raise Missing(f"the reason why {len(dead)} nodes do not forward their NodePort")
    port = own[0].peer_port
    state = (
        f"{name} accepts no connection on its own NodePort {port} and its cluster IPs"
    )
    with evidence_so_far(f"{state}; {len(alive)} other nodes accept theirs"):
        reached, sent = _reached(scene, name), _still_used(scene, name)
        shares.failing_share(scene)
        if not shares.tried_to_connect(scene):
            raise Missing("failures after connection attempts of the load balancer")
    rest = f"{state}; {len(alive)} other nodes accept theirs"
    return supported(ID, rest, reached, shares.text(scene), sent)


def _none_is_dead(scene: Scene, alive: set[str | None]) -> Assessment:
    """Return a refutation if every node forwards its own NodePort."""
    every = {n.name for n in nodes.all_nodes(scene)}
    if nodes.fully_read(scene, "nodes") and every <= alive:
        share = f"{of(len(every), len(every))} nodes"
        return refuted(ID, f"{share} accept their own connections on their NodePort")
    left = sorted(every - alive)
    named = f" of {left[0]}" if left else ""
    raise Missing(f"whether every node forwards its NodePort (no response{named})")


def _reached(scene: Scene, name: str) -> str:
    """Return that the node and its pods can be reached, and reach others."""
    found = scene.inside(*between_nodes.POD_ADDRESSES)
    ways = [p for p in found if p.peer_node and p.node != p.peer_node]
    to = [p for p in ways if p.peer_node == name]
    every = [p for p in ways if name in {p.node, p.peer_node}]
    if not to or not all(map(inside.accepted, every)):
        raise Missing(f"connections of other nodes to pods on {name}, and back")
    return f"{of(len(to), len(to))} probes of other nodes to pods on {name} connected"


def _still_used(scene: Scene, name: str) -> str:
    """Return that the load balancer still sends requests to the node."""
    for target, status in balancer.health(scene):
        node = nodes.target_node(scene, target)
        if node is not None and node.name == name:
            if status is HealthStatus.UNHEALTHY:
                break
            report = balancer.health_report(scene)
            return f"the load balancer still uses {target.label}: {report}"
    raise Missing(f"proof that the load balancer sends requests to {name}")


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Return how to check kube-proxy on the node, and how to restart it."""
    name = forwarding.not_forwarding(scene)[0]
    own = next(p for p in scene.inside(Role.INGRESS) if p.node == name)
    address = str(own.peer_address)
    host = f"[{address}]" if ":" in address else address
    check = NextStep(
        text=f"Log in to {name} (the first line of the output is the machine's name)"
        f" and connect to its own NodePort. {TIMED_OUT} or {REFUSED} confirms the"
        " fault. A status, whichever it is, means that the node forwards now.",
        command=on_node(status_of(f"http://{host}:{own.peer_port}/")),
    )
    log = NextStep(
        text="Find the kube-proxy pod (or the Cilium agent) of the node, and read its"
        " log. k3s and RKE2 run kube-proxy in their own service: use `journalctl -u"
        " k3s -u k3s-agent -u rke2-agent` on the node.",
        command="kubectl -n kube-system get pods -o wide"
        f" --field-selector spec.nodeName={quote(name)}",
    )
    aside = NextStep(
        text="Until the repair, keep the load balancer away from the node. The cloud"
        " controller removes a node with this label from the targets.",
        command=f"kubectl label node {quote(name)}"
        " node.kubernetes.io/exclude-from-external-load-balancers=true",
        undo=f"kubectl label node {quote(name)}"
        " node.kubernetes.io/exclude-from-external-load-balancers-",
    )
    return check, log, aside


CAUSE = Cause(
    id=ID,
    class_=Class.BACKEND,
    hop=Hop.NODE,
    title="kube-proxy does not forward on one node",
    assess=assess,
    next_steps=next_steps,
)
