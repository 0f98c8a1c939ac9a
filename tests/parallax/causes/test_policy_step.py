"""Policy step: what policy Cluster changes for the ingress."""

from parallax.causes.policy_step import forward_everywhere
from parallax.model.cluster import Service


def test_the_step_states_which_address_the_ingress_then_sees() -> None:
    """A node's, instead of the load balancer's; the client's own stays in headers."""
    step = forward_everywhere(Service(namespace="ingress", name="nginx"))
    assert step.alternative
    assert "sees a node's address as the source of a connection" in step.text
    assert "X-Forwarded-For or in a PROXY header stays" in step.text
    assert "must contain the nodes' addresses too" in step.text
    assert "do not make this change" in step.text
    assert step.command == (
        "kubectl -n ingress patch service nginx"
        """ -p '{"spec":{"externalTrafficPolicy":"Cluster"}}'"""
    )
