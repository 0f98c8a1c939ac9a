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
from parallax.evidence import balancer, health_check, networks, nodes
from parallax.evidence.reading import Missing, evidence_so_far
from parallax.evidence.scene import Scene
from parallax.model.judgement import Assessment, Class, Hop, NextStep

ID = "lb-not-in-private-network"


def assess(scene: Scene) -> Assessment:
    """Check whether load balancer and targets share a private network."""
    balancer.service(scene)
    if healthy := health_check.usable_target(scene):
        return refuted(ID, healthy)
    state = networks.all_cut_off(scene)
    if state is None:
        if networks.networks_known(scene) and not networks.cut_off(scene):
            return refuted(ID, _no_target_needs_one(scene))
        raise Missing("the private networks of load balancer and targets")
    with evidence_so_far(state):
        own = health_check.response_without_targets(scene)
    return supported(ID, state, balancer.health_report(scene), own)


def _no_target_needs_one(scene: Scene) -> str:
    """Return why no private network is missing: shared, or not needed."""
    name = balancer.name(scene)
    if not nodes.targets(scene):
        return f"{name} has no targets"
    if any(target.use_private_ip for target in nodes.targets(scene)):
        return f"{name} shares a private network with its targets"
    return f"{name} does not use private addresses of its targets"


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Return how to attach the load balancer to the servers' network."""
    lb = balancer.load_balancer(scene)
    name = quote(lb.name)
    found = [n for t in nodes.targets(scene) for n in t.networks or ()]
    network = max(set(found), key=found.count) if found else "NETWORK"
    attach = NextStep(
        text="Attach the load balancer to the network of its targets.",
        command=f"hcloud load-balancer attach-to-network {name} --network {network}",
    )
    label = next((t.server_name for t in networks.cut_off(scene)), None)
    which = f" in network {network}" if found else " in that network"
    look = NextStep(
        text=f"Check that {label}, one of the targets, is{which}."
        if label
        else "List the networks and their servers.",
        command=f"hcloud server describe {quote(label)}"
        if label
        else "hcloud network list",
    )
    return attach, look


CAUSE = Cause(
    id=ID,
    class_=Class.LOAD_BALANCER,
    hop=Hop.LOAD_BALANCER,
    title="The load balancer shares no private network with its targets",
    assess=assess,
    next_steps=next_steps,
    explains=("lb-no-healthy-target",),
)
