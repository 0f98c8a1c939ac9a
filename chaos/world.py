"""World: the targets of a case, when each of them fails, and what is seen of it.

In: the seed of a case. Out: a targets file; a target's response at a second; runs and
readings as the probe and inspect would make them.
It does not: send a request. The probe's own requests have tests of their own.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import yaml

from parallax.model.balancer import (
    BalancerReading,
    BalancerService,
    BalancerTarget,
    HealthCheck,
    HealthStatus,
    LoadBalancer,
    TargetHealth,
)
from parallax.model.probe import Phases, Probe, ProbeRun, Role
from parallax.model.target import Target
from parallax.probe.uses import Uses
from parallax.probe.watch import unchanged

NAMES = ("shop-a", "shop-b", "mail-c", "pay-d", "blog-e")
CLUSTER = "cluster-1"
NODES = 2
PHASES = Phases(resolve=0.01, connect=0.01, tls=0.02, processing=0.03, transfer=0.01)
HEADERS = (
    ("Server", "nginx"),
    ("Content-Type", "text/html"),
    ("Content-Length", "190"),
)
BODY = "<html><head><title>{0} Service Temporarily Unavailable</title></head></html>"


@dataclass(frozen=True)
class Failure:
    """A target fails from `begin` to `end`, seconds of the case, with this status."""

    target: str
    begin: float
    end: float
    status: int


@dataclass
class World:
    """The targets and their failures; `now` is the second of the case."""

    failures: tuple[Failure, ...]
    seconds: Any

    def status(self, target: str, at: float) -> int:
        """Return a target's status at a second."""
        for one in self.failures:
            if one.target == target and one.begin <= at < one.end:
                return one.status
        return 200

    def watch(
        self, targets: Sequence[Target], uses: Uses, *, budget: float, plan: object
    ) -> None:
        """Do as `parallax.probe.watch` does, with responses of this world."""
        del budget, plan
        errors: list[Exception] = []

        def call(function: Any, *args: object) -> None:
            try:
                function(*args)
            except Exception as error:  # noqa: BLE001 - collected, as `watch` does
                errors.append(error)

        runs = [self._run(target) for target in targets]
        if uses.settled:
            call(uses.settled, runs)
        for target, run in zip(targets, runs, strict=True):
            if uses.measure:
                call(uses.measure, run)
            if run.first.healthy:
                if uses.stores(run):
                    call(uses.record, run)
            elif not uses.investigates(run):
                call(uses.record, unchanged(run))
            else:
                call(uses.record, run)
                call(uses.balancer_ips, target)
                call(uses.record, self._investigated(run))
        if errors:
            raise ExceptionGroup("some runs were not recorded", errors)

    def _run(self, target: Target) -> ProbeRun:
        now = datetime.now(UTC)
        status = self.status(target.name, self.seconds())
        healthy = status == 200  # noqa: PLR2004 - HTTP
        probe = Probe(
            role=Role.FIRST,
            request_id=uuid.uuid4().hex,
            url=target.url,
            started_at=now,
            healthy=healthy,
            duration=0.08,
            server_address=target.host,
            peer_address="203.0.113.7",
            peer_port=443,
            phases=PHASES,
            status_code=status,
            reason="OK" if healthy else "Service Temporarily Unavailable",
            headers=HEADERS,
            body="" if healthy else BODY.format(status),
            body_bytes=190,
        )
        return ProbeRun(target=target.name, started_at=now, probes=(probe,))

    def _investigated(self, run: ProbeRun) -> ProbeRun:
        repeats = tuple(
            replace(run.first, role=Role.REPEAT, request_id=uuid.uuid4().hex)
            for _ in range(3)
        )
        return replace(run, probes=(*run.probes, *repeats))

    def balancers(
        self,
        _tokens: object,
        targets: Sequence[Target],
        now: datetime,
        _failing: object,
    ) -> tuple[BalancerReading, ...]:
        """Return a reading for each target, of a healthy load balancer."""
        return tuple(
            BalancerReading(
                target=target.name,
                read_at=now,
                load_balancer=_balancer(target.reached.load_balancer or "edge-1"),
                matched_by="name",
            )
            for target in targets
        )


def _balancer(name: str) -> LoadBalancer:
    check = HealthCheck(protocol="tcp", port=30443, interval=15, timeout=10, retries=3)
    service = BalancerService(
        protocol="tcp",
        listen_port=443,
        destination_port=30443,
        proxyprotocol=False,
        health_check=check,
    )
    health = (TargetHealth(listen_port=443, status=HealthStatus.HEALTHY),)
    members = tuple(
        BalancerTarget(
            type="server", server_id=n, server_name=f"worker-{n}", health_status=health
        )
        for n in range(NODES)
    )
    return LoadBalancer(
        id=9, name=name, ipv4="203.0.113.7", services=(service,), targets=members
    )


def drawn(rng: Random, until: float) -> tuple[Failure, ...]:
    """Return failures of the targets; the last of them ends after `until`."""
    found: list[Failure] = []
    for number, name in enumerate(NAMES):
        begin = 120.0 + rng.random() * 240.0
        length = 360.0 + rng.random() * 300.0
        status = rng.choice((502, 503, 504))
        found.append(Failure(name, begin, begin + length, status))
        if number == 0:  # fails again, until nothing else goes wrong
            again = max(begin + length + 60.0, until - 240.0)
            found.append(Failure(name, again, until + 300.0, status))
    if rng.random() < 0.5:  # noqa: PLR2004 - a coin: one fault of the path they share
        begin, status = 150.0 + rng.random() * 60.0, rng.choice((502, 503))
        found = [replace(f, begin=begin, status=status) for f in found[:-2]] + found[
            -2:
        ]
    return tuple(found)


def write_targets(path: Path) -> None:
    """Write the targets file."""
    shown = [
        {
            "name": name,
            "url": f"https://{name}.example.com/",
            "public": {"title": name},
            "reached": {
                "load_balancer": f"edge-{1 + number % 2}",
                "cluster": CLUSTER,
                "namespace": "shop",
                "service": name,
                "ingress_namespace": "ingress-nginx",
                "ingress_service": "ingress-nginx-controller",
            },
        }
        for number, name in enumerate(NAMES)
    ]
    text = yaml.safe_dump({"targets": shown}, sort_keys=False)
    path.write_text(text, encoding="utf-8")
