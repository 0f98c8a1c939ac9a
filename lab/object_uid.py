"""Object uid: the uid of a Kubernetes object, the same each time.

In: kind, namespace and name. Out: text. It does not: know the objects.
"""

import uuid


def uid(kind: str, namespace: str | None, name: str) -> str:
    """Return a uid that stays the same for the same object."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{kind}/{namespace}/{name}"))
