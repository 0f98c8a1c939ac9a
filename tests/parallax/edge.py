"""Edge: one snapshot for each fault at name, CDN, balancer and node.

In: nothing. Out: snapshots by cause, and what changes a reading or a run.
It does not: build the pieces; see `tests.parallax.pieces`.
"""

from dataclasses import replace
from datetime import timedelta

from parallax.model.balancer import (
    BalancerReading,
    BalancerTarget,
    HealthCheckHttp,
    HealthStatus,
    LoadBalancer,
)
from parallax.model.cluster import Endpoint, Node, NodeReport, Sighting
from parallax.model.probe import (
    Certificate,
    Probe,
    ProbeRun,
    Resolution,
    Role,
)
from parallax.model.snapshot import Snapshot
from tests.parallax.pieces import (
    DROPPED,
    INGRESS_404_BY_LB,
    LB_503,
    NODES,
    OK,
    REFUSED,
    SINCE,
    TARGET,
    UNNAMED,
    UNVERIFIED,
    address,
    balancer,
    checking,
    detailed,
    probe,
    reading,
    reports,
    run,
    seen,
    taken,
    with_reading,
)

CDN = replace(TARGET, reached=replace(TARGET.reached, cdn=True))
CDN_503 = "varnish/503_director_no_healthy"
LB_502 = "haproxy/502_server_closed"
LB_504 = "haproxy/504_server_timeout"
PROXY_400 = "chain/pp_unexpected_v1_400"
OLD_SERVER = "nginx/503_return"
FORBIDDEN = 403
NGINX_308 = (
    "<html>\r\n<head><title>308 Permanent Redirect</title></head>\r\n<body>\r\n"
    "<center><h1>308 Permanent Redirect</h1></center>\r\n<hr><center>nginx</center>"
    "\r\n</body>\r\n</html>\r\n"
)
EXPIRED = Certificate(
    subject=f"CN={TARGET.host}",
    issuer="CN=R11",
    not_after=SINCE - timedelta(days=1),
    names=(TARGET.host,),
)
OWN, OLD = "203.0.113.20", "198.51.100.7"
BY_TURNS = [LB_503 if n % 3 == 0 else OK for n in range(11)]
"""Four of eleven fail."""


def resolved(outside: ProbeRun, zone: str | None, *answers: str) -> ProbeRun:
    """Return the run with the zone's and the resolvers' answers."""
    found = [
        Resolution(resolver=f"192.0.2.{53 + n}", addresses=tuple(a.split()), ttl=240)
        for n, a in enumerate(answers)
    ]
    if zone is not None:
        own = Resolution(
            resolver="ns1.keybuzz.io",
            authoritative=True,
            addresses=tuple(zone.split()),
            ttl=300,
        )
        found.append(own)
    return replace(outside, resolutions=tuple(found))


def led_to(address_: str, outside: ProbeRun) -> ProbeRun:
    """Return the run with every failing user request sent to an address."""
    users = (Role.FIRST, Role.REPEAT)
    probes = tuple(
        replace(p, peer_address=address_) if p.role in users and not p.healthy else p
        for p in outside.probes
    )
    return replace(outside, probes=probes)


def changed(found: BalancerReading, **changes: object) -> BalancerReading:
    """Return the reading with changes of its load balancer."""
    assert found.load_balancer
    made: LoadBalancer = replace(found.load_balancer, **changes)  # type: ignore[arg-type]
    return replace(found, load_balancer=made)


def with_services(found: BalancerReading, **changes: object) -> BalancerReading:
    """Return the reading with changes in every service."""
    assert found.load_balancer
    services = (replace(v, **changes) for v in found.load_balancer.services)  # type: ignore[arg-type]
    return changed(found, services=tuple(services))


def with_targets(found: BalancerReading, **changes: object) -> BalancerReading:
    """Return the reading with changes in every target."""
    assert found.load_balancer
    targets = (replace(t, **changes) for t in found.load_balancer.targets)  # type: ignore[arg-type]
    return changed(found, targets=tuple(targets))


