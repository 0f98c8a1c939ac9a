"""Packet steps: a capture first, then the rule, with what each of them assumes."""

from parallax.causes.packet_steps import (
    NOT_THE_NODES_ADDRESS,
    Client,
    allow,
    capture,
    firewall_rules,
    node_owns_address,
)


def test_a_capture_explains_each_of_its_results() -> None:
    """No packet, no reply and a reply lead to different places."""
    step = capture(
        "On a node",
        Client("the load balancer", "10.0.0.5"),
        31695,
        before="the network drops them",
        accepted="the node accepts it",
    )
    assert "If none arrives, the network drops them." in step.text
    assert "gets no reply, the node itself drops it" in step.text
    assert step.text.endswith(
        "If it gets a SYN-ACK (`Flags [S.]`), the node accepts it."
    )
    assert step.command == "sudo tcpdump -ni any 'tcp port 31695 and host 10.0.0.5'"


def test_a_node_with_the_balancers_address_is_found() -> None:
    """The annotation is complete, with its value as Kubernetes expects it."""
    step = node_owns_address("10.0.0.5")
    assert step.text.startswith("On the same node, run the command below. If it")
    assert 'cloud/disable-private-ingress: "true"' in step.text
    assert step.command == "ip -brief address | grep -wF 10.0.0.5"


def test_a_firewall_step_names_the_tool_that_it_assumes() -> None:
    """Also the tool for another firewall, and when the step applies."""
    step = firewall_rules(NOT_THE_NODES_ADDRESS)
    assert step.text.startswith("If a SYN gets no reply and `ip` printed no line, look")
    assert "for ufw; for another firewall, use `sudo nft list ruleset`" in step.text


def test_a_rule_is_put_in_front_of_others() -> None:
    """The first matching rule of ufw decides, and forwarded packets have their own."""
    step = allow("10.0.0.5", (31695, 80), when="The firewall drops them.")
    assert "`sudo ufw status` shows active" in step.text
    rule = "allow proto tcp from 10.0.0.5 to any port"
    assert step.command == f"sudo ufw prepend {rule} 31695,80"
    assert "puts a rule in front" in step.text
    assert step.text.endswith("add the same rule.")
    routed = allow("10.0.0.5", (31695,), when="The firewall drops them.", routed=(80,))
    assert routed.command == (
        f"sudo ufw prepend {rule} 31695 && sudo ufw route prepend {rule} 80"
    )
    assert "puts two rules in front" in routed.text
    assert "The first is for port 31695 of the node, the second for" in routed.text
    assert routed.text.endswith("add the same two rules.")
