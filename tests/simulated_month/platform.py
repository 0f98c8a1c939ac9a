"""Platform: the 50 targets of the simulated month, and what is observed of them.

In: names, instants, causes. Out: targets, snapshots, judgements.
It does not: decide when something fails; `month.yaml` does.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from parallax.causes import CAUSES
from parallax.model.balancer import BalancerReading, LoadBalancer
from parallax.model.judgement import (
    AGENT_SILENT,
    NONE,
    NOT_ESTABLISHED,
    Answer,
    Assessment,
    Class,
    Constancy,
    Difference,
    Hop,
    Judgement,
    Symptom,
    View,
)
from parallax.model.probe import Certificate, Probe, ProbeRun, Role
from parallax.model.snapshot import Snapshot
from parallax.model.target import Maintenance, Reached, Target

_CAUSES = {cause.id: cause for cause in CAUSES}
LATE_SPRING = datetime(2026, 6, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Targets with one balancer, one ingress and one domain."""

    prefix: str
    count: int
    balancer: str | None
    cluster: str
    ingress: tuple[str, str]
    domain: str


NGINX, INTERNAL = ("ingress-nginx", "nginx"), ("ingress-int", "nginx-int")
PARTS = (
    Part(
        prefix="shop",
        count=20,
        balancer="lb-1",
        cluster="fsn",
        ingress=NGINX,
        domain="shop.example",
    ),
    Part(
        prefix="pay",
        count=5,
        balancer="lb-1",
        cluster="fsn",
        ingress=NGINX,
        domain="pay.example",
    ),
    Part(
        prefix="blog",
        count=10,
        balancer="lb-2",
        cluster="nbg",
        ingress=NGINX,
        domain="blog.co.uk",
    ),
    # Found by its address: it is lb-2 as well.
    Part(
        prefix="crm",
        count=5,
        balancer=None,
        cluster="nbg",
        ingress=NGINX,
        domain="crm.example",
    ),
    Part(
        prefix="intern",
        count=10,
        balancer="lb-3",
        cluster="fsn",
        ingress=INTERNAL,
        domain="intern.example",
    ),
)
FOUND = LoadBalancer(id=2, name="lb-2", ipv4="203.0.113.2")


def targets(windows: dict[str, tuple[Maintenance, ...]]) -> tuple[Target, ...]:
    """Return the targets with their maintenance windows, by name."""
    return tuple(one for part in PARTS for one in _targets(part, windows))


def _targets(
    part: Part, windows: dict[str, tuple[Maintenance, ...]]
) -> Iterator[Target]:
    for number in range(1, part.count + 1):
        name = f"{part.prefix}-{number:02}"
        shared = part.prefix == "shop" and number <= 4
        yield Target(
            name=name,
            url=f"https://{name}.{part.domain}/",
            reached=Reached(
                load_balancer=part.balancer,
                cluster=part.cluster,
                namespace=part.prefix,
                service="api" if shared else f"{part.prefix[0]}{number:02}",
                ingress_namespace=part.ingress[0],
                ingress_service=part.ingress[1],
            ),
            maintenance=windows.get(name, ()),
        )


def snapshot(target: Target, now: datetime, since: datetime | None) -> Snapshot:
    """Return what is observed of a target that fails since then; None: it is fine."""
    found = BalancerReading(target=target.name, read_at=now, load_balancer=FOUND)
    return Snapshot(
        target=target,
        taken_at=now,
        run=_run(target, since or now.replace(second=10, microsecond=0), since is None),
        balancer=found if target.reached.load_balancer is None else None,
        failing_since=since,
    )


@cache
def _run(target: Target, at: datetime, healthy: bool) -> ProbeRun:  # noqa: FBT001 - a state
    probes = tuple(
        Probe(
            role=role,
            request_id=f"{target.name}-{at.timestamp():.0f}-{role}",
            url=target.url,
            started_at=at,
            healthy=healthy,
            duration=0.02,
            status_code=200 if healthy else 503,
            certificate=_certificate(target),
        )
        for role in (Role.FIRST, Role.REPEAT)
    )
    return ProbeRun(target=target.name, started_at=at, probes=probes)


def _certificate(target: Target) -> Certificate:
    if target.name.startswith("pay-"):
        end = datetime(2026, 3, 8, tzinfo=UTC)
        return Certificate(subject="CN=*.pay.example", issuer="CA", not_after=end)
    subject = f"CN={target.host}"
    return Certificate(subject=subject, issuer="CA", not_after=LATE_SPRING)


@cache
def failing(
    cause: str, *, complete: bool, settling: str | None, failed: int, total: int
) -> Judgement:
    """Return the judgement of a failure; without complete evidence it has no cause."""
    named = _CAUSES[cause] if complete else None
    shown = Assessment(cause=cause, answer=Answer.SUPPORTED, evidence=("observed",))
    some = failed < total
    return Judgement(
        symptom=Symptom(
            external=View.FAILING,
            internal=View.HEALTHY,
            difference=Difference.EXTERNAL_ONLY,
            constancy=Constancy.INTERMITTENT if some else Constancy.CONSTANT,
            failed=failed,
            total=total,
            status_code=503,
            summary=f"from the internet: 503 ({failed} of {total})",
        ),
        class_=named.class_ if named else None,
        hop=named.hop if named else None,
        cause=named.id if named else NOT_ESTABLISHED,
        title=named.title if named else "The cause is not established",
        settling=settling,
        complete=complete,
        assessments=(shown,) if named else (),
        path=(),
        next_steps=(),
    )


def _without_failure(view: View, title: str, *, silent: bool = False) -> Judgement:
    return Judgement(
        symptom=Symptom(
            external=view,
            internal=view,
            difference=Difference.NONE,
            summary=title,
        ),
        class_=Class.MONITOR if silent else None,
        hop=Hop.MONITOR if silent else None,
        cause=AGENT_SILENT if silent else NONE,
        title=title,
        complete=True,
        assessments=(),
        path=(),
        next_steps=(),
    )


WELL = _without_failure(View.HEALTHY, "The target is healthy")
SILENT = _without_failure(View.UNKNOWN, "3 of 3 agents not reporting", silent=True)
REPORTING = _without_failure(View.UNKNOWN, "All agents report")
SOON = timedelta(seconds=10)
"""After this second of its first failing minute a target was probed."""
