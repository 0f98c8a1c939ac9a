"""An attachment to the private network is in the state `error`.

Meaning: Hetzner's last change of the load balancer's or of the targets' attachment to
the private network failed. The API lists them as members, but packets may not arrive.

Impact: no connection to a target succeeds, so every target is unhealthy. Each request
gets 503 from the load balancer itself (an empty reply on a tcp service).

Diagnosis: the API reports the member of the network with status `error`: the load
balancer, or every target. Every target is unhealthy, and users get the load balancer's
own response.

Neighbors: without any attachment it is `lb-not-in-private-network`. With attachments in
order, a connection that times out is blocked at the node:
`node-firewall-blocks-load-balancer`.

Mitigation: detach and attach again. While a load balancer is detached, it reaches no
target.

Source: Hetzner Cloud API, network members (`status`), as hcloud-python 2.25 reads them.
Commands: hetznercloud/cli, `internal/cmd/loadbalancer/detach_from_network.go`.
"""

from shlex import quote

from parallax.causes.cause import Cause, refuted, supported
from parallax.causes.keeper import by_controller, log_command
from parallax.causes.undo import SAME_AGAIN
from parallax.evidence import balancer, health_check, nodes
from parallax.evidence.reading import Missing, evidence_so_far
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.judgement import Assessment, Class, Hop, NextStep

ID = "lb-network-attachment-failed"


def assess(scene: Scene) -> Assessment:
    """Check whether the attachment of the balancer, or of all targets, failed."""
    balancer.service(scene)
    nodes.some_targets(scene)
    lb, found = balancer.load_balancer(scene), nodes.targets(scene)
    if healthy := health_check.usable_target(scene):
        return refuted(ID, healthy)
    if not any(t.use_private_ip for t in found):
        return refuted(ID, f"{lb.name} does not use private addresses of its targets")
    if lb.networks == ():
        return refuted(ID, f"{lb.name} is attached to no network")
    if lb.attachment_failed is None:
        raise Missing("the state of the attachments to the private network")
    failed = [t for t in found if t.attachment_failed]
    if not lb.attachment_failed and len(failed) < len(found):
        share = of(len(found) - len(failed), len(found))
        state = "in order at Hetzner"
        return refuted(
            ID, f"the attachments of {lb.name} and {share} targets are {state}"
        )
    who = lb.name if lb.attachment_failed else f"{of(len(failed), len(found))} targets"
    state = f"Hetzner reports status error for the network attachment of {who}"
    with evidence_so_far(state):
        own = health_check.response_without_targets(scene)
    return supported(ID, state, balancer.health_report(scene), own)


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Return how to attach again, the load balancer or a server."""
    lb = balancer.load_balancer(scene)
    network = next(iter(lb.networks or ()), "NETWORK")
    failed = [t for t in nodes.targets(scene) if t.attachment_failed and t.server_name]
    look = NextStep(
        text="Check that the status of every target becomes healthy.",
        command=f"hcloud load-balancer describe {quote(lb.name)}",
    )
    if not lb.attachment_failed and failed:
        name, address = quote(str(failed[0].server_name)), failed[0].ip
        ip = f" --ip {address}" if address else ""
        again = NextStep(
            text=f"Detach {failed[0].server_name} and attach it again with the same"
            " address, then the other targets one after the other.",
            command=f"hcloud server detach-from-network {name} --network {network} &&"
            f" hcloud server attach-to-network {name} --network {network}{ip}",
            undo_note=SAME_AGAIN,
        )
        return again, look
    name = quote(lb.name)
    ip = f" --ip {lb.private_ips[0]}" if lb.private_ips else ""
    again = NextStep(
        text="Detach the load balancer and attach it again with the same address.",
        command=f"hcloud load-balancer detach-from-network {name} --network {network}"
        f" && hcloud load-balancer attach-to-network {name} --network {network}{ip}",
        undo_note=SAME_AGAIN,
    )
    again = by_controller(
        scene,
        again,
        what="The controller attaches it to the network of its variable HCLOUD_NETWORK."
        " See whether it tries: its events and its log. If it does not, detach the"
        f" load balancer from network {network} in the console; the controller attaches"
        " it again.",
        command=log_command(),
    )
    return again, look


CAUSE = Cause(
    id=ID,
    class_=Class.LOAD_BALANCER,
    hop=Hop.LOAD_BALANCER,
    title="An attachment to the private network failed",
    assess=assess,
    next_steps=next_steps,
    explains=("lb-no-healthy-target", "node-firewall-blocks-load-balancer"),
)
