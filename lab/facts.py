"""Facts: the paths and addresses of a running lab, for its clients.

In: a case and a run folder. Out: values that are valid before the lab has started.
It does not: start anything.
"""

from dataclasses import dataclass
from pathlib import Path

from lab.case import Case, Node
from lab.parts import CONTROL_HOST

HETZNER_PORT = 8090
HETZNER_TOKEN = "lab-hetzner-read-only"  # noqa: S105 - valid in the lab only
KUBERNETES_PORT = 6443


@dataclass(frozen=True, slots=True)
class NodeFacts:
    """One node: its name, its address, and its agent's kubeconfig."""

    name: str
    address: str
    kubeconfig: Path


@dataclass(frozen=True, slots=True)
class Facts:
    """The paths, addresses and tokens of a lab."""

    folder: Path
    cluster: str
    targets_file: Path
    ca_file: Path
    hetzner_endpoint: str
    hetzner_token: str
    kubernetes_url: str
    balancer_address: str
    balancer_private_address: str
    control_url: str
    """Responds with 200 in every fault; its certificate has the same CA."""
    resolvers: tuple[str, ...]
    """The public resolvers of the lab; the first is that of resolv.conf."""
    nodes: tuple[NodeFacts, ...]


def facts_of(case: Case, folder: Path) -> Facts:
    """Return the facts of a case in a run folder."""
    places = case.addresses
    return Facts(
        folder=folder,
        cluster=case.name,
        targets_file=folder / "targets.yaml",
        ca_file=folder / "ca.pem",
        hetzner_endpoint=f"http://{places.hetzner}:{HETZNER_PORT}/v1",
        hetzner_token=HETZNER_TOKEN,
        kubernetes_url=f"http://{places.kubernetes}:{KUBERNETES_PORT}",
        balancer_address=str(case.balancer.address),
        balancer_private_address=str(case.balancer.private_address),
        control_url=f"https://{CONTROL_HOST}/",
        resolvers=(str(places.resolver), str(places.second_resolver)),
        nodes=tuple(
            NodeFacts(n.name, str(n.address), folder / f"kubeconfig-{n.name}")
            for n in case.nodes
        ),
    )


def agent_token(node: Node) -> str:
    """Return the token that the agent on a node sends to the Kubernetes API."""
    return f"lab-agent-{node.name}"
