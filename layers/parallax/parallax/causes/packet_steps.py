"""Packet steps: how to find where connections to a node's port get lost.

In: the client's address, the ports, the node. Out: next steps, each with a command. The
first one looks at the packets, so nothing is changed before the place is known.
It does not: judge. Four causes share it.
Source: kubernetes/kubernetes issue 79783 and hcloud-cloud-controller-manager issue 212
(IPVS: a node with the load balancer's address drops its packets); ufw(8), `prepend` and
`route`; netfilter (kube-proxy's iptables rules rewrite the port before the filter).
"""

from collections.abc import Sequence
from shlex import quote
from typing import NamedTuple

from parallax.model.balancer import HealthCheck
from parallax.model.judgement import NextStep

NO_REPLY = "Only if a SYN got no reply"
NOT_THE_NODES_ADDRESS = f"{NO_REPLY} and `ip` printed no line"
"""When the firewall comes next, after `node_owns_address`."""
ELSEWHERE = "With another firewall (nftables, Cilium), add the same"
WATCHED = 60
"""Seconds of a capture, at least."""


class Traffic(NamedTuple):
    """What sends packets while a capture runs, and how long to wait for them."""

    text: str
    seconds: int = WATCHED


class Client(NamedTuple):
    """Who connects to a node, for a reader, its address, and what it sends."""

    name: str
    address: str
    sends: Traffic


def of_health_check(check: HealthCheck) -> Traffic:
    """Return that a health check sends packets by itself, twice in a capture."""
    seconds = max(WATCHED, 2 * check.interval)
    text = f"The health check sends packets by itself, every {check.interval} s."
    return Traffic(text, seconds)


def capture(
    where: str,
    client: Client,
    ports: Sequence[int],
    *,
    before: str,
    accepted: str,
) -> NextStep:
    """Return how to see whether packets arrive at a node, and what each result means.

    Silence means something only if the client sends packets. `before` is what can
    drop them earlier; `accepted` is what a reply means.
    """
    each = " or ".join(str(port) for port in dict.fromkeys(ports))
    several, traffic = len(set(ports)) > 1, client.sends
    return NextStep(
        text=f"{where}, watch for {traffic.seconds} s whether packets from"
        f" {client.name} ({client.address}) arrive on port {each}. {traffic.text} If no"
        f" line appears, {before}. If only `Flags [S]` (SYN) appears, the node itself"
        " drops the packets, not a Cloud Firewall. If the node replies `Flags [R.]` to"
        " a SYN, nothing listens on the port, or a rule rejects the connection. If it"
        f" replies `Flags [S.]` (SYN-ACK), {accepted}.",
        command=f"sudo timeout {traffic.seconds} tcpdump -ni any 'tcp port"
        f" {f'({each})' if several else each} and host {client.address}'",
    )


def node_owns_address(source: str) -> NextStep:
    """Return how to see whether kube-proxy gave the node the load balancer's address.

    The node then drops packets from it, as they claim to come from itself.
    """
    return NextStep(
        text="On the same node, check whether the node has the load balancer's address."
        f" No line is good. A line means that kube-proxy in IPVS mode gave {source} to"
        " the node, which then drops the load balancer's packets: set the annotation"
        ' load-balancer.hetzner.cloud/disable-private-ingress: "true" on the ingress'
        " Service.",
        command=f"ip -brief address | grep -wF {quote(source)}",
    )


def firewall_rules(when: str) -> NextStep:
    """Return how to look for the rule that drops the load balancer's packets."""
    return NextStep(
        text=f"{when}, look for the rule of the node's firewall that drops the packets."
        " The command is for ufw; for another firewall, use `sudo nft list ruleset`.",
        command="sudo ufw status numbered",
    )


def allow(
    source: str,
    ports: Sequence[int],
    *,
    when: str,
    where: str = "on every node",
    routed: Sequence[int] | None = (),
) -> NextStep:
    """Return how to allow a client at a node's firewall, in front of other rules.

    `routed`: ports of pods with an address of their own. Packets to them are
    forwarded, and ufw has separate rules for these. None: which ports is not known.
    """
    listed = ",".join(map(str, ports))
    add = f"allow proto tcp from {source} to any"
    command = f"sudo ufw prepend {add} port {listed}"
    undo = f"sudo ufw delete {add} port {listed}"
    puts, each, same = "a rule", "", "rule"
    if routed is None or routed:
        inner = f" port {','.join(map(str, routed))}" if routed else ""
        command += f" && sudo ufw route prepend {add}{inner}"
        undo += f" && sudo ufw route delete {add}{inner}"
        puts, same, each = "two rules", "two rules", _each(ports, routed)
    return NextStep(
        text=f"{when}: if `sudo ufw status` prints active, run this {where}. It puts"
        f" {puts} in front of all others.{each} {ELSEWHERE} {same}.",
        command=command,
        undo=undo,
    )


def _each(ports: Sequence[int], routed: Sequence[int] | None) -> str:
    """Return what each of the two rules is for."""
    pods = f"{_ports(routed)} of the ingress pods" if routed else "the ingress pods"
    unread = (
        ""
        if routed
        else " The second has no port, because the pods' port was not read."
    )
    return (
        f" The first is for {_ports(ports)} of the node, the second for packets that"
        f" the node forwards to {pods}.{unread}"
    )


def _ports(numbers: Sequence[int]) -> str:
    word = "port" if len(numbers) == 1 else "ports"
    return f"{word} {', '.join(map(str, numbers))}"
