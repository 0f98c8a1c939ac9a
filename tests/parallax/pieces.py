"""Pieces: what snapshots of the incident's platform are built of.

In: what differs. Out: probes, runs, readings and reports of the five-node cluster
of `keybuzz`, with the pages that real servers sent (tests/captures).
It does not: judge. It leaves out what no cause reads (certificates, resolvers).
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from parallax.diagnose.join import Observation, join
from parallax.model.balancer import (
    BalancerReading,
    BalancerService,
    BalancerTarget,
    HealthCheck,
    HealthCheckHttp,
    HealthStatus,
    LoadBalancer,
    TargetHealth,
)
from parallax.model.cluster import (
    ClusterReading,
    Endpoint,
    Node,
    NodeReport,
    Pod,
    Service,
    ServicePort,
    Sighting,
    Workload,
)
from parallax.model.probe import ErrorType, Phases, Probe, ProbeRun, Role
from parallax.model.snapshot import Snapshot
from parallax.model.target import Reached, Target

CAPTURES = Path(__file__).parents[1] / "captures"
SINCE = datetime(2025, 11, 20, 3, 0, tzinfo=UTC)
"""The first failing probe."""
MINUTE = timedelta(minutes=1)
NOW = SINCE + timedelta(seconds=40)
NODES = tuple(f"worker-0{n}" for n in range(1, 6))
OUTSIDE = (Role.FIRST, *[Role.REPEAT] * 10, Role.CACHE_BUSTER, Role.DIRECT)
TARGET = Target(
    name="platform-api",
    url="https://platform-api.keybuzz.io/",
    reached=Reached(
        load_balancer="keybuzz-lb",
        cluster="keybuzz",
        namespace="keybuzz",
        service="keybuzz-api",
        ingress_namespace="ingress-nginx",
        ingress_service="ingress-nginx-controller",
    ),
)
LB_503 = "haproxy/503_all_servers_down"
INGRESS_503 = "ingress-nginx/503_no_endpoints"
INGRESS_503_BY_LB = "chain/lb_http__ingress_no_endpoints_503"
INGRESS_404_BY_LB = "chain/lb_http__unknown_host_404"
POD_503 = "pods/503_uvicorn_starlette_json"
REPLAYED_503 = "varnish/503_cached_hit"
INGRESS_502 = "ingress-nginx/502_pod_refused_1_endpoint"
INGRESS_504 = "ingress-nginx/504_pod_timeout_1_endpoint"
INGRESS_504_BY_LB = "chain/lb_http__pod_timeout_504"
INGRESS_502_BY_LB = "chain/lb_http__pod_refused_502"
OK = ""
REFUSED = "connection refused"
CLOSED = "connection closed"
UNNAMED = "name not resolved"
UNVERIFIED = "certificate refused"
DROPPED = "no answer to a connect"
HANGS = "no answer to a request"
NO_ANSWER: dict[str, dict[str, object]] = {
    REFUSED: {
        "healthy": False,
        "error_type": ErrorType.CONNECTION_REFUSED,
        "error_phase": "connect",
    },
    DROPPED: {
        "healthy": False,
        "error_type": ErrorType.TIMEOUT,
        "error_phase": "connect",
        "duration": 5.0,
    },
    HANGS: {
        "healthy": False,
        "error_type": ErrorType.TIMEOUT,
        "error_phase": "processing",
        "duration": 5.0,
    },
    UNNAMED: {
        "healthy": False,
        "error_type": ErrorType.NAME_NOT_RESOLVED,
        "error_phase": "resolve",
        "peer_address": None,
    },
    UNVERIFIED: {
        "healthy": False,
        "error_type": ErrorType.TLS,
        "error_phase": "tls",
        "error_detail": "certificate does not verify: certificate has expired",
    },
    CLOSED: {
        "healthy": False,
        "error_type": ErrorType.CONNECTION_CLOSED,
        "error_phase": "processing",
    },
}


def address(node: str) -> str:
    """Return a node's internal address."""
    return f"10.0.0.{109 + int(node[-1])}"


def answer(capture: str) -> dict[str, object]:
    """Return a probe's fields for a recorded answer, OK or no answer at all."""
    if capture == OK:
        return {"status_code": 200, "reason": "OK", "healthy": True, "body": "fine"}
    if capture in NO_ANSWER:
        return NO_ANSWER[capture]
    raw = (CAPTURES / f"{capture}.http").read_bytes()
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    _, code, reason = first.split(" ", 2)
    pairs = tuple((n, v.strip()) for n, _, v in (li.partition(":") for li in lines))
    return {
        "status_code": int(code),
        "reason": reason,
        "headers": pairs,
        "body": body.decode(errors="replace"),
        "healthy": False,
    }


