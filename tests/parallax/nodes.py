"""Nodes: snapshots of faults between nodes, and of single nodes.

In: nothing. Out: snapshots by cause, and what changes their probes.
It does not: build the pieces; see `tests.parallax.pieces`.
"""

from collections.abc import Callable
from dataclasses import replace

from parallax.model.cluster import Node, NodeReport, Pod, Sighting
from parallax.model.probe import ErrorType, Probe, ProbeRun, Role
from parallax.model.snapshot import Snapshot
from tests.parallax.pieces import (
    DROPPED,
    INGRESS_504,
    INGRESS_504_BY_LB,
    LB_503,
    NO_ANSWER,
    NODES,
    OK,
    REFUSED,
    answer,
    balancer,
    probe,
    reports,
    run,
    seen,
    taken,
    with_reading,
)

DEAD = NODES[4]
OTHER_NETWORK = tuple(
    Node(name=name, internal_ip=f"10.1.0.{number}") for number, name in enumerate(NODES)
)
"""Nodes whose addresses are not those of the pods."""


def changed(snapshot: Snapshot, change: Callable[[Probe], Probe | None]) -> Snapshot:
    """Return the snapshot with each internal probe changed, or left out for None."""
    found = tuple(
        replace(
            r, probes=tuple(p for one in r.probes if (p := change(one)) is not None)
        )
        for r in snapshot.reports
    )
    return replace(snapshot, reports=found)


def lost(one: Probe) -> Probe:
    """Return the probe without a connection."""
    nothing = {"status_code": None, "reason": None, "headers": (), "body": ""}
    return replace(one, **(nothing | NO_ANSWER[DROPPED]))  # type: ignore[arg-type]


def to_other_pods(snapshot: Snapshot, page: str) -> Snapshot:
    """Return the snapshot with ingress pods, each probed by every node."""
    pods = tuple(
        Pod(name=f"ingress-{n + 1}", node=node, ip=f"10.42.{n}.7", ready=True)
        for n, node in enumerate(NODES)
    )
    x = with_reading(snapshot, ingress_pods=pods)
    found = tuple(
        replace(
            report,
            probes=report.probes
            + tuple(
                probe(
                    Role.INGRESS_POD,
                    report.sent_at,
                    page,
                    node=report.node,
                    peer_node=pod.node,
                    pod=pod.name,
                    peer_address=pod.ip,
                    peer_port=80,
                )
                for pod in pods
            ),
        )
        for report in x.reports
    )
    return replace(x, reports=found)


def to_cluster_pods(
    snapshot: Snapshot, page: str, *, port: int = 53, on: int = 5
) -> Snapshot:
    """Return the snapshot with a pod of `kube-system` on some nodes, probed by each."""

    def sent(report: NodeReport) -> tuple[Probe, ...]:
        return tuple(
            probe(
                Role.OTHER_POD,
                report.sent_at,
                page,
                node=report.node,
                peer_node=node,
                pod=f"coredns-{n}",
                peer_address=f"10.42.{n}.53",
                peer_port=port,
            )
            for n, node in enumerate(NODES[:on])
            if node != report.node
        )

    found = tuple(replace(r, probes=r.probes + sent(r)) for r in snapshot.reports)
    return replace(snapshot, reports=found)


def one_app_cut_off() -> Snapshot:
    """Pods with addresses of their own respond to their own node only."""
    outside = run(INGRESS_504_BY_LB)
    lines = tuple(
        replace(line, upstream_address="10.0.0.111:8080", pod="ingress-1")
        for line in seen(outside, 504, status=504, length=0)
    )
    inside = reports(ingress=INGRESS_504, other_pod=DROPPED, sightings=lines)
    return with_reading(taken(outside, balancer(), *inside), nodes=OTHER_NETWORK)


def isolated() -> Snapshot:
    """Return the same; ingress pods accept connections over the same network."""
    return to_other_pods(one_app_cut_off(), INGRESS_504)


def dead_node(*, ready: bool = False) -> Snapshot:
    """One node is off: silent, unreachable, and its pod still an endpoint."""
    pages = [INGRESS_504_BY_LB if n % 3 == 0 else OK for n in range(11)]
    outside = run(pages, direct=OK)
    lines = tuple(
        replace(line, upstream_address="10.0.0.114:8080")
        for line in seen(outside, 504, status=504, length=0)
    )
    x = taken(outside, balancer(healthy=4), *reports(sightings=lines)[:4])
    nodes = tuple(
        Node(name=n, internal_ip=f"10.0.0.{110 + at}", ready=ready or n != DEAD)
        for at, n in enumerate(NODES)
    )
    x = with_reading(x, nodes=nodes)
    return changed(x, lambda p: lost(p) if p.peer_node == DEAD else p)


