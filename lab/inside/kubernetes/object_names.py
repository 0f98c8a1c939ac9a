"""Object names: generated names, the same each time for the same object.

In: kind, namespace and name. Out: text. It does not: know the objects.
"""

import uuid


def suffix(name: str) -> str:
    """Return five letters as a controller appends them to a pod's name."""
    letters = "bcdfghjklmnpqrstvwxz2456789"
    number = uuid.uuid5(uuid.NAMESPACE_OID, name).int
    return "".join(letters[(number >> 5 * i) % len(letters)] for i in range(5))


def replica_set(name: str) -> str:
    """Return the name of a Deployment's ReplicaSet."""
    return f"{name}-{suffix(name)}{suffix(f'{name} template')}"


def slice_name(service: str) -> str:
    """Return the name of a Service's EndpointSlice."""
    return f"{service}-{suffix(service)}"