def asking(
    found: BalancerReading, domain: str | None = None, **more: object
) -> BalancerReading:
    """Return the reading with http health checks for a host, or for none."""
    found = checking("http", found)
    assert found.load_balancer
    asks = HealthCheckHttp(domain=domain, **more)  # type: ignore[arg-type]
    services = tuple(
        replace(v, health_check=replace(v.health_check, http=asks))
        for v in found.load_balancer.services
    )
    return changed(found, services=services)


def with_policy(snapshot: Snapshot, policy: str, *pods_on: str) -> Snapshot:
    """Return the snapshot with a traffic policy, and ingress pods on some nodes."""
    service = reading(snapshot.taken_at).ingress_service
    assert service
    service = replace(
        service,
        type="LoadBalancer",
        external_traffic_policy=policy,
        health_check_node_port=32100,
    )
    found = tuple(
        Endpoint(address=f"10.42.{n}.7", ready=True, port=80, node=node)
        for n, node in enumerate(pods_on)
    )
    return with_reading(
        snapshot,
        ingress_service=service,
        ingress_endpoints=found,
        ingress_config=(),
    )


def with_nodeports_closed(snapshot: Snapshot, *pods_on: str) -> Snapshot:
    """Return it with policy Local: nodes without an ingress pod drop other nodes."""

    def met(found: Probe) -> Probe:
        if found.role is not Role.INGRESS_OTHER or found.peer_node in pods_on:
            return found
        where = {"node": found.node, "peer_node": found.peer_node}
        return probe(found.role, found.started_at, DROPPED, **where)

    x = with_policy(snapshot, "Local", *pods_on)
    reports = tuple(replace(r, probes=tuple(map(met, r.probes))) for r in x.reports)
    return replace(x, reports=reports)


def takes(seconds: float, inside: tuple[NodeReport, ...]) -> tuple[NodeReport, ...]:
    """Return the reports with every probe taking so long."""
    return tuple(
        replace(r, probes=tuple(replace(p, duration=seconds) for p in r.probes))
        for r in inside
    )


def good_lines(outside: ProbeRun, *nodes: str) -> tuple[Sighting, ...]:
    """Return the ingress log's lines of the good user requests, on nodes by turns."""
    well = [p for p in outside.probes if p.healthy and p.role is not Role.DIRECT]
    return tuple(
        Sighting(
            request_id=p.request_id,
            seen_at=p.started_at,
            node=nodes[n % len(nodes)],
            status_code=200,
            upstream_address="10.0.0.110:8080",
            upstream_status=200,
        )
        for n, p in enumerate(well)
    )


def stale_name() -> Snapshot:
    """Every resolver keeps the old address; the zone has the right one already."""
    outside = led_to(OLD, run(OLD_SERVER, direct=OK))
    return taken(resolved(outside, OWN, OLD, OLD), balancer(), *reports())


def split_name() -> Snapshot:
    """One of two resolvers keeps the old address, and users asked it."""
    outside = led_to(OLD, run(OLD_SERVER, direct=OK))
    return taken(resolved(outside, OWN, OWN, OLD), balancer(), *reports())


def unnamed(*errors: str, zone: str) -> Snapshot:
    """Return a name without an address; direct requests succeed."""
    outside = run(UNNAMED, direct=OK)
    found = [
        Resolution(resolver=f"192.0.2.{53 + n}", error_type=error)
        for n, error in enumerate(errors)
    ]
    found.append(Resolution(resolver="ns1.keybuzz.io", authoritative=True))
    found[-1] = replace(found[-1], error_type=zone)
    control = probe(Role.CONTROL, outside.started_at, OK)
    outside = replace(
        outside, probes=(*outside.probes, control), resolutions=tuple(found)
    )
    return taken(outside, balancer(), *reports())