def cut_bodies(
    error: ErrorType = ErrorType.TIMEOUT, *, after: int = 1184, of: int = 11
) -> Snapshot:
    """Return a right status and a body that ends early; inside all is complete."""
    outside = run(OK)
    early = {"healthy": False, "error_type": error, "error_phase": "transfer"}

    def shortened(number: int, one: Probe) -> Probe:
        keep = one.role is Role.UNKNOWN_HOST or of <= number < len(outside.probes) - 3
        return one if keep else replace(one, **early, body_bytes=after)  # type: ignore[arg-type]

    cut = tuple(shortened(n, one) for n, one in enumerate(outside.probes))
    return taken(replace(outside, probes=cut), balancer(), *reports())


def never_arrived(logged: float = 0.005) -> Snapshot:
    """Users get no response, and the ingress logged a success."""
    outside = run("no answer to a request")
    lines = tuple(
        replace(line, request_time=logged)
        for line in seen(outside, 200, status=200, length=40000)
    )
    return taken(outside, balancer(), *reports(sightings=lines))


def lost_between_nodes() -> Snapshot:
    """Pods on other nodes accept connections, and their responses do not arrive."""
    outside = run(INGRESS_504_BY_LB)
    lines = tuple(
        replace(line, upstream_address="10.0.0.111:8080")
        for line in seen(outside, 504, status=504, length=0)
    )
    inside = reports(other_pod="no answer to a request", sightings=lines)
    return taken(outside, balancer(), *inside)


def full_table() -> Snapshot:
    """One node drops new connections, as its connection table is full."""
    pages = [LB_503 if n % 3 == 0 else OK for n in range(11)]
    outside = run(pages, direct=OK, after=3.1)
    x = taken(outside, balancer(), *reports(sightings=_served(outside)))
    x = changed(x, lambda p: lost(p) if FILLED in {p.node, p.peer_node} else p)
    return with_tables(x, 131_030)


FILLED = NODES[2]


def with_tables(snapshot: Snapshot, count: int) -> Snapshot:
    """Return it with each node's table; `FILLED` tracks so many connections."""
    found = tuple(
        replace(
            r,
            tracked=count if r.node == FILLED else 6_000,
            tracked_limit=131_072,
        )
        for r in snapshot.reports
    )
    return replace(snapshot, reports=found)


def dead_proxy() -> Snapshot:
    """One node forwards nothing; the health check uses the kubelet's port."""
    pages = [LB_503 if n % 3 == 0 else OK for n in range(11)]
    outside = run(pages, direct=OK, after=3.1)
    x = taken(outside, balancer(asks=10250), *reports(sightings=_served(outside)))
    with_services = tuple(
        replace(r, probes=(*r.probes, _of_the_service(r.node, r.probes[0])))
        for r in x.reports
    )
    y = changed(replace(x, reports=with_services), _without_proxy)
    return with_tables(y, 7_000)


def _served(outside: ProbeRun) -> tuple[Sighting, ...]:
    return tuple(
        Sighting(
            request_id=p.request_id,
            seen_at=p.started_at,
            node=NODES[0],
            status_code=200,
            upstream_address="10.0.0.110:8080",
            upstream_status=200,
            upstream_response_length=4,
        )
        for p in outside.probes
        if p.healthy
    )


def _of_the_service(node: str, like: Probe) -> Probe:
    return replace(
        like,
        role=Role.SERVICE,
        peer_address="10.96.66.114",
        peer_node=None,
        pod=None,
        node=node,
        **answer(OK),  # type: ignore[arg-type]
    )


def _without_proxy(one: Probe) -> Probe:
    """Return a probe as it is if the third node has no kube-proxy."""
    there = NODES[2]
    if one.role in {Role.INGRESS, Role.INGRESS_OTHER} and one.peer_node == there:
        return replace(lost(one), error_type=NO_ANSWER[REFUSED]["error_type"])  # type: ignore[arg-type]
    if one.role is Role.SERVICE and one.node == there:
        return lost(one)
    return one
