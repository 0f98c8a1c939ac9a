"""Quotas: whether a namespace's quotas admit another Service, or another claim.

In: the target's Service and claims as read. Out: the entries of the quotas that count
what is missing. Of a rejected object the cluster keeps no trace.
It does not: list quotas unless something is missing, or read those that count pods: the
event of a pod that is not created names its quota.
Source: Kubernetes, Resource Quotas (object counts and storage).
"""

from collections.abc import Iterator

from parallax.model.namespace import Claim, Quota
from parallax.model.wire import Json
from parallax_agent.read.quantity import number
from parallax_agent.route.service_state import Reader, ServiceState
from parallax_agent.watch.objects import name_of, part

MOST = 10
SERVICES = frozenset({"services", "count/services"})
CLAIMS = frozenset(
    {"persistentvolumeclaims", "count/persistentvolumeclaims", "requests.storage"}
)


def quotas(
    reader: Reader, app: ServiceState, claims: tuple[Claim, ...] | None
) -> tuple[Quota, ...] | None:
    """Return the quotas of what is missing; None: nothing is, or not read."""
    wanted = SERVICES if _is_missing(reader, app) else frozenset[str]()
    if any(not claim.exists for claim in claims or ()):
        wanted |= CLAIMS
    listed = reader.on_demand("resourcequotas", app.namespace) if wanted else None
    if listed is None:
        return None
    return tuple(entry for item in listed for entry in _entries(item, wanted))[:MOST]


def _is_missing(reader: Reader, app: ServiceState) -> bool:
    """Return whether the Services were read, and the target's is not among them."""
    return app.item is None and reader.items("services", app.namespace) is not None


def _entries(item: Json, wanted: frozenset[str]) -> Iterator[Quota]:
    hard, used = part(item, "status", "hard"), part(item, "status", "used")
    for resource in sorted(wanted & hard.keys()):
        limit, taken = number(hard[resource]), number(used.get(resource, "0"))
        yield Quota(
            name=name_of(item),
            resource=resource,
            used=str(used.get(resource, "0")),
            hard=str(hard[resource]),
            full=limit is not None and taken is not None and taken >= limit,
        )