def probe(role: Role, at: datetime, capture: str, **more: object) -> Probe:
    """Return a probe that got a recorded answer."""
    fields: dict[str, object] = {
        "role": role,
        "request_id": f"{role.value}-{at.timestamp():.3f}-{more.get('node', '')}",
        "url": TARGET.url,
        "started_at": at,
        "duration": 0.02,
        "phases": Phases(resolve=0.001, connect=0.01, tls=0.01, processing=0.002),
        "peer_address": "203.0.113.20",
        "peer_port": 443,
    }
    return Probe(**(fields | answer(capture) | more))  # type: ignore[arg-type]


def run(  # noqa: PLR0913 - one argument for each thing that may differ
    page: str | list[str],
    *,
    direct: str | None = None,
    unknown_host: str = INGRESS_404_BY_LB,
    at: datetime = SINCE,
    investigated: bool = True,
    after: float = 0.002,
) -> ProbeRun:
    """Return an outside run; `page` is what users get, a list gives one each.

    `after` is how many seconds each answer took.
    """
    pages = [page] * 11 if isinstance(page, str) else page
    if not investigated:
        alone = probe(Role.FIRST, at, pages[0], phases=Phases(processing=after))
        return ProbeRun(target=TARGET.name, started_at=at, probes=(alone,))
    past = pages[0] if direct is None else direct
    answers = [*pages, past, past]
    probes = [
        probe(
            role,
            at + timedelta(seconds=2 * n),
            capture,
            phases=Phases(processing=after),
        )
        for n, (role, capture) in enumerate(zip(OUTSIDE, answers, strict=True))
    ]
    probes.append(probe(Role.UNKNOWN_HOST, at + timedelta(seconds=25), unknown_host))
    return ProbeRun(target=TARGET.name, started_at=at, probes=tuple(probes))


def balancer(
    *,
    healthy: int = 5,
    asks: int = 31695,
    to: int = 31695,
    at: datetime = SINCE + timedelta(seconds=3),
    rest: HealthStatus = HealthStatus.UNHEALTHY,
) -> BalancerReading:
    """Return a balancer reading with so many healthy targets."""
    check = HealthCheck(protocol="tcp", port=asks, interval=15, timeout=10, retries=3)
    services = tuple(
        BalancerService(
            protocol=protocol,
            listen_port=port,
            destination_port=to,
            proxyprotocol=False,
            health_check=check,
        )
        for protocol, port in (("https", 443), ("http", 80))
    )
    targets = tuple(
        BalancerTarget(
            type="server",
            server_id=10001 + n,
            server_name=node,
            ip=address(node),
            use_private_ip=True,
            health_status=tuple(
                TargetHealth(
                    listen_port=port,
                    status=HealthStatus.HEALTHY if n < healthy else rest,
                )
                for port in (443, 80)
            ),
        )
        for n, node in enumerate(NODES)
    )
    return BalancerReading(
        target=TARGET.name,
        read_at=at,
        load_balancer=LoadBalancer(
            id=881001,
            name="keybuzz-lb",
            ipv4="203.0.113.20",
            private_ips=("10.0.0.5",),
            services=services,
            targets=targets,
        ),
    )


def checking(protocol: str, reading: BalancerReading) -> BalancerReading:
    """Return the reading with health checks of another protocol, for the host."""
    assert reading.load_balancer
    asks = None if protocol == "tcp" else HealthCheckHttp(domain=TARGET.host)
    services = tuple(
        replace(v, health_check=replace(v.health_check, protocol=protocol, http=asks))
        for v in reading.load_balancer.services
    )
    return replace(
        reading, load_balancer=replace(reading.load_balancer, services=services)
    )


def detailed(
    reading: BalancerReading, detail: str | None, code: int | None = None
) -> BalancerReading:
    """Return the reading with Hetzner's reason why each health check failed."""
    assert reading.load_balancer
    targets = tuple(
        replace(
            target,
            health_status=tuple(
                replace(h, detail=detail, health_check_status_code=code)
                for h in target.health_status
            ),
        )
        for target in reading.load_balancer.targets
    )
    return replace(
        reading, load_balancer=replace(reading.load_balancer, targets=targets)
    )


