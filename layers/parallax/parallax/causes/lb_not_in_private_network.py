"""The load balancer shares no private network with targets that need one.

Meaning: the targets are used by their private addresses. The load balancer is in no
private network, or in none of the servers' networks.

Impact: no connection to a target succeeds, so every target is unhealthy. Each request
gets 503 from the load balancer itself (an empty reply on a tcp service).

Diagnosis: the API alone shows it: `use_private_ip`, the load balancer's `private_net`
and the servers' networks. Every target is unhealthy, and users get the load balancer's
own response. No agent is needed.

Neighbors: within a shared network, failing connections are blocked at the node:
`node-firewall-blocks-load-balancer`. Targets that are not nodes are
`lb-targets-not-the-ingress-nodes`. If a network was not read, this cause stays
undetermined.

Mitigation: attach the load balancer to the servers' network. Targets then become
healthy without further changes.

Source: Hetzner Cloud API, load balancers; hcloud-cloud-controller-manager issues 222
and 270. Commands: hetznercloud/cli, `internal/cmd/loadbalancer/attach_to_network.go`.
"""

from shlex import quote

from parallax.causes.cause import Cause, refuted, supported
from parallax.causes.keeper import by_controller, wrong_annotation
from parallax.evidence import balancer, health_check, networks, nodes
from parallax.evidence.reading import Missing, evidence_so_far
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.judgement import Assessment, Class, Hop, NextStep

ID = "lb-not-in-private-network"

_CONTROLLERS_NETWORK = (
    "kubectl -n kube-system get deployment,daemonset"
    " hcloud-cloud-controller-manager --ignore-not-found -o yaml | grep -A6"
    " HCLOUD_NETWORK; kubectl -n {space} describe service {name} | grep"
    " load-balancer.hetzner.cloud/"
)


def assess(scene: Scene) -> Assessment:
    """Check whether load balancer and targets share a private network."""
    balancer.service(scene)
    nodes.some_targets(scene)
    if healthy := health_check.usable_target(scene):
        return refuted(ID, healthy)
    state = networks.all_cut_off(scene)
    if state is None:
        if networks.networks_known(scene) and not networks.cut_off(scene):
            return refuted(ID, _no_target_needs_one(scene))
        raise Missing("the private networks of load balancer and targets")
    with evidence_so_far(state):
        own = health_check.response_without_targets(scene)
    where = _their_network(scene)
    shown = (f"Hetzner reports {where}",) if where else ()
    wrong = wrong_annotation(scene, "use-private-ip", "private-subnet-ip-range")
    return supported(ID, state, *shown, balancer.health_report(scene), own, *wrong)


def _network(scene: Scene) -> int | None:
    """Return the private network in which most targets are; None: not read."""
    found = [n for t in nodes.targets(scene) for n in t.networks or ()]
    return max(set(found), key=found.count) if found else None


def _their_network(scene: Scene) -> str | None:
    """Return e.g. `5 of 5 targets in network 4711`; None: not read."""
    network, found = _network(scene), nodes.targets(scene)
    if network is None:
        return None
    count = sum(network in (t.networks or ()) for t in found)
    return f"{of(count, len(found))} targets in network {network}"


def _no_target_needs_one(scene: Scene) -> str:
    """Return why no private network is missing: shared, or not needed."""
    name = balancer.name(scene)
    if any(target.use_private_ip for target in nodes.targets(scene)):
        return f"{name} shares a private network with its targets"
    return f"{name} does not use private addresses of its targets"


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Return how to attach the load balancer to the servers' network."""
    lb = balancer.load_balancer(scene)
    name = quote(lb.name)
    where, network = _their_network(scene), _network(scene) or "NETWORK"
    attach = NextStep(
        text=f"Attach the load balancer to the network of its targets: Hetzner reports"
        f" {where}."
        if where
        else "Attach the load balancer to the network of its targets. Replace NETWORK"
        " by the network that the other step shows.",
        command=f"hcloud load-balancer attach-to-network {name} --network {network}",
        undo=f"hcloud load-balancer detach-from-network {name} --network {network}",
    )
    attach = by_controller(
        scene,
        attach,
        what="The controller attaches it to the network that its variable"
        f" HCLOUD_NETWORK names; set it to the targets' network {network}."
        " Or set the annotation load-balancer.hetzner.cloud/use-private-ip to false.",
        command=_CONTROLLERS_NETWORK,
    )
    label = next((t.server_name for t in networks.cut_off(scene)), None)
    look = NextStep(
        text=f"See the private networks of {label}, one of the targets."
        if label
        else "List the networks and their servers.",
        command=f"hcloud server describe {quote(label)}"
        if label
        else "hcloud network list",
    )
    healthy = NextStep(
        text="Check that the status of every target becomes healthy.",
        command=f"hcloud load-balancer describe {name}",
    )
    return (attach, healthy) if where else (look, attach, healthy)


CAUSE = Cause(
    id=ID,
    class_=Class.LOAD_BALANCER,
    hop=Hop.LOAD_BALANCER,
    title="The load balancer shares no private network with its targets",
    assess=assess,
    next_steps=next_steps,
    explains=("lb-no-healthy-target",),
)
