"""Kubeconfig: the API's address and an agent's token, as its client reads them.

In: a server, a token. Out: a kubeconfig file. It does not: grant anything.
"""

from pathlib import Path

import yaml


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
