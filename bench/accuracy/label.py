"""Label: the cause that holds in a case, and the causes that may be named.

In: what was injected, and what the observers received. Out: a `Label`.
It does not: read a judgement.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from bench.accuracy.platform import pages
from bench.accuracy.platform.observe import Observed
from faults import Injection, Truth
from parallax.model.balancer import BalancerReading, HealthStatus, TargetHealth
from parallax.model.judgement import NOT_ESTABLISHED
from parallax.model.probe import ProbeRun, Role

NONE = "none"
NODE_PORTS = range(30000, 32768)
"""The default of kube-apiserver's `--service-node-port-range`."""
BALANCERS = 3
"""Position of the load balancer's faults (`Injection.position`)."""
SUFFICES = "each alone leaves the balancer without a healthy target"
BY_CONTRAST = frozenset(
    {
        "lb-no-healthy-target",
        "node-firewall-blocks-load-balancer",
        "lb-health-check-rejected",
    }
)
"""Shown by a load balancer without a healthy target while the inside works."""

BY_SHARES = frozenset(
    {"lb-some-targets-unhealthy", "nodeport-dropped-by-local-traffic-policy"}
)
"""Shown by the hop at which the failing share of the requests ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """The true cause, and which may be named; `partial` evidence allows abstention."""

    cause: str
    class_: str | None
    accept: frozenset[str]
    evidence: str = "complete"
    reason: str = ""


def label_of(
    faults: tuple[Injection, ...],
    truths: list[Truth],
    observed: Observed,
    *,
    kept_back: bool,
) -> Label:
    """Return the label of a platform that was broken and observed so."""
    outer, truth = faults[0], truths[0]
    cause, reasons = outer.cause, [t.reason for t in truths[:1] if t.reason]
    accept = {cause, *truth.also}
    evident = truth.evident
    if len(faults) > 1:
        reasons.append("two faults: users meet the outer")
        if cause in BY_CONTRAST:
            evident = False
            reasons.append("the inner hides the contrast that would show the outer")
        past = outer.position < BALANCERS
        if past or _inner_alone_suffices(faults[1], observed):
            accept |= {faults[1].cause, *truths[1].also}
            evident = False
            why = "a request past it meets the inner" if past else SUFFICES
            reasons.append(f"{why}: either is honest")
    if cause == "lb-some-targets-unhealthy" and not _mixed(observed):
        evident = False
        reasons.append("when the balancer was read, no target or all were unhealthy")
    if cause in BY_SHARES and _behind_a_cdn(observed):
        evident = False
        reasons.append("the CDN hides who failed, and no request past it failed")
    if cause == "lb-health-check-wrong-port" and _may_be_host_port(observed):
        evident = False
        reasons.append("no word why, and a pod may listen on the nodes themselves")
    whole = evident and not kept_back
    if not whole:
        accept.add(NOT_ESTABLISHED)
    if cause == "monitor-blind":
        accept |= {NOT_ESTABLISHED}
    return Label(
        cause=cause,
        class_=outer.class_.value,
        accept=frozenset(accept),
        evidence="complete" if whole else "partial",
        reason="; ".join(reasons),
    )


def _inner_alone_suffices(inner: Injection, observed: Observed) -> bool:
    """Return whether the inner fault alone leaves the balancer without a target.

    And no source shows which of the two faults the health checks met.
    """
    if inner.name == "ingress-without-endpoints":
        return True
    return _checks(observed) != {"tcp"} and not _has_detail(observed)


def _checks(observed: Observed) -> set[str]:
    """Return the protocols of the health checks, as the API shows them; tcp if none."""
    found = {
        service.health_check.protocol
        for seen in observed.observations
        if isinstance(seen, BalancerReading) and seen.load_balancer
        for service in seen.load_balancer.services
    }
    return found or {"tcp"}


def _may_be_host_port(observed: Observed) -> bool:
    """Return whether a check uses a port that is not a NodePort, without a detail."""
    ports = {
        service.health_check.port
        for seen in observed.observations
        if isinstance(seen, BalancerReading) and seen.load_balancer
        for service in seen.load_balancer.services
    }
    return bool(ports - set(NODE_PORTS)) and not _has_detail(observed)


def _has_detail(observed: Observed) -> bool:
    """Return whether Hetzner's API states why a check failed."""
    return any(
        health.detail not in {None, "unspecified"} for health in _healths(observed)
    )


def _behind_a_cdn(observed: Observed) -> bool:
    """Return whether only the CDN's own responses show the failure."""
    bad = [
        probe
        for seen in observed.observations
        if isinstance(seen, ProbeRun)
        for probe in seen.probes
        if not probe.healthy
    ]
    own = {pages.haproxy(status).body for status in (502, 503, 504)}
    users = [p for p in bad if p.role in {Role.FIRST, Role.REPEAT}]
    past = any(p.role is Role.DIRECT for p in bad)
    return (
        observed.target.reached.cdn
        and not past
        and not any(p.body in own for p in users)
    )


def _mixed(observed: Observed) -> bool:
    """Return whether the reading shows both healthy and unhealthy targets."""
    seen = {health.status for health in _healths(observed)}
    return {HealthStatus.HEALTHY, HealthStatus.UNHEALTHY} <= seen


def _healths(observed: Observed) -> Iterator[TargetHealth]:
    """Yield each target's health on the users' port, as the API shows it."""
    port = 443 if observed.target.url.startswith("https") else 80
    for seen in observed.observations:
        if isinstance(seen, BalancerReading) and seen.load_balancer:
            for target in seen.load_balancer.leaves():
                yield from (h for h in target.health_status if h.listen_port == port)
