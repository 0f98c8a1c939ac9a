"""Name: valid names of targets, clusters and nodes, so that every key fits.

In: a name from a configuration or a push. Out: whether it is valid.
It does not: change a name. Letters of every script are allowed; names are compared
exactly.
Source: DynamoDB's key limits (2,048 bytes for `pk`, 1,024 for `sk`, of UTF-8);
Kubernetes, "Object Names and IDs" (a node's name is a DNS subdomain of 253 characters
at most, without `/`).
"""

from parallax.model.plain import plain_line

NAME_BYTES = 253
"""Of UTF-8; a sort key has a time, a cluster and a node, at most 545 bytes."""
NAME = f"a name of 1 to {NAME_BYTES} bytes without control characters"
NODE_NAME = f"{NAME} and without '/'"


def is_name(text: str) -> bool:
    """Say whether this is a valid name of a target or a cluster."""
    if not text.strip() or plain_line(text) != text:
        return False  # lone surrogates, which UTF-8 cannot hold, are not plain either
    return len(text.encode()) <= NAME_BYTES


def is_node_name(text: str) -> bool:
    """Say whether this is a valid name of a node: keys end with `<cluster>/<node>`."""
    return is_name(text) and "/" not in text
