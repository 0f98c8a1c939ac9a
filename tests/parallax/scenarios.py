"""Scenarios: snapshots of faults, two for each cause, and one of a healthy platform.

In: nothing. Out: snapshots by cause, and the pieces they are built of. Which scenario
supports a cause, and which refutes it, is in the cause's row of the fault table.
It does not: build the pieces; see `tests.parallax.pieces`.
"""

import sys
from collections.abc import Callable
from dataclasses import replace

from faults import TABLE
from parallax.model.balancer import BalancerReading, BalancerTarget
from parallax.model.cluster import Endpoint, NodeReport, Pod, RulePath, Sighting
from parallax.model.probe import Role
from parallax.model.snapshot import Snapshot
from tests.parallax import edge, nodes
from tests.parallax.pieces import (
    CAPTURES,
    CLOSED,
    DROPPED,
    HANGS,
    INGRESS_404_BY_LB,
    INGRESS_502,
    INGRESS_502_BY_LB,
    INGRESS_503,
    INGRESS_503_BY_LB,
    INGRESS_504,
    INGRESS_504_BY_LB,
    LB_503,
    MINUTE,
    NO_ANSWER,
    NODES,
    NOW,
    OK,
    OUTSIDE,
    POD_503,
    REFUSED,
    REPLAYED_503,
    SINCE,
    TARGET,
    UNVERIFIED,
    address,
    answer,
    balancer,
    checking,
    detailed,
    probe,
    reading,
    reports,
    run,
    seen,
    service,
    taken,
    with_reading,
)

__all__ = [
    "CAPTURES",
    "CLOSED",
    "DROPPED",
    "FAULTS",
    "HANGS",
    "INGRESS_404_BY_LB",
    "INGRESS_502",
    "INGRESS_502_BY_LB",
    "INGRESS_503",
    "INGRESS_503_BY_LB",
    "INGRESS_504",
    "INGRESS_504_BY_LB",
    "LB_503",
    "MINUTE",
    "NODES",
    "NOW",
    "NO_ANSWER",
    "OK",
    "OUTSIDE",
    "POD_503",
    "REFUSED",
    "REPLAYED_503",
    "SCENARIOS",
    "SINCE",
    "TARGET",
    "UNVERIFIED",
    "address",
    "answer",
    "asked_one_by_one",
    "balancer",
    "cache_replays",
    "checking",
    "cut_off",
    "detailed",
    "healthy",
    "ingress_gone",
    "leads_outside",
    "no_healthy_target",
    "no_path",
    "no_target",
    "out_of_step",
    "pod_error",
    "pods_not_ready",
    "pods_refuse",
    "probe",
    "reading",
    "rejected",
    "reports",
    "run",
    "seen",
    "service",
    "slow_pods",
    "taken",
    "unknown_host",
    "unusable_response",
    "with_ingress",
    "with_reading",
    "without_endpoints",
    "without_targets",
    "wrong_destination",
    "wrong_port",
]


def wrong_port() -> Snapshot:
    """Return the incident: the health check uses 30081, the ingress has 31695."""
    outside = run(LB_503, unknown_host=LB_503)
    return taken(outside, balancer(healthy=0, asks=30081), *reports())


def no_healthy_target() -> Snapshot:
    """All unhealthy with a right health check: network, firewall or content."""
    return taken(run(LB_503, unknown_host=LB_503), balancer(healthy=0), *reports())


def cache_replays() -> Snapshot:
    """Users get a kept 503; past the cache it is 200."""
    cdn = replace(TARGET, reached=replace(TARGET.reached, cdn=True))
    return taken(run(REPLAYED_503, direct=OK), balancer(), *reports(), target=cdn)


def without_endpoints() -> Snapshot:
    """No pod, no address; the ingress responds 503 to every request."""
    outside = run(INGRESS_503_BY_LB)
    inside = reports(
        ingress=INGRESS_503, ready=0, pods=0, sightings=seen(outside, None)
    )
    return taken(outside, balancer(), *inside)


def pods_not_ready() -> Snapshot:
    """Five addresses and no ready one, as recorded of a real cluster."""
    outside = run(INGRESS_503_BY_LB)
    inside = reports(
        ingress=INGRESS_503, pod=REFUSED, ready=0, sightings=seen(outside, None)
    )
    return taken(outside, balancer(), *inside)


def port_leads_nowhere() -> Snapshot:
    """Five ready pods without a port: none declares the targetPort `web`."""
    return _with_target_port("web", None)


