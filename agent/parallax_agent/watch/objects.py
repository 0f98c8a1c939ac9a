"""Objects: Kubernetes' JSON objects, turned into the model's nouns.

In: objects as the API documents them. Out: `Node`, `Service`, `Endpoint`,
`Pod`, `Workload`. It does not: call anything, or decide what belongs together.
Source: Kubernetes API 1.36, core/v1, apps/v1, discovery.k8s.io/v1.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import cast

from parallax.model.cluster import Endpoint, Node, Pod, Service, ServicePort, Workload
from parallax.model.wire import YEARS, Json

CHANGED = "endpoints.kubernetes.io/last-change-trigger-time"
"""Set by the EndpointSlice controller: when the pod or Service changed."""
TCP = "TCP"
"""A port's protocol where it names none (core/v1, discovery/v1)."""
SERVICE_NAME = "kubernetes.io/service-name"
EXCLUDED = "node.kubernetes.io/exclude-from-external-load-balancers"
"""Its presence counts, whatever its value: cloud controllers take the node out."""


def part(item: Json, *keys: str) -> dict[str, Json]:
    """Return an object below these keys; empty where one is absent or null."""
    found = cast("dict[str, Json]", item or {})
    for key in keys:
        found = cast("dict[str, Json]", found.get(key) or {})
    return found


def many(item: Json, *keys: str, having: Collection[str] = ()) -> list[Json]:
    """Return a list below these keys; empty where it is absent or null.

    Entries that lack what they need to be `having` are left out: an odd one costs
    itself, not the object, nor all others.
    """
    *above, last = keys
    found = cast("list[Json]", part(item, *above).get(last) or [])
    return [entry for entry in found if all(key in entry for key in having)]


def name_of(item: Json) -> str:
    """Return an object's name."""
    return item["metadata"]["name"]


def named(items: Iterable[Json], name: str | None) -> Json:
    """Return the object with this name, else None."""
    return next((i for i in items if name_of(i) == name), None)


def instant(text: str | None) -> datetime | None:
    """Read Kubernetes' RFC 3339 time; None for nothing and for nonsense.

    Go's zero time and a time without its zone are nonsense: `ingest` takes neither,
    and would refuse all that is sent with it.
    """
    try:
        found = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    fits = found and found.tzinfo and found.year in YEARS
    return found if fits else None


def node(item: Json) -> Node:
    """Read a Node with its addresses; ready only if it says so."""
    told = many(item, "status", "addresses", having=("type", "address"))
    addresses = {a["type"]: a["address"] for a in reversed(told)}  # the first counts
    return Node(
        name=name_of(item),
        internal_ip=addresses.get("InternalIP"),
        external_ip=addresses.get("ExternalIP"),
        ready=_says(item, "Ready"),
        provider_id=part(item, "spec").get("providerID") or None,
        excluded=EXCLUDED in part(item, "metadata", "labels"),
    )


def service(item: Json) -> Service:
    """Read a Service with its TCP ports: HTTP/3's has the same number as https's."""
    spec = part(item, "spec")
    return Service(
        namespace=item["metadata"]["namespace"],
        name=name_of(item),
        type=spec.get("type", "ClusterIP"),
        cluster_ip=spec.get("clusterIP"),
        ports=tuple(
            ServicePort(
                port=p["port"],
                target_port=str(p.get("targetPort", p["port"])),
                name=p.get("name"),
                node_port=p.get("nodePort"),
            )
            for p in many(spec, "ports", having=("port",))
            if p.get("protocol", TCP) == TCP
        ),
        external_traffic_policy=spec.get("externalTrafficPolicy"),
        health_check_node_port=spec.get("healthCheckNodePort") or None,
    )


def slices_of(slices: Iterable[Json], namespace: str, service: str) -> list[Json]:
    """Return the EndpointSlices of one Service (there may be several)."""
    return [
        s
        for s in slices
        if s["metadata"]["namespace"] == namespace
        and part(s, "metadata", "labels").get(SERVICE_NAME) == service
    ]


