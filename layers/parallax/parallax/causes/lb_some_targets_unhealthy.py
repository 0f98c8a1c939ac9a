"""Some of the load balancer's targets are unhealthy, and requests fail by turns.

Meaning: connections to some targets do not come about, or come and go; until the health
check has taken such a target out, and each time it lets it in again, requests that the
balancer sends there fail.

Impact: a share of the requests gets 503, 502 or 504 from the balancer itself, mostly
slow; the rest is answered well. Sticky sessions can pin a user to the bad share.

Diagnosis: by shares. Fresh health shows some targets unhealthy and others healthy; the
failing requests ended at the balancer itself and stand in no ingress log; the good ones
got through.

Neighbors: with all targets unhealthy it is one of the causes that say why. Where policy
Local rightly makes just the nodes without an ingress pod unhealthy, those are not to
blame: `nodeport-dropped-by-local-traffic-policy` or unknown. Failures that the ingress
wrote follow a replica or a pod: `ingress-replica-out-of-step`,
`pod-refuses-connection`.

Mitigation: take the unhealthy targets out, so that users are served; then look at those
servers: are they up, is a firewall in the way, are they overloaded?

Source: reference hetzner.md, sections 3 and 4; signatures.md, section 3.1.
"""

from shlex import quote

from parallax.causes.cause import Cause, refuted, supported
from parallax.evidence import (
    balancer,
    ingress,
    inside,
    logs,
    nodes,
    overlay,
    pods,
    shares,
)
from parallax.evidence.reading import Missing, evidence_so_far, need
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.balancer import BalancerTarget, HealthStatus
from parallax.model.finding import Assessment, Class, Hop, NextStep
from parallax.model.probe import Role

ID = "lb-some-targets-unhealthy"
BROKEN = 500
AFTER_CONNECTING = (502, 504)
"""What the balancer says of a target that it got a connection to."""


def assess(scene: Scene) -> Assessment:
    """Ask whether a share of requests fails for want of some targets."""
    balancer.service(scene)
    bad, state = _unhealthy(scene), balancer.health_text(scene)
    if not bad and not balancer.count_with_health(scene, HealthStatus.UNKNOWN):
        return refuted(ID, state)
    with evidence_so_far(state):
        _explain_the_share(scene, bad)
    listed = ", ".join(_named(t) for t in bad)
    return supported(ID, shares.text(scene), f"{state}: {listed}")


def _unhealthy(scene: Scene) -> list[BalancerTarget]:
    seen = balancer.health(scene)
    return [t for t, status in seen if status is HealthStatus.UNHEALTHY]


def _named(target: BalancerTarget) -> str:
    status = target.server_status
    return target.label if status in {None, "running"} else f"{target.label} ({status})"


def _explain_the_share(scene: Scene, bad: list[BalancerTarget]) -> None:
    """Raise what is missing for the unhealthy targets to explain the failing share."""
    if not bad:
        raise Missing("the balancer's word about every target")
    if not balancer.count_with_health(scene, HealthStatus.HEALTHY):
        raise Missing("a target that is healthy")
    if nodes.is_local(scene):
        having, _ = nodes.by_ingress_pod(scene)
        if not [t for t in bad if t in having]:
            what = "why it fails: policy Local rightly takes nodes without a pod out"
            raise Missing(what)
    if doubt := (
        _silent_inside(scene, bad) or _rightly_out(scene) or _nodes_apart(scene)
    ):
        raise Missing(doubt)
    if cut := overlay.nodeports_cut_off(scene):
        raise Missing(f"whether it is the way between nodes: {cut}")
    connected = any(
        p.status_code in AFTER_CONNECTING for p in shares.ended_at_balancer(scene)
    )
    if connected and not logs.all_read(scene):
        raise Missing("the ingress logs: these requests may have arrived")
    shares.failing_share(scene)


def _nodes_apart(scene: Scene) -> str | None:
    """Say that no node gets to another's pods; a NodePort may need that way.

    Under policy Cluster: then targets without an ingress pod are cut off as well.
    """
    afar = pods.from_other_nodes(scene)
    cut = [p for p in afar if not inside.accepted(p)]
    pairs = {(p.node, p.peer_node) for p in cut}
    if nodes.is_local(scene) or len(pairs) < overlay.PAIRS:
        return None
    if len(cut) < len(afar):
        return None
    share = f"{of(len(cut), len(afar))} pod probes from other nodes"
    return f"whether it is the way between nodes: {share} got no connection"


def _rightly_out(scene: Scene) -> str | None:
    """Say that a health check that wants a good answer may take targets out for one.

    The app or the ingress answers errors inside as well; a tcp check meets neither.
    """
    if balancer.service(scene).health_check.protocol == "tcp":
        return None
    asked = (*ingress.probes(scene), *scene.inside(Role.POD))
    bad = [p for p in asked if (p.status_code or 0) >= BROKEN]
    if not bad:
        return None
    share = of(len(bad), len(asked))
    return f"whether the health check is right: inside, {share} answers are errors"


def _silent_inside(scene: Scene, bad: list[BalancerTarget]) -> str | None:
    """Say that the other nodes get no answer there either, though the server runs."""
    for target in bad:
        node = nodes.target_node(scene, target)
        asked = [
            p
            for p in scene.inside(Role.INGRESS_OTHER)
            if node and p.peer_node == node.name
        ]
        runs = target.server_status in {None, "running"} and (not node or node.ready)
        if runs and asked and all(p.status_code is None for p in asked):
            return f"why {target.label} answers the other nodes as little"
    return None


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Tell how to take the unhealthy targets out, and what to look at there."""
    lb, service = balancer.load_balancer(scene), balancer.service(scene)
    bad = need(_unhealthy(scene), "an unhealthy target")
    name, servers = quote(lb.name), [t for t in bad if t.server_name]
    look = NextStep(
        text="See which targets are unhealthy, and on which port.",
        command=f"hcloud load-balancer describe {name}",
    )
    private = any(t.use_private_ip for t in bad)
    source = next(iter(lb.private_ips if private else ()), lb.ipv4)
    watch = NextStep(
        text=f"On {bad[0].label}, see whether the balancer's connections are answered.",
        command=f"sudo tcpdump -ni any 'tcp port {service.destination_port}"
        f" and host {source or 'BALANCER'}'",
    )
    if any(t.selector for t in lb.targets) or not servers:
        return look, watch
    names = " ".join(quote(str(t.server_name)) for t in servers)
    out = NextStep(
        text="Take them out until they are well (the cloud controller may add them"
        " again; then exclude the node).",
        command=f"for node in {names}; do hcloud load-balancer remove-target {name}"
        ' --server "$node"; done',
    )
    return out, watch, look


CAUSE = Cause(
    id=ID,
    class_=Class.LOAD_BALANCER,
    hop=Hop.LOAD_BALANCER,
    title="Some of the load balancer's targets are unhealthy",
    assess=assess,
    next_steps=next_steps,
)