def port_found_by_name() -> Snapshot:
    """Return the same page and log, with pods that declare `web` as 8080."""
    return _with_target_port("web", 8080)


def _with_target_port(name: str, number: int | None) -> Snapshot:
    """Return an ingress that sends to no pod; agents probe only pods with a port."""
    outside = run(INGRESS_503_BY_LB)
    inside = reports(ingress=INGRESS_503, pod=REFUSED, sightings=seen(outside, None))
    if number is None:
        inside = tuple(
            replace(r, probes=tuple(p for p in r.probes if p.role is not Role.POD))
            for r in inside
        )
    read = reading(outside.started_at)
    return with_reading(
        taken(outside, balancer(), *inside),
        service=service("keybuzz-api", 8080, 30080, name),
        service_port=8080,
        endpoints=tuple(replace(e, port=number) for e in read.endpoints or ()),
    )


def pods_refuse() -> Snapshot:
    """Ready pods that do not listen; the ingress tries them and says 502."""
    outside = run(INGRESS_502_BY_LB)
    lines = seen(outside, 502, status=502, length=0)
    inside = reports(ingress=INGRESS_502, pod=REFUSED, sightings=lines)
    return taken(outside, balancer(), *inside)


def unusable_response() -> Snapshot:
    """Pods that respond well to every node; the ingress gives their responses up."""
    outside = run(INGRESS_502_BY_LB)
    lines = tuple(
        replace(line, upstream_response_time=0.004)
        for line in seen(outside, 502, status=502, length=0)
    )
    inside = reports(ingress=INGRESS_502, sightings=lines)
    return taken(outside, balancer(), *inside)


def no_path() -> Snapshot:
    """Return an Ingress with the host and other paths: 404 by default."""
    hosts = ("grafana.keybuzz.io", TARGET.host)
    paths = (RulePath(ingress="keybuzz/keybuzz-api", path="/v2", path_type="Prefix"),)
    return with_reading(unknown_host(), ingress_hosts=hosts, ingress_paths=paths)


def leads_outside() -> Snapshot:
    """Endpoints that somebody wrote by hand, and where nothing listens."""
    x = pods_refuse()
    read = reading(NOW)
    return with_reading(
        replace(
            x,
            reports=tuple(
                replace(
                    r,
                    probes=tuple(
                        replace(p, peer_node=None, pod=None)
                        if p.role is Role.POD
                        else p
                        for p in r.probes
                    ),
                )
                for r in x.reports
            ),
        ),
        pods=None,
        workloads=None,
        endpoints=tuple(replace(e, pod=None, node=None) for e in read.endpoints or ()),
    )


def no_target() -> Snapshot:
    """Return a load balancer without targets."""
    return taken(run(LB_503, unknown_host=LB_503), without_targets(), *reports())


def without_targets(selector: str | None = None) -> BalancerReading:
    """Return a balancer without targets, or with a selector that matches none."""
    found = balancer()
    assert found.load_balancer
    targets = (
        (BalancerTarget(type="label_selector", selector=selector),) if selector else ()
    )
    return replace(found, load_balancer=replace(found.load_balancer, targets=targets))


def wrong_destination() -> Snapshot:
    """All healthy, and requests go where nobody answers."""
    outside = run(LB_503, unknown_host=LB_503, after=3.1)
    return taken(outside, balancer(to=31999), *reports())


def pod_error() -> Snapshot:
    """Return pods that say 503 themselves, outside and inside."""
    outside = run(POD_503)
    inside = reports(ingress=POD_503, pod=POD_503, sightings=seen(outside, 503))
    return taken(outside, balancer(), *inside)


def healthy() -> Snapshot:
    """Nothing is wrong."""
    return taken(run(OK, investigated=False), balancer(), *reports())


def ingress_gone() -> Snapshot:
    """No pod of the ingress is ready: its NodePort rejects everybody."""
    outside = run(LB_503, unknown_host=LB_503)
    x = taken(outside, balancer(healthy=0), *reports(ingress=REFUSED))
    return with_reading(x, ingress_endpoints=())


def unknown_host() -> Snapshot:
    """No Ingress names the host, one has a typing error: 404 by default."""
    outside = run(INGRESS_404_BY_LB)
    lines = seen(outside, None, status=404)
    inside = reports(ingress=INGRESS_404_BY_LB, sightings=lines)
    hosts = ("grafana.keybuzz.io", "platfrom-api.keybuzz.io")
    return with_reading(taken(outside, balancer(), *inside), ingress_hosts=hosts)