def endpoints(
    slices: Iterable[Json], *, port_name: str | None, family: str = "IPv4"
) -> tuple[Endpoint, ...]:
    """Read the addresses behind a Service, of one address family, sorted.

    `port_name` is the Service port's, empty where it has none: pods of a slice
    without that name do not serve it, so theirs is None. None: not known, so that it
    is theirs only where they have no other.
    A `ready` that is missing means ready (discovery/v1, EndpointConditions). While
    slices are rebalanced an endpoint may stand in two: it is one, ready if either is.
    """
    found: dict[tuple[str, Json], Endpoint] = {}
    for item in slices:
        if item.get("addressType", family) != family:
            continue
        numbers = [
            p.get("port")
            for p in many(item, "ports")
            if p.get("protocol", TCP) == TCP
            and port_name in {None, p.get("name") or ""}
        ]
        port = numbers[0] if len(numbers) == 1 else None
        for entry in many(item, "endpoints", having=("addresses",)):
            target = part(entry, "targetRef")
            ready = part(entry, "conditions").get("ready")
            # All addresses of an entry are the same pod's (discovery/v1, Endpoint).
            for address in many(entry, "addresses")[:1]:
                known = found.get((address, port))
                if known is None or not known.ready:
                    found[address, port] = Endpoint(
                        address=address,
                        ready=ready is None or ready,
                        port=port,
                        node=entry.get("nodeName"),
                        pod=target.get("name") if target.get("kind") == "Pod" else None,
                    )
    return tuple(sorted(found.values(), key=lambda e: (e.address, e.port or 0)))


def changed_at(slices: Iterable[Json]) -> datetime | None:
    """Return when the newest change of these EndpointSlices was made."""
    moments = [m for m in map(_slice_changed_at, slices) if m is not None]
    return max(moments, default=None)


def _slice_changed_at(item: Json) -> datetime | None:
    meta = item["metadata"]
    told = instant(part(meta, "annotations").get(CHANGED))
    if told is not None:
        return told
    fields = [instant(f.get("time")) for f in many(meta, "managedFields")]
    written = [moment for moment in fields if moment is not None]
    return max(written) if written else instant(meta.get("creationTimestamp"))


def pod(item: Json) -> Pod:
    """Read a pod; `restarts` is the sum over its containers."""
    spec, status = part(item, "spec"), part(item, "status")
    containers = [
        *many(status, "initContainerStatuses"),
        *many(status, "containerStatuses"),
    ]
    waiting = (part(c, "state", "waiting") for c in containers)
    return Pod(
        name=name_of(item),
        node=spec.get("nodeName"),
        ip=status.get("podIP"),
        host_network=bool(spec.get("hostNetwork")),
        phase=status.get("phase", "Unknown"),
        ready=_says(item, "Ready"),
        restarts=sum(c.get("restartCount", 0) for c in containers),
        waiting_reason=next((w["reason"] for w in waiting if w.get("reason")), None),
        started_at=instant(status.get("startTime")),
    )


def workload(kind: str, item: Json) -> Workload:
    """Read a DaemonSet or a Deployment and how far its rollout is.

    A generation that its controller has not looked at yet counts as not
    rolled out at all: the numbers still speak of the one before.
    """
    status = part(item, "status")
    desired, ready, updated = (
        ("desiredNumberScheduled", "numberReady", "updatedNumberScheduled")
        if kind == "DaemonSet"
        else ("replicas", "readyReplicas", "updatedReplicas")
    )
    wanted = status if kind == "DaemonSet" else part(item, "spec")
    generation = item["metadata"].get("generation", 0)
    seen = status.get("observedGeneration", generation) >= generation
    return Workload(
        kind=kind,
        name=name_of(item),
        desired=wanted.get(desired, 0),
        ready=status.get(ready, 0),
        updated=status.get(updated, 0) if seen else 0,
    )


def _says(item: Json, condition: str) -> bool:
    return any(
        c["type"] == condition and c["status"] == "True"
        for c in many(item, "status", "conditions", having=("type", "status"))
    )
