"""The load balancer asks its targets privately and shares no network with them.

Meaning: the targets are used by their private addresses, while the balancer is in no
private network, or in none that the targets' servers are in.

Impact: no connection to a target comes about, every target is unhealthy, and each
request gets 503 from the balancer itself (an empty reply on a tcp service).

Diagnosis: the API alone tells: `use_private_ip`, the balancer's `private_net` and the
servers' networks; every target is unhealthy, and the balancer's own word is what users
get. No agent is needed.

Neighbors: in a common network, what gets no connection is stopped at the node:
`node-firewall-blocks-load-balancer`. Targets that are no nodes at all are
`lb-targets-not-the-ingress-nodes`. A network that was not read leaves this open.

Mitigation: attach the balancer to the servers' network; targets come back by
themselves.

Source: reference hetzner.md, section 4 (hcloud-cloud-controller-manager issues 222 and
270). Commands: hetznercloud/cli, `internal/cmd/loadbalancer/attach_to_network.go`.
"""

from shlex import quote

from parallax.causes.cause import Cause, refuted, supported
from parallax.evidence import balancer, health_check, networks, nodes
from parallax.evidence.reading import Missing, evidence_so_far
from parallax.evidence.scene import Scene
from parallax.model.finding import Assessment, Class, Hop, NextStep

ID = "lb-not-in-private-network"


def assess(scene: Scene) -> Assessment:
    """Ask whether balancer and targets share a private network."""
    balancer.service(scene)
    if healthy := health_check.usable_target(scene):
        return refuted(ID, healthy)
    state = networks.all_cut_off(scene)
    if state is None:
        if networks.networks_known(scene) and not networks.cut_off(scene):
            return refuted(ID, "no target is asked in a network it does not share")
        raise Missing("the private networks of balancer and targets")
    with evidence_so_far(state):
        word = health_check.response_without_targets(scene)
    return supported(ID, state, balancer.health_text(scene), word)


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Tell how to bring balancer and targets together."""
    lb = balancer.load_balancer(scene)
    name = quote(lb.name)
    found = [n for t in nodes.targets(scene) for n in t.networks or ()]
    network = max(set(found), key=found.count) if found else "NETWORK"
    attach = NextStep(
        text="Attach the balancer to the network of its targets.",
        command=f"hcloud load-balancer attach-to-network {name} --network {network}",
    )
    label = next((t.server_name for t in networks.cut_off(scene)), None)
    look = NextStep(
        text="See which networks the servers are in.",
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