def service(name: str, port: int, node_port: int, target: str) -> Service:
    """Return a NodePort Service."""
    ports = (ServicePort(port=port, target_port=target, node_port=node_port),)
    return Service(namespace="keybuzz", name=name, type="NodePort", ports=ports)


def reading(at: datetime, *, ready: int = 5, pods: int = 5) -> ClusterReading:
    """Return a reading of the Kubernetes API with so many ready endpoints and pods."""
    return ClusterReading(
        read_at=at,
        nodes=tuple(Node(name=n, internal_ip=address(n)) for n in NODES),
        ingress_service=service("ingress-nginx-controller", 80, 31695, "http"),
        service=service("keybuzz-api", 8080, 30080, "8080"),
        endpoints=tuple(
            Endpoint(
                address=address(n),
                ready=i < ready,
                port=8080,
                node=n,
                pod=f"keybuzz-api-{n[-1]}",
            )
            for i, n in enumerate(NODES[:pods])
        ),
        endpoints_changed_at=at - timedelta(hours=3),
        pods=tuple(
            Pod(
                name=f"keybuzz-api-{n[-1]}",
                node=n,
                phase="Running",
                ready=i < ready,
                restarts=0 if i < ready else 3,
                waiting_reason=None if i < ready else "CrashLoopBackOff",
                started_at=at - timedelta(hours=3),
            )
            for i, n in enumerate(NODES[:pods])
        ),
        workloads=(
            Workload(
                kind="DaemonSet",
                name="keybuzz-api",
                desired=pods,
                ready=min(ready, pods),
                updated=pods,
            ),
        ),
    )


def reports(  # noqa: PLR0913 - as above
    *,
    ingress: str = OK,
    pod: str = OK,
    other_pod: str | None = None,
    ready: int = 5,
    pods: int = 5,
    sightings: tuple[Sighting, ...] = (),
    at: datetime = NOW - timedelta(seconds=5),
) -> tuple[NodeReport, ...]:
    """Return a report of each node, measured at an instant.

    `pod` is what a pod answers its own node, `other_pod` what it answers others.
    """
    return tuple(
        NodeReport(
            target=TARGET.name,
            cluster="keybuzz",
            node=node,
            sent_at=at,
            received_at=at,
            interval=15,
            probes=tuple(_inside(node, at, ingress, (pod, other_pod or pod)[:pods])),
            reading=reading(at, ready=ready, pods=pods),
            sightings=sightings if node == NODES[0] else (),
            log_read_at=at,
        )
        for node in NODES
    )


def _inside(node: str, at: datetime, ingress: str, pods: Sequence[str]) -> list[Probe]:
    other = NODES[(NODES.index(node) + 1) % 5]
    asked = [
        (Role.POD, there, 8080, pod)
        for there, pod in zip((node, other), pods, strict=False)
    ]
    asked += [
        (Role.INGRESS, node, 31695, ingress),
        (Role.INGRESS_OTHER, other, 31695, ingress),
    ]
    return [
        probe(
            role,
            at,
            capture,
            node=node,
            peer_node=there,
            peer_address=address(there),
            peer_port=port,
            pod=f"keybuzz-api-{there[-1]}" if role is Role.POD else None,
        )
        for role, there, port, capture in asked
    ]


def seen(
    of: ProbeRun, upstream: int | None, status: int = 503, length: int = 53
) -> tuple[Sighting, ...]:
    """Return the ingress log's lines of a run's failing probes."""
    return tuple(
        Sighting(
            request_id=p.request_id,
            seen_at=p.started_at,
            node=NODES[0],
            status_code=status,
            upstream_address="10.0.0.110:8080" if upstream else None,
            upstream_status=upstream,
            upstream_response_length=length if upstream else None,
        )
        for p in of.probes
        if not p.healthy and p.role is not Role.UNKNOWN_HOST
    )


def with_reading(snapshot: Snapshot, **changes: object) -> Snapshot:
    """Return the snapshot with these changes in every reading of the cluster."""
    changed = tuple(
        replace(r, reading=r.reading and replace(r.reading, **changes))  # type: ignore[arg-type]
        for r in snapshot.reports
    )
    return replace(snapshot, reports=changed)


def taken(
    *observations: Observation, target: Target = TARGET, **more: object
) -> Snapshot:
    """Return the snapshot that observations make."""
    return join(target, observations, **({"taken_at": NOW} | more))  # type: ignore[arg-type]
