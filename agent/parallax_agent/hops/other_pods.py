"""Other pods: those of the cluster itself, which show whether its network works.

In: the pods of `kube-system`, the target's probes of pods. Out: requests to one such
pod on each node whose pods of the target got no connection. It does not: list pods, or
judge.

A NetworkPolicy of the app and a broken network leave the same traces in the app's pods.
Cluster DNS tells them apart: every pod and node may use it, so no policy isolates it.
Where no DNS pod runs, a pod is used whose HTTP probe the kubelet sends; the request is
the same. It may have a policy of its own, so only its response proves something.
Source: Kubernetes, DNS for Services and Pods (label `k8s-app: kube-dns`, port 53 TCP).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from parallax.model.probe import Probe, Role
from parallax.model.wire import Json
from parallax.probe import ProbeRequest
from parallax_agent.hops.selection import VantagePoint
from parallax_agent.watch.objects import has_condition, many, name_of, part

NAMESPACE = "kube-system"
DNS_LABEL, DNS_PORT = ("k8s-app", "kube-dns"), 53
MOST = 3
"""Nodes that one cycle asks about; the others take turns."""
SECONDS, CONNECT_SECONDS = 3.0, 1.5
"""The whole request, and the connection, which alone is of interest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherPod:
    """One pod with an address of its own, and what it responds to."""

    name: str
    node: str
    address: str
    port: int
    path: str = "/"


def other_pods(items: Iterable[Json]) -> dict[str, OtherPod]:
    """Return one pod for each node, a DNS pod if there is one."""
    found: dict[str, OtherPod] = {}
    for item in sorted(items, key=lambda i: (not _is_dns(i), name_of(i))):
        pod = _read(item)
        if pod is not None:
            found.setdefault(pod.node, pod)
    return found


def cut_nodes(probes: Iterable[Probe], node: str) -> set[str]:
    """Return the other nodes on which a pod of the target got no connection."""
    return {
        p.peer_node
        for p in probes
        if p.role is Role.POD
        and p.error_phase == "connect"
        and p.peer_node not in {None, node}
        and p.peer_node is not None
    }


def requests(
    pods: Sequence[OtherPod], at: VantagePoint, user_agent: str
) -> Iterator[ProbeRequest]:
    """Yield the requests of one cycle; any response is fine."""
    count = min(MOST, len(pods))
    for pod in (pods[(at.cycle * count + i) % len(pods)] for i in range(count)):
        host = f"[{pod.address}]" if ":" in pod.address else pod.address
        yield ProbeRequest(
            role=Role.OTHER_POD,
            url=f"http://{host}:{pod.port}{pod.path}",
            healthy=None,
            address=pod.address,
            own_host=pod.name,  # no person's URL names the address
            port=pod.port,
            source_address=at.source_for(pod.address),
            timeout=SECONDS,
            connect_timeout=CONNECT_SECONDS,
            allow_private=True,
            body_limit=256,
            node=at.node,
            pod=pod.name,
            peer_node=pod.node,
            user_agent=user_agent,
        )


def _is_dns(item: Json) -> bool:
    label, value = DNS_LABEL
    return part(item, "metadata", "labels").get(label) == value


def _read(item: Json) -> OtherPod | None:
    spec, status = part(item, "spec"), part(item, "status")
    address, node = status.get("podIP"), spec.get("nodeName")
    if not address or not node or spec.get("hostNetwork"):
        return None
    if not has_condition(item, "Ready"):
        return None
    place = (DNS_PORT, "/") if _is_dns(item) else _http_probe(spec)
    if place is None:
        return None
    port, path = place
    return OtherPod(
        name=name_of(item), node=node, address=address, port=port, path=path
    )


def _http_probe(spec: Json) -> tuple[int, str] | None:
    """Return port and path of a plain HTTP probe; None: it has none."""
    for container in many(spec, "containers"):
        ports = {p.get("name"): p["containerPort"] for p in _ports(container)}
        for kind in ("readinessProbe", "livenessProbe"):
            get = part(container, kind, "httpGet")
            port = ports.get(get.get("port"), get.get("port"))
            if isinstance(port, int) and get.get("scheme", "HTTP") == "HTTP":
                path = str(get.get("path") or "/")
                return port, path if path.startswith("/") else f"/{path}"
    return None


def _ports(container: Json) -> list[Json]:
    return many(container, "ports", having=("containerPort",))
