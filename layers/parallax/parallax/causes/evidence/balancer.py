"""Balancer: what a fresh reading of the load balancer says for the port users ask.

In: a snapshot. Out: its service, its targets' health, or the words for what is
missing. It does not: conclude.
"""

from parallax.causes.evidence.outside import (
    AS_A_USER,
    AT_THE_BALANCER,
    FOR_THE_TARGET,
    failing,
    lately,
    listen_port,
    lost,
    of,
    outside,
    written_by,
)
from parallax.causes.evidence.sightings import logged_so, sightings
from parallax.model.balancer import (
    BalancerService,
    BalancerTarget,
    HealthStatus,
    TargetHealth,
)
from parallax.model.probe import ErrorType, Probe, Role
from parallax.model.snapshot import Snapshot

TRIED = 0.5
"""Seconds; a balancer that knows of no target answers at once, one that tries to
connect takes its time (signatures.md 3.1; Hetzner's own timers are not known)."""

NOBODY = 503
"""What an http service answers without a healthy target (hetzner.md, section 3)."""

NODE_PORTS = range(30000, 32768)
"""kube-apiserver's default `--service-node-port-range`."""


def balancer_name(snapshot: Snapshot) -> str:
    """Return the load balancer's name, as configured if it was not read."""
    reading = snapshot.balancer
    if reading and reading.load_balancer:
        return reading.load_balancer.name
    return snapshot.target.reached.load_balancer or "the load balancer"


def balancer_service(snapshot: Snapshot) -> BalancerService | None:
    """Return the balancer's service that users meet, if it is freshly known."""
    balancer = snapshot.load_balancer
    return balancer.service_for(listen_port(snapshot)) if balancer else None


def balancer_missing(snapshot: Snapshot) -> str | None:
    """Say what of the balancer is not known; None: its service is."""
    if snapshot.target.reached.load_balancer is None:
        return "the target names no load balancer"
    name, reading = balancer_name(snapshot), snapshot.balancer
    if reading is None:
        return f"the Hetzner API was not read for {name}"
    if reading.problem is not None:
        return f"the Hetzner API did not show {name}: {reading.problem.value}"
    if snapshot.load_balancer is None:
        return f"no reading of {name} {lately(snapshot)}"
    if balancer_service(snapshot) is None:
        return f"{name} has no service on port {listen_port(snapshot)}"
    return None


def health(snapshot: Snapshot) -> tuple[tuple[BalancerTarget, HealthStatus], ...]:
    """Return each real target's health for the port users ask."""
    balancer = snapshot.load_balancer
    return balancer.health(listen_port(snapshot)) if balancer else ()


def with_health(snapshot: Snapshot, status: HealthStatus) -> int:
    """Count the balancer's targets with a health."""
    return sum(seen is status for _, seen in health(snapshot))


def health_text(snapshot: Snapshot) -> str:
    """Return e.g. `5 of 5 targets unhealthy on port 443 (health check tcp :31695)`."""
    service, count = balancer_service(snapshot), len(health(snapshot))
    if service is None:
        return balancer_missing(snapshot) or "not known"
    asks = f"{service.health_check.protocol} :{service.health_check.port}"
    where = f"on port {service.listen_port} (health check {asks})"
    if not count:
        return f"no target {where}"
    seen = [
        f"{of(number, count)} targets {status.value}"
        for status in HealthStatus
        if (number := with_health(snapshot, status))
    ]
    return f"{', '.join(seen)} {where}"


def details(snapshot: Snapshot) -> tuple[TargetHealth, ...]:
    """Return what Hetzner tells of failed health checks; older readings hold none."""
    return tuple(
        seen
        for target, _ in health(snapshot)
        for seen in target.health_status
        if seen.listen_port == listen_port(snapshot)
        and seen.detail not in {None, "unspecified"}
    )


def reached_ingress(snapshot: Snapshot) -> str | None:
    """Say what shows that a request of this run got to an ingress; else None."""
    seen = sightings(snapshot, *FOR_THE_TARGET, Role.UNKNOWN_HOST)
    if seen:
        return f"a request from the internet reached the ingress on {seen[0].node}"
    return _answered_by(snapshot, "ingress")


