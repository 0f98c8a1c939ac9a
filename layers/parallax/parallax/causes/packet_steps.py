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

from parallax.model.judgement import NextStep


class Client(NamedTuple):
    """Who connects to a node, for a reader, and its address."""

    name: str
    address: str


NOT_THE_NODES_ADDRESS = "If a SYN gets no reply and `ip` printed no line"
"""When the firewall comes next, after `node_owns_address`."""
ELSEWHERE = "In another firewall (nftables, Cilium), add the same"


def capture(
    where: str, client: Client, port: int, *, before: str, accepted: str
) -> NextStep:
    """Return how to see whether packets arrive at a node, and what each result means.

    `before` is what can drop them earlier; `accepted` is what a reply means.
    """
    return NextStep(
        text=f"{where}, check whether packets from {client.name} ({client.address})"
        f" arrive on port {port}. If none arrives, {before}. If a SYN (`Flags [S]`)"
        " arrives and gets no reply, the node itself drops it, not a Cloud Firewall."
        f" If it gets a SYN-ACK (`Flags [S.]`), {accepted}.",
        command=f"sudo tcpdump -ni any 'tcp port {port} and host {client.address}'",
    )


def node_owns_address(source: str) -> NextStep:
    """Return how to see whether kube-proxy gave the node the load balancer's address.

    The node then drops packets from it, as they claim to come from itself.
    """
    return NextStep(
        text="On the same node, run the command below. If it prints a line, kube-proxy"
        f" in IPVS mode has given the address {source} to the node itself, and the node"
        " drops the load balancer's packets. To repair it, set the annotation"
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
        text=f"{when} If it is ufw (`sudo ufw status` shows active), the command puts"
        f" {puts} in front of all others: run it {where}.{each} {ELSEWHERE} {same}.",
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