def lost(outside: ProbeRun, **fields: object) -> ProbeRun:
    """Return the run with these fields in each request that got no connection."""
    probes = tuple(
        replace(p, **fields) if p.error_type else p  # type: ignore[arg-type]
        for p in outside.probes
    )
    return replace(outside, probes=probes)


def no_name() -> Snapshot:
    """Every resolver and the zone respond that the name does not exist."""
    return unnamed("nxdomain", "nxdomain", zone="nxdomain")


def broken_zone() -> Snapshot:
    """Every resolver fails to get a valid answer; no server of the zone is found."""
    return unnamed("servfail", "servfail", zone="unreachable")


def refused(found: BalancerReading, certificate: Certificate | None) -> Snapshot:
    """Return users who refuse this certificate, and so do direct requests."""
    outside = lost(run(UNVERIFIED), certificate=certificate)
    return taken(outside, found, *reports())


def expired_at_balancer() -> Snapshot:
    """Let the balancer end TLS with a certificate that expired a day ago."""
    return refused(balancer(), EXPIRED)


def expired_at_ingress() -> Snapshot:
    """Let the ingress behind a tcp service present the same certificate."""
    return refused(with_services(balancer(), protocol="tcp"), EXPIRED)


def expired_at_cdn() -> Snapshot:
    """Let a CDN present the same certificate; direct requests succeed."""
    outside = lost(run(UNVERIFIED, direct=OK), certificate=EXPIRED)
    return taken(led_to(OLD, outside), balancer(), *reports(), target=CDN)


def redirected(location: str) -> Snapshot:
    """Return users whom the ingress redirects; inside it does so too."""
    page = (("Location", location), ("Content-Type", "text/html"))
    outside = run(PROXY_400)
    probes = tuple(
        replace(p, status_code=308, headers=page, body=NGINX_308, reason="")
        if p.role is not Role.UNKNOWN_HOST
        else p
        for p in outside.probes
    )
    outside = replace(outside, probes=probes)
    lines = seen(outside, None, status=308)
    return taken(outside, balancer(), *reports(sightings=lines))


def redirected_to_itself() -> Snapshot:
    """Let the ingress redirect to the URL that users came for."""
    return redirected(TARGET.url)


def redirected_elsewhere() -> Snapshot:
    """Let the ingress redirect to the name with www."""
    return redirected("https://www.keybuzz.io/")


def cdn_rejects() -> Snapshot:
    """Cloudflare rejects the monitor with 403; the load balancer works."""
    headers = (("Server", "cloudflare"), ("CF-RAY", "8f1c2d3e4a5b6c7d-FRA"))
    outside = run(PROXY_400, direct=OK)
    probes = tuple(
        replace(p, status_code=FORBIDDEN, headers=headers, body="error code: 1020")
        if p.role in {Role.FIRST, Role.REPEAT, Role.CACHE_BUSTER}
        else p
        for p in outside.probes
    )
    found = replace(outside, probes=probes)
    return taken(led_to(OLD, found), balancer(), *reports(), target=CDN)


def cdn_alone() -> Snapshot:
    """Return a CDN that writes its own page; every hop behind it is healthy."""
    outside = run(CDN_503, direct=OK)
    return taken(outside, balancer(), *reports(), target=CDN)


def no_service() -> Snapshot:
    """Port 443 was removed; connecting is refused."""
    found = balancer()
    assert found.load_balancer
    plain = tuple(v for v in found.load_balancer.services if v.listen_port == 80)
    outside = run(REFUSED, unknown_host=REFUSED)
    return taken(outside, changed(found, services=plain), *reports())