def rejected() -> Snapshot:
    """Rate-limited: 503 by the ingress, no pod asked, the inside passes."""
    outside = run(INGRESS_503_BY_LB)
    inside = reports(sightings=seen(outside, None))
    limit = (("nginx.ingress.kubernetes.io/limit-rps", "1"),)
    x = taken(outside, balancer(), *inside)
    return with_reading(x, ingress_annotations=limit, ingress_name="keybuzz-api")


def out_of_step() -> Snapshot:
    """One of five replicas knows no pod; three of eleven requests meet it."""
    pages = [INGRESS_503_BY_LB if n % 4 == 0 else OK for n in range(11)]
    outside = run(pages, direct=OK)
    lines = tuple(
        Sighting(
            request_id=p.request_id,
            seen_at=p.started_at,
            node=NODES[0] if not p.healthy else NODES[1 + n % 4],
            pod=f"ingress-{1 if not p.healthy else 2 + n % 4}",
            status_code=p.status_code,
            upstream_address="10.0.0.110:8080" if p.healthy else None,
            upstream_status=200 if p.healthy else None,
            upstream_response_length=4 if p.healthy else None,
        )
        for n, p in enumerate(outside.probes)
        if p.role is not Role.UNKNOWN_HOST
    )
    x = taken(outside, balancer(), *reports(sightings=lines))
    return asked_one_by_one(x, *[INGRESS_503, *[OK] * 4])


def asked_one_by_one(snapshot: Snapshot, *pages: str) -> Snapshot:
    """Return the snapshot with each ingress pod asked by each node by the Host."""

    def asked(report: NodeReport) -> NodeReport:
        more = tuple(
            probe(
                Role.INGRESS_POD,
                report.sent_at,
                page,
                node=report.node,
                peer_node=NODES[n],
                pod=f"ingress-{n + 1}",
                peer_address=f"10.42.{n}.7",
                peer_port=80,
            )
            for n, page in enumerate(pages)
        )
        return replace(report, probes=report.probes + more)

    return replace(snapshot, reports=tuple(asked(r) for r in snapshot.reports))


def cut_off() -> Snapshot:
    """Pods answer their own node only; the ingress waits for those of others."""
    outside = run(INGRESS_504_BY_LB)
    lines = tuple(
        replace(line, upstream_address="10.0.0.111:8080")
        for line in seen(outside, 504, status=504, length=0)
    )
    inside = reports(ingress=INGRESS_504, other_pod=DROPPED, sightings=lines)
    return taken(outside, balancer(), *inside)


def slow_pods() -> Snapshot:
    """Pods accept and do not answer, on their own node too."""
    outside = run(INGRESS_504_BY_LB)
    lines = tuple(
        replace(line, upstream_response_time=3.0)
        for line in seen(outside, 504, status=504, length=0)
    )
    inside = reports(ingress=INGRESS_504, pod=HANGS, sightings=lines)
    return with_ingress(taken(outside, balancer(), *inside))


def with_ingress(snapshot: Snapshot) -> Snapshot:
    """Return the snapshot with all of a sound ingress read, each replica asked."""
    pods = tuple(
        Pod(name=f"ingress-{n + 1}", node=node, ip=f"10.42.{n}.7", ready=True)
        for n, node in enumerate(NODES)
    )
    places = tuple(
        Endpoint(address=f"10.42.{n}.7", ready=True, port=80, node=node)
        for n, node in enumerate(NODES)
    )
    hosts = (TARGET.host, "platform.keybuzz.io")
    x = with_reading(
        snapshot, ingress_pods=pods, ingress_endpoints=places, ingress_hosts=hosts
    )
    return asked_one_by_one(x, *[INGRESS_504] * 5)


SCENARIOS: dict[str, Callable[[], Snapshot]] = {
    name: found
    for module in (edge, nodes, sys.modules[__name__])
    for name, found in vars(module).items()
    if getattr(found, "__module__", None) == module.__name__
}
"""Every scenario of this module, of `edge` and `nodes` by its function's name, as the
fault table writes it; what takes an argument builds a part of one."""
FAULTS: dict[str, Callable[[], Snapshot]] = {
    row.cause: SCENARIOS[row.supports] for row in TABLE if row.supports in SCENARIOS
}
"""For each cause of the fault table the scenario that supports it."""
