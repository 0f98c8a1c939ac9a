"""Objects: converts Kubernetes' JSON objects to the model's classes.

In: objects as the API documents them. Out: `Node`, `Service`, `Endpoint`, `Pod`,
`Workload`. It does not: call anything, or decide which objects belong together.
Source: Kubernetes API 1.36, core/v1, apps/v1, discovery.k8s.io/v1.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import cast

from parallax.model.cluster import Endpoint, Node, Pod, Service, ServicePort, Workload
from parallax.model.secret_text import without_passwords, without_secrets
from parallax.model.shortened import shortened
from parallax.model.wire import YEARS, Json

CHANGED = "endpoints.kubernetes.io/last-change-trigger-time"
"""The EndpointSlice controller's time at which the pod or Service changed."""
TCP = "TCP"
"""The protocol of a port that names none (core/v1, discovery/v1)."""
SERVICE_NAME = "kubernetes.io/service-name"
BALANCER_ANNOTATION = "load-balancer.hetzner.cloud/"
"""Prefix of the annotations from which hcloud-cloud-controller-manager makes a load
balancer's services, health checks, targets and network."""
ANNOTATION_LENGTH = 200
LONGEST = 300
"""Characters of a message about a pod or workload."""
EXCLUDED = "node.kubernetes.io/exclude-from-external-load-balancers"
"""With any value of this label, cloud controllers exclude the node."""


def part(item: Json, *keys: str) -> dict[str, Json]:
    """Return an object below these keys; empty if one is absent or null."""
    below = cast("dict[str, Json]", item or {})
    for key in keys:
        below = cast("dict[str, Json]", below.get(key) or {})
    return below


def many(item: Json, *keys: str, having: Collection[str] = ()) -> list[Json]:
    """Return a list below these keys; empty if it is absent or null.

    Entries that lack a key in `having` are skipped, so that a malformed entry affects
    neither the object nor others.
    """
    *above, last = keys
    entries = cast("list[Json]", part(item, *above).get(last) or [])
    return [entry for entry in entries if all(key in entry for key in having)]


def name_of(item: Json) -> str:
    """Return an object's name."""
    return item["metadata"]["name"]


def named(items: Iterable[Json], name: str | None) -> Json:
    """Return the object with this name, else None."""
    return next((i for i in items if name_of(i) == name), None)


def instant(text: str | None) -> datetime | None:
    """Parse Kubernetes' RFC 3339 time; None if absent or invalid.

    Go's zero time and a time without a zone are invalid: `ingest` would reject
    everything that is sent with them.
    """
    try:
        moment = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    fits = moment and moment.tzinfo and moment.year in YEARS
    return moment if fits else None


def node(item: Json) -> Node:
    """Read a Node with its addresses; it is ready only if its condition says so."""
    entries = many(item, "status", "addresses", having=("type", "address"))
    addresses = {a["type"]: a["address"] for a in reversed(entries)}  # the first wins
    return Node(
        name=name_of(item),
        internal_ip=addresses.get("InternalIP"),
        external_ip=addresses.get("ExternalIP"),
        ready=has_condition(item, "Ready"),
        provider_id=part(item, "spec").get("providerID") or None,
        excluded=EXCLUDED in part(item, "metadata", "labels"),
        cordoned=bool(part(item, "spec").get("unschedulable")),
        unready=_unready(item),
    )


def _unready(item: Json) -> str | None:
    """Return why a node is not ready, e.g. `KubeletNotReady: runtime is down`."""
    for condition in many(item, "status", "conditions", having=("type", "status")):
        if condition["type"] == "Ready" and condition["status"] != "True":
            texts = (condition.get("reason"), condition.get("message"))
            return message(": ".join(filter(None, texts)))
    return None


def service(item: Json) -> Service:
    """Read a Service with its TCP ports; HTTP/3 has the same number as https."""
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
        uid=item["metadata"].get("uid"),
        balancer_annotations=tuple(sorted(_balancer_annotations(item))),
        selector=tuple(sorted((k, str(v)) for k, v in part(spec, "selector").items())),
        external_name=spec.get("externalName") or None,
    )


def _balancer_annotations(item: Json) -> Iterator[tuple[str, str]]:
    """Yield the annotations that hcloud-cloud-controller-manager reads."""
    for name, text in part(item, "metadata", "annotations").items():
        if name.startswith(BALANCER_ANNOTATION):
            yield name, without_secrets(str(text))[:ANNOTATION_LENGTH]


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
    """Read the endpoints of a Service, of one address family, sorted.

    `port_name` is the name of the Service's port, empty if it has none. Pods of a slice
    without that name do not serve the port, so their port is None. With `port_name`
    None, a slice's port is used only if it is the only one.
    A missing `ready` means ready (discovery/v1, EndpointConditions). While slices are
    rebalanced an endpoint may be in two: it is one endpoint, ready if either is.
    """
    by_address: dict[tuple[str, Json], Endpoint] = {}
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
                known = by_address.get((address, port))
                if known is None or not known.ready:
                    by_address[address, port] = Endpoint(
                        address=address,
                        ready=ready is None or ready,
                        port=port,
                        node=entry.get("nodeName"),
                        pod=target.get("name") if target.get("kind") == "Pod" else None,
                    )
    return tuple(sorted(by_address.values(), key=lambda e: (e.address, e.port or 0)))


def changed_at(slices: Iterable[Json]) -> datetime | None:
    """Return the time of the newest change of these EndpointSlices."""
    moments = [m for m in map(_slice_changed_at, slices) if m is not None]
    return max(moments, default=None)


def _slice_changed_at(item: Json) -> datetime | None:
    meta = item["metadata"]
    changed = instant(part(meta, "annotations").get(CHANGED))
    if changed is not None:
        return changed
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
        ready=has_condition(item, "Ready"),
        restarts=sum(c.get("restartCount", 0) for c in containers),
        waiting_reason=next((w["reason"] for w in waiting if w.get("reason")), None),
        started_at=instant(status.get("startTime")),
        ports=tuple(sorted(_declared(spec))),
    )


def _declared(spec: Json) -> Iterator[int]:
    """Yield the TCP ports that a pod's containers declare."""
    for container in many(spec, "containers"):
        for port in many(container, "ports", having=("containerPort",)):
            if port.get("protocol", TCP) == TCP:
                yield port["containerPort"]


def workload(kind: str, item: Json) -> Workload:
    """Read a DaemonSet or a Deployment and the state of its rollout.

    A generation that its controller has not observed yet counts as not rolled out at
    all, because the numbers are still those of the previous generation.
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
        failure=_failure(status),
    )


def _failure(status: Json) -> str | None:
    """Return why a Deployment's pods cannot be created (apps/v1, ReplicaFailure)."""
    for condition in many(status, "conditions", having=("type", "status")):
        if condition["type"] == "ReplicaFailure" and condition["status"] == "True":
            return message(condition.get("message"))
    return None


def message(text: Json) -> str | None:
    """Return a message on one line, without secrets, at most `LONGEST` characters.

    Both ends stay: Go's errors name the object first and the root of it last.
    """
    if not text or not isinstance(text, str):
        return None
    line = without_passwords(" ".join(text.split()))
    return shortened(line, LONGEST)


def has_condition(item: Json, condition: str) -> bool:
    """Tell whether an object has a condition, and it is true."""
    return any(
        c["type"] == condition and c["status"] == "True"
        for c in many(item, "status", "conditions", having=("type", "status"))
    )
