"""Packet steps: a capture first, then the rule, with what each of them assumes."""

from dataclasses import replace

from parallax.causes.packet_steps import (
    NOT_THE_NODES_ADDRESS,
    Client,
    Traffic,
    allow,
    capture,
    firewall_rules,
    node_owns_address,
    of_health_check,
)
from parallax.model.balancer import HealthCheck
from parallax.model.judgement import NextStep


def captured(*ports: int, traffic: Traffic) -> NextStep:
    """Return a capture of the load balancer's packets."""
    return capture(
        "On a node",
        Client("the load balancer", "10.0.0.5", traffic),
        ports,
        before="the network drops them",
        accepted="the node accepts them",
    )


def test_a_capture_explains_each_of_its_results() -> None:
    """No packet, no reply, a reset and a reply lead to different places."""
    step = captured(31695, traffic=Traffic("Meanwhile, repeat the request."))
    assert step.text.startswith("On a node, watch for 60 s whether packets from")
    assert "Meanwhile, repeat the request. If no line appears, the network" in step.text
    assert "only `Flags [S]` (SYN) appears, the node itself drops" in step.text
    assert "replies `Flags [R.]` to a SYN, nothing listens on the port" in step.text
    assert step.text.endswith("(SYN-ACK), the node accepts them.")
    assert step.command == (
        "sudo timeout 60 tcpdump -ni any 'tcp port 31695 and host 10.0.0.5'"
    )
    both = captured(80, 443, 80, traffic=Traffic(""))
    assert "'tcp port (80 or 443) and host" in (both.command or "")


def test_a_health_check_sends_packets_by_itself() -> None:
    """The capture lasts for two of its intervals, and for a minute at least."""
    often = HealthCheck(protocol="tcp", port=80, interval=15, timeout=10, retries=3)
    assert of_health_check(often) == Traffic(
        "The health check sends packets by itself, every 15 s."
    )
    assert of_health_check(replace(often, interval=60)).seconds == 120


def test_a_node_with_the_balancers_address_is_found() -> None:
    """The annotation is complete, with its value as Kubernetes expects it."""
    step = node_owns_address("10.0.0.5")
    assert step.text.startswith("On the same node, check whether the node has")
    assert "No line is good." in step.text
    assert 'cloud/disable-private-ingress: "true"' in step.text
    assert step.command == "ip -brief address | grep -wF 10.0.0.5"


def test_a_firewall_step_names_the_tool_that_it_assumes() -> None:
    """Also the tool for another firewall, and when the step applies."""
    step = firewall_rules(NOT_THE_NODES_ADDRESS)
    assert step.text.startswith(
        "Only if a SYN got no reply and `ip` printed no line, look"
    )
    assert "for ufw; for another firewall, use `sudo nft list ruleset`" in step.text


def test_a_rule_is_put_in_front_of_others() -> None:
    """The first matching rule of ufw decides, and forwarded packets have their own."""
    step = allow("10.0.0.5", (31695, 80), when="Only if it drops them")
    assert step.text.startswith("Only if it drops them: if `sudo ufw status` prints")
    rule = "allow proto tcp from 10.0.0.5 to any port"
    assert step.command == f"sudo ufw prepend {rule} 31695,80"
    assert "It puts a rule in front" in step.text
    assert step.text.endswith("add the same rule.")
    routed = allow("10.0.0.5", (31695,), when="Only if it drops them", routed=(80,))
    assert routed.command == (
        f"sudo ufw prepend {rule} 31695 && sudo ufw route prepend {rule} 80"
    )
    assert "It puts two rules in front" in routed.text
    assert "The first is for port 31695 of the node, the second for" in routed.text
    assert routed.text.endswith("add the same two rules.")
