"""Policy step: how to let every node forward requests to the ingress.

In: the ingress Service. Out: one next step. It does not: judge. Two causes share it.
Source: Kubernetes documentation, externalTrafficPolicy (policy Cluster replaces the
source address of a connection by a node's).
"""

from shlex import quote

from parallax.model.cluster import Service
from parallax.model.judgement import NextStep


def _patch(ingress: Service, policy: str, check: int | None = None) -> str:
    """Return the command that sets the policy, and the port of its health check.

    Kubernetes releases that port with policy Cluster, and would choose another one.
    """
    port = f',"healthCheckNodePort":{check}' if check else ""
    patch = f'{{"spec":{{"externalTrafficPolicy":"{policy}"{port}}}}}'
    return (
        f"kubectl -n {quote(ingress.namespace)} patch service {quote(ingress.name)}"
        f" -p '{patch}'"
    )


def forward_everywhere(ingress: Service) -> NextStep:
    """Return how to set the policy to Cluster, and what the ingress then sees."""
    return NextStep(
        text="Let every node forward requests. The ingress then sees a node's address"
        " as the source of a connection, instead of the load balancer's. The"
        " client's address in X-Forwarded-For or in a PROXY header stays. Before"
        " the change, check two kinds of lists. A list of trusted proxies (e.g."
        " proxy-real-ip-cidr) that contains the load balancer's address must"
        " contain the nodes' addresses too. If the ingress compares a list of allowed"
        " clients (e.g. whitelist-source-range) with the source of the connection, do"
        " not make this change: the list would reject every client, or admit every"
        " client if it contains the nodes.",
        command=_patch(ingress, "Cluster"),
        undo=_patch(ingress, "Local", ingress.health_check_node_port),
        alternative=True,
    )
