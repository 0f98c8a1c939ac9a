"""Name: what a target, a cluster or a node may be called, so that every key fits.

In: a name as somebody configured it, or as a push has it. Out: whether it can be used.
It does not: change a name. Letters of every script are allowed; names are compared as
they are written.
Source: DynamoDB's key limits (2,048 bytes for `pk`, 1,024 for `sk`, of UTF-8);
Kubernetes, "Object Names and IDs" (a node's name is a DNS subdomain of 253 characters
at most, without `/`).
"""

from parallax.model.plain import plain_line

NAME_BYTES = 253
"""Of UTF-8; a sort key holds a time, a cluster and a node, 545 bytes at most."""
NAME = f"a name of 1 to {NAME_BYTES} bytes without control characters"
NODE_NAME = f"{NAME} and without '/'"


def is_name(text: str) -> bool:
    """Say whether a target or a cluster may be called this."""
    if not text.strip() or plain_line(text) != text:
        return False  # lone surrogates, which UTF-8 cannot hold, are not plain either
    return len(text.encode()) <= NAME_BYTES


def is_node_name(text: str) -> bool:
    """Say whether a node may be called this: keys end with `<cluster>/<node>`."""
    return is_name(text) and "/" not in text
