"""Kubeconfig: how an agent finds the API and says who it is.

In: a server, a token. Out: a kubeconfig file. It does not: grant anything.
"""

from pathlib import Path

import yaml

from lab.case import Node


def token(node: Node) -> str:
    """Return the token of the agent on a node."""
    return f"lab-agent-{node.name}"


def write_kubeconfig(path: Path, server: str, bearer: str) -> None:
    """Write a kubeconfig for one token."""
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "lab", "cluster": {"server": server}}],
        "users": [{"name": "agent", "user": {"token": bearer}}],
        "contexts": [{"name": "lab", "context": {"cluster": "lab", "user": "agent"}}],
        "current-context": "lab",
    }
    path.touch(mode=0o600)
    path.write_text(yaml.safe_dump(content))
