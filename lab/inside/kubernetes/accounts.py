"""Accounts: who may read what at the lab's Kubernetes API.

In: the case. Out: tokens with their rights.
It does not: hold secrets: the tokens open nothing but the lab.
"""

from lab.case import Case
from lab.facts import agent_token
from lab.inside.kubernetes.api import Account

AGENT = "system:serviceaccount:parallax:parallax-agent"
NOBODY = "system:serviceaccount:parallax:nobody"
NOBODY_TOKEN = "lab-nobody"  # noqa: S105 - opens nothing, that is its use
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
        "replicasets",
        "endpointslices",
        "ingresses",
        "ingressclasses",
        "gateways",
        "httproutes",
    ]
)
"""What the agent's ClusterRole grants."""


def accounts(case: Case) -> dict[str, Account]:
    """Return token -> account: one agent a node, and one that may read nothing."""
    found = {agent_token(node): Account(AGENT, READS) for node in case.nodes}
    return found | {NOBODY_TOKEN: Account(NOBODY, frozenset())}
