"""Observe: a platform's last minutes, as the journal would hold them.

In: the platform before the fault and with it. Out: observations, and when to judge.
It does not: join or judge them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bench.accuracy.platform import health, hetzner, kubernetes
from bench.accuracy.platform.conditions import Entry
from bench.accuracy.platform.inside import measure
from bench.accuracy.platform.outside import Outside
from bench.accuracy.platform.parts import Line, Machine
from bench.accuracy.platform.probes import when
from bench.accuracy.platform.spec import PlatformSpec
from parallax.model.balancer import BalancerReading
from parallax.model.cluster import NodeReport, Sighting
from parallax.model.probe import ProbeRun
from parallax.model.target import Healthy, Reached, Target

MINUTE = 60.0
TAKEN = 40.0
ATTEMPTS = 60
INTERVAL = 15.0
TABLE = 131_072
"""Connections that a node of four cores tracks at most, by kube-proxy's default."""

type Observation = ProbeRun | BalancerReading | NodeReport


class NeverSeenError(Exception):
    """No first probe showed the fault; this draw is not a case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """What the journal holds of a case."""

    target: Target
    observations: tuple[Observation, ...]
    taken_at: datetime


def target_of(spec: PlatformSpec, name: str = "shop") -> Target:
    """Return the target as `targets.yaml` has it."""
    return Target(
        name=name,
        url=f"{spec.scheme}://{spec.host}/",
        timeout_seconds=spec.timeout,
        allow_private_addresses=not spec.conditions.public,
        healthy=Healthy(status_codes=(spec.expects,)),
        reached=Reached(
            load_balancer=spec.balancer.name,
            cdn=spec.cdn is not None and spec.cdn.declared,
            cluster=spec.cluster,
            namespace=spec.namespace,
            service=spec.service,
            ingress_namespace=spec.ingress.namespace if _named(spec) else None,
            ingress_service=spec.ingress.service if _named(spec) else None,
        ),
    )


def _named(spec: PlatformSpec) -> bool:
    """Return whether the target names the ingress's Service.

    An agent reads an ingress beside the app's own Service only if the target names it.
    """
    return spec.conditions.entry is Entry.SERVICE or spec.conditions.beside


def observe(
    before: PlatformSpec, spec: PlatformSpec, *, minutes: int = 1, fails: bool = True
) -> Observed:
    """Observe a platform that broke `minutes` ago; investigate it if it `fails`."""
    target = target_of(spec)
    was, states = health.play(before), health.play(spec.balancer_view or spec)
    seen: list[Observation] = list(_with_look_alike(before, was, target.name, minutes))
    outside = Outside(spec, states, target.name, direct=not spec.hidden.token)
    for ago in range(minutes, 0, -1):
        first = outside.first(-ago * MINUTE)
        seen.append(outside.alone(first))
    first = outside.first(0.0)
    for _ in range(ATTEMPTS):
        if first.healthy is not fails:
            break
        first = outside.first(0.0)
    else:
        raise NeverSeenError
    run = outside.investigate(first, 0.0) if fails else outside.alone(first)
    seen.append(run)
    if spec.hidden.stale_reading:
        old = -minutes * MINUTE - 45
        seen.append(hetzner.balancer(before, was, target.name, old))
    else:
        seen.append(hetzner.balancer(spec, states, target.name, 3.0))
    seen += _reports(before, spec, target.name, minutes)
    return Observed(target=target, observations=tuple(seen), taken_at=when(TAKEN))


def _with_look_alike(
    before: PlatformSpec, was: health.Health, target: str, minutes: int
) -> Iterator[ProbeRun]:
    """Yield the runs from before the fault.

    The oldest one is repeated: the minutes before it were the same.
    """
    outside = Outside(before, was, target)
    for ago in range(minutes + 4, minutes, -1):
        first = outside.first(-ago * MINUTE)
        if not first.healthy:
            continue
        run = outside.alone(first)
        if ago == minutes + 4:
            yield from (_earlier(run, n * MINUTE) for n in (3, 2, 1))
        yield run


def _earlier(run: ProbeRun, seconds: float) -> ProbeRun:
    """Return the same run so many seconds before."""
    at = run.started_at - timedelta(seconds=seconds)
    probes = (replace(run.first, started_at=at),)
    return replace(run, started_at=at, probes=probes)


def _reports(
    before: PlatformSpec, spec: PlatformSpec, target: str, minutes: int
) -> Iterator[NodeReport]:
    """Yield each agent's newest report, if it still reports."""
    lines = [*spec.log, *_scanner_lines(spec)]
    for node in spec.nodes:
        if node.name in {*spec.hidden.agents, *spec.conditions.dead}:
            continue
        if spec.hidden.stale_nodes:
            yield report(before, node, target, -minutes * MINUTE - 400, [])
        else:
            mine = [x for x in lines if x.node == node.name]
            at = spec.rng.uniform(26, 34)
            yield report(spec, node, target, at, mine)


def _scanner_lines(spec: PlatformSpec) -> Iterator[Line]:
    """Yield the log lines of a scanner, for hosts that no Ingress serves."""
    for number in range(spec.scanner_lines):
        pod = spec.rng.choice(spec.ingress.pods)
        yield Line(
            request_id=f"{spec.rng.getrandbits(128):032x}",
            at=float(number),
            node=pod.node,
            pod=pod.name,
            status=404,
            upstream="upstream-default-backend",
            address="127.0.0.1:8181",
            upstream_status=404,
            length=146,
            seconds=0.001,
            upstream_seconds=0.001,
        )


def report(
    spec: PlatformSpec, node: Machine, target: str, at: float, lines: list[Line]
) -> NodeReport:
    """Return the report of one agent, with times of its own clock."""
    skew = spec.hidden.skew.get(node.name, 0.0)
    probes = measure(spec, node, at, skew)
    sent = when(at + skew) + timedelta(seconds=1)
    runs_one = any(pod.node == node.name for pod in spec.ingress.pods)
    log_is_read = runs_one and not spec.hidden.log
    is_full = node.name in spec.conditions.full_table
    return NodeReport(
        target=target,
        cluster=spec.cluster,
        node=node.name,
        sent_at=sent,
        interval=INTERVAL,
        probes=probes,
        reading=kubernetes.cluster(spec, at + skew),
        sightings=tuple(_sighting(x, skew) for x in lines) if log_is_read else (),
        log_read_at=when(at + skew) if log_is_read else None,
        received_at=when(at) + timedelta(seconds=1.2),
        tracked=TABLE - 40 if is_full else TABLE // 20,
        tracked_limit=TABLE,
    )


def _sighting(line: Line, skew: float) -> Sighting:
    return Sighting(
        request_id=line.request_id,
        seen_at=when(line.at + skew),
        node=line.node,
        pod=line.pod,
        status_code=line.status,
        upstream_name=line.upstream,
        upstream_address=line.address,
        upstream_status=line.upstream_status,
        upstream_response_length=line.length,
        request_time=line.seconds,
        upstream_response_time=line.upstream_seconds,
    )