def passed_balancer(snapshot: Snapshot) -> str | None:
    """Say what shows that the balancer let a request of this run through; else None."""
    if found := reached_ingress(snapshot) or _answered_by(snapshot, "pod"):
        return found
    if any(p.healthy for p in outside(snapshot, Role.DIRECT)):
        return "the balancer's own address, asked directly, answers well"
    # A cache may keep a good answer; without one it came through the balancer.
    users = () if snapshot.target.reached.cdn else outside(snapshot, *AS_A_USER)
    well = sum(p.healthy for p in users)
    return f"{of(well, len(users))} requests were answered well" if well else None


def _answered_by(snapshot: Snapshot, hop: str) -> str | None:
    # A CDN's own page may look like anybody's; past it there is no such doubt.
    users = () if snapshot.target.reached.cdn else FOR_THE_TARGET
    for probe in outside(snapshot, *users, *AT_THE_BALANCER):
        author = written_by(probe)
        if elsewhere(snapshot, probe):
            continue
        if author.hop == hop and author.how != "replayed":
            answer = f"{probe.status_code} by {author.writer}"
            return f"the {probe.role.value} probe was answered {answer}"
    return None


def wrote(snapshot: Snapshot, probe: Probe) -> bool:
    """Say whether an answer is the balancer's own page.

    A tcp service writes no HTTP, and what an ingress logged with this status the
    balancer handed on: the same page is then an HAProxy's in the cluster.
    """
    mine = _speaks_http(snapshot) and written_by(probe).hop == "load-balancer"
    return mine and not logged_so(snapshot, probe)


def _speaks_http(snapshot: Snapshot) -> bool:
    service = balancer_service(snapshot)
    return service is None or service.protocol != "tcp"


def contradicted(snapshot: Snapshot) -> bool:
    """Say whether the balancer, asked directly, answered a request by itself.

    Then a request that passed it is a riddle, and no refutation.
    """
    return any(wrote(snapshot, p) for p in failing(snapshot, Role.DIRECT))


def balancers_word(snapshot: Snapshot, *, signed: bool = True) -> str | None:
    """Say what the balancer itself answered to a failing request; None: nothing.

    Its own page, however it came, or on a tcp service a connection closed without
    a byte. `signed=False` takes any 503 of its address that no other hop claims:
    Hetzner's own page was never captured. If most users get no connection at all,
    the balancer's word to others does not explain it.
    """
    if lost(snapshot):
        return None
    for probe in failing(snapshot, Role.DIRECT, *AS_A_USER, Role.CACHE_BUSTER):
        asked = f"the {probe.role.value} probe"
        if wrote(snapshot, probe) and not elsewhere(snapshot, probe):
            took = probe.phases.processing or 0
            after = f", after {took:.1f} s" if took >= TRIED else ""
            return f"{asked} got {probe.status_code} from the balancer itself{after}"
        if not at_balancer(snapshot, probe):
            continue
        if probe.error_type is ErrorType.CONNECTION_CLOSED:
            return f"{asked} was accepted and closed without a byte"
        if not signed and _unsigned(snapshot, probe):
            return f"{asked} got {probe.status_code} at the balancer's own address"
    return None


def _unsigned(snapshot: Snapshot, probe: Probe) -> bool:
    """Say whether an answer is a 503 that nobody claims, not even a tcp service."""
    unclaimed = written_by(probe).hop == "unknown"
    return _speaks_http(snapshot) and unclaimed and probe.status_code == NOBODY


def word_missing(snapshot: Snapshot) -> str:
    """Say what is missing where the balancer's own word is."""
    return lost(snapshot) or "an answer of the balancer itself"


def addresses(snapshot: Snapshot) -> set[str]:
    """Return the balancer's own public addresses; none if it was not freshly read."""
    balancer = snapshot.load_balancer
    return {a for a in (balancer.ipv4, balancer.ipv6) if a} if balancer else set()


def at_balancer(snapshot: Snapshot, probe: Probe) -> bool:
    """Say whether a request went to the balancer's own address."""
    return probe.role is Role.DIRECT or probe.peer_address in addresses(snapshot)


def elsewhere(snapshot: Snapshot, probe: Probe) -> bool:
    """Say whether a user met another machine than the balancer, and no cache."""
    known = bool(addresses(snapshot)) and probe.peer_address is not None
    met = snapshot.target.reached.cdn or at_balancer(snapshot, probe)
    return known and not met
