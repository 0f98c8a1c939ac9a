"""Accounts: the access rights at the lab's Kubernetes API.

In: the case. Out: tokens with the resources they may read.
It does not: hold secrets; the tokens are valid in the lab only.
"""

from lab.case import Case
from lab.facts import agent_token
from lab.inside.kubernetes.api import Account

AGENT = "system:serviceaccount:parallax:parallax-agent"
NOBODY = "system:serviceaccount:parallax:nobody"
NOBODY_TOKEN = "lab-nobody"  # noqa: S105 - has no rights, for tests
READS = frozenset(
    [
        "nodes",
        "services",
        "pods",
        "pods/log",
        "configmaps",
        "events",
        "daemonsets",
        "deployments",
        "statefulsets",
        "replicasets",
        "endpointslices",
        "ingresses",
        "ingressclasses",
        "gateways",
        "httproutes",
    ]
)
"""The resources that the agent's ClusterRole may read."""


def accounts(case: Case) -> dict[str, Account]:
    """Return token -> account: one agent per node, and one without rights."""
    agents = {agent_token(node): Account(AGENT, READS) for node in case.nodes}
    return agents | {NOBODY_TOKEN: Account(NOBODY, frozenset())}
