"""Hetzner blocks the load balancer's public address.

Meaning: Hetzner has blocked the address that users connect to, for example after an
abuse report that nobody answered. The load balancer itself and everything behind it
work.

Impact: every connection to that address times out, for all hosts and ports. A second
address of the load balancer (IPv4 or IPv6) may still work.

Diagnosis: the Hetzner API reports `blocked` for the address. No request to it gets a
connection. Inside the cluster everything responds.

Neighbors: a missing service refuses connections: `lb-no-service-for-port`. A name that
leads to another address is `dns-stale-address`.

Mitigation: answer the abuse report; Hetzner then removes the block. Until then, serve
users at another address.

Source: Hetzner Cloud API, load balancers (`public_net.ipv4.blocked`), as hcloud-python
2.27 reads it.
"""

from shlex import quote

from parallax.causes.cause import Cause, refuted, supported
from parallax.evidence import balancer, users
from parallax.evidence.reading import Missing, evidence_so_far
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.judgement import Assessment, Class, Hop, NextStep
from parallax.model.probe import AS_A_USER, ErrorType, Probe, Role

ID = "lb-address-blocked"


def assess(scene: Scene) -> Assessment:
    """Check whether Hetzner blocks the address to which users cannot connect."""
    lb = balancer.load_balancer(scene)
    probes = _sent_there(scene)
    if reached := [p for p in probes if not _is_silent(p)]:
        address = reached[0].peer_address or f"the address of {lb.name}"
        how = "refuses" if reached[0].error_phase == "connect" else "accepts"
        return refuted(ID, f"{address} {how} connections, so packets reach it")
    if lb.blocked_addresses is None:
        raise Missing(f"whether Hetzner blocks an address of {lb.name}")
    if not lb.blocked_addresses:
        return refuted(ID, f"Hetzner blocks no address of {lb.name}")
    listed = ", ".join(lb.blocked_addresses)
    state = f"Hetzner reports the address {listed} of {lb.name} as blocked"
    with evidence_so_far(state):
        failed = users.failed(scene)
        there = [p for p in failed if _is_blocked(lb.blocked_addresses, p)]
        if not there or 2 * len(there) <= len(failed):
            raise Missing("failing requests to the blocked address")
    share = of(len(there), len(failed))
    return supported(ID, state, f"{share} failing requests got no connection to it")


def _sent_there(scene: Scene) -> list[Probe]:
    """Return the external probes that were sent to the load balancer's addresses."""
    sent = users.outside(scene, *AS_A_USER, Role.DIRECT)
    lb = balancer.load_balancer(scene)
    found = [p for p in sent if balancer.was_sent_to_balancer(scene, p)]
    if not lb.blocked_addresses:
        return found
    return [p for p in found if _is_blocked(lb.blocked_addresses, p)]


def _is_blocked(blocked: tuple[str, ...], probe: Probe) -> bool:
    address = probe.peer_address
    return address is not None and any(
        balancer.same_address(address, one) for one in blocked
    )


def _is_silent(probe: Probe) -> bool:
    """Return whether nothing responds at the address; a refusal is a response."""
    refused = probe.error_type is ErrorType.CONNECTION_REFUSED
    return probe.status_code is None and probe.error_phase == "connect" and not refused


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Return how to see the block, and how to end it."""
    lb = balancer.load_balancer(scene)
    listed = ", ".join(lb.blocked_addresses or ())
    see = NextStep(
        text=f"Check that Hetzner blocks {listed}.",
        command=f"hcloud load-balancer describe {quote(lb.name)} -o json | grep -B1 -A1"
        " blocked",
    )
    answer = NextStep(
        text="Answer Hetzner's abuse report: it was sent to the e-mail address of the"
        " project's owner, and the console shows it. Without a report, open a support"
        " request that names the address.",
    )
    return see, answer


CAUSE = Cause(
    id=ID,
    class_=Class.LOAD_BALANCER,
    hop=Hop.LOAD_BALANCER,
    title="Hetzner blocks the load balancer's address",
    assess=assess,
    next_steps=next_steps,
)