def foreign_targets() -> Snapshot:
    """Five servers that are not nodes, identified by address and machine."""
    found = balancer(healthy=0)
    assert found.load_balancer
    targets = tuple(
        replace(t, server_id=90000 + n, server_name=f"db-{n}", ip=f"10.0.0.{200 + n}")
        for n, t in enumerate(found.load_balancer.targets)
    )
    outside = run(LB_503, unknown_host=LB_503)
    x = taken(outside, changed(found, targets=targets), *reports())
    nodes = tuple(
        Node(name=n, internal_ip=address(n), provider_id=f"hcloud://{10001 + i}")
        for i, n in enumerate(NODES)
    )
    return with_reading(x, nodes=nodes)


def no_network() -> Snapshot:
    """Private targets of a balancer that is in no private network."""
    found = with_targets(balancer(healthy=0), networks=(4711,))
    found = changed(found, networks=(), private_ips=())
    return taken(run(LB_503, unknown_host=LB_503), found, *reports())


def proxy_of_balancer() -> Snapshot:
    """Let the balancer send PROXY lines to an ingress that does not expect them."""
    outside = run(PROXY_400, unknown_host=PROXY_400)
    x = taken(outside, with_services(balancer(), proxyprotocol=True), *reports())
    return with_reading(x, ingress_config=())


def proxy_of_ingress(*, http: bool = False) -> Snapshot:
    """Let the ingress wait for PROXY lines; 502, or 503 behind an http check."""
    page = LB_503 if http else LB_502
    found = asking(balancer(healthy=0), TARGET.host) if http else balancer()
    x = taken(run(page, unknown_host=page), found, *reports())
    speaking = tuple(
        replace(r, probes=tuple(replace(p, proxy_protocol=True) for p in r.probes))
        for r in x.reports
    )
    config = (("use-proxy-protocol", "true"),)
    return with_reading(replace(x, reports=speaking), ingress_config=config)


def check_rejected() -> Snapshot:
    """Let an http check without a domain meet the default backend's 404."""
    found = detailed(asking(balancer(healthy=0)), "unexpected_http_status", 404)
    x = taken(run(LB_503, unknown_host=LB_503), found, *reports())
    return with_reading(x, ingress_hosts=(TARGET.host, "platform.keybuzz.io"))


def local_drops() -> Snapshot:
    """Policy Local, ingress pods on three nodes of five, a check green anywhere."""
    outside = run(BY_TURNS, direct=OK, after=3.1)
    lines = good_lines(outside, *NODES[:3])
    x = taken(outside, balancer(asks=10256), *reports(sightings=lines))
    return with_policy(x, "Local", *NODES[:3])


def firewall() -> Snapshot:
    """Nodes respond to each other; for the balancer the API reports layer4_timeout."""
    found = changed(detailed(balancer(healthy=0), "layer4_timeout"), networks=(4711,))
    x = taken(run(LB_503, unknown_host=LB_503), found, *reports())
    return with_policy(x, "Cluster", *NODES)


def some_unhealthy() -> Snapshot:
    """Two of five targets come and go; four of eleven requests fail slowly."""
    outside = run(BY_TURNS, direct=OK, after=3.1)
    lines = good_lines(outside, *NODES[:3])
    x = taken(outside, balancer(healthy=3), *reports(sightings=lines))
    return with_policy(x, "Cluster", *NODES)


def impatient() -> Snapshot:
    """Let the balancer give up after two seconds; the answer takes four."""
    outside = run(LB_504, unknown_host=INGRESS_404_BY_LB, after=2.0)
    inside = takes(4.0, reports(sightings=seen(outside, None, status=499)))
    return taken(outside, balancer(), *inside)


def unhealthy_target(found: BalancerReading, *which: int) -> BalancerReading:
    """Return the reading with the health of some targets turned unhealthy."""
    assert found.load_balancer
    bad = HealthStatus.UNHEALTHY
    targets: list[BalancerTarget] = []
    for n, target in enumerate(found.load_balancer.targets):
        health = tuple(replace(h, status=bad) for h in target.health_status)
        targets.append(replace(target, health_status=health) if n in which else target)
    return changed(found, targets=tuple(targets))
