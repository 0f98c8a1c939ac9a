"""An hour of looks at projects of every size, counted against Hetzner's limit.

The calls are real, over HTTP and through the real client; only the clock is moved.
"""

from typing import Any

import pytest

from parallax.inspect import Allowance, connect, read_balancers
from parallax.inspect.allowance import FLOOR
from parallax.model.balancer import Problem
from tests.parallax.inspect.api import (
    BALANCER,
    CERTIFICATE,
    FRONT,
    NOW,
    TOKEN,
    Api,
    Reply,
    firewall,
    rule,
    server,
)
from tests.parallax.inspect.test_allowance import Clock

LIMIT = 3600
MINUTE, BURST = 60, 5
"""Seconds between two readings: the schedule's, and those during an incident."""


class Limiter:
    """Hetzner's limit: it refills evenly, and the cluster uses it too."""

    def __init__(self, api: Api, clock: Clock, left: int, cluster: int) -> None:
        self.left = float(left)
        self.lowest = self.left
        self._answer, self._clock, self._cluster = api.answer, clock, cluster
        self._at = clock.now

    def answer(self, path: str, token: str | None) -> Reply:
        """Answer with what is left to the project."""
        hours = (self._clock.now - self._at).total_seconds() / 3600
        self._at = self._clock.now
        self.left = min(LIMIT, self.left + hours * (LIMIT - self._cluster)) - 1
        self.lowest = min(self.lowest, self.left)
        code, _, body = self._answer(path, token)
        full = self._clock.now.timestamp() + LIMIT - self.left
        problems = {
            "RateLimit-Limit": f"{LIMIT}",
            "RateLimit-Remaining": f"{max(0, int(self.left))}",
            "RateLimit-Reset": f"{int(full)}",
        }
        return code, problems, body


def pages(items: list[Any]) -> list[list[Any]]:
    """Cut a list as Hetzner does."""
    return [items[at : at + 50] for at in range(0, len(items), 50)]


def project(api: Api, balancers: int) -> None:
    """Make a project with two servers and one certificate a balancer.

    Every target is reached by its public interface, through a firewall: the most
    requests that one reading can need.
    """
    target = BALANCER["targets"][0] | {"use_private_ip": False}
    others = [
        BALANCER | {"id": 100 + n, "name": f"lb-{n}"} for n in range(balancers - 1)
    ]
    api.balancers = pages([*others, BALANCER | {"targets": [target]}])
    servers = [server(1 + n) for n in range(2 * balancers)]
    for each in servers:
        each["public_net"]["firewalls"] = [{"id": 5, "status": "applied"}]
    api.servers = pages(servers)
    certificates = [CERTIFICATE | {"id": 1000 + n} for n in range(balancers - 1)]
    api.certificates = pages([*certificates, CERTIFICATE])
    api.firewalls = [[firewall(5, rule("any", "0.0.0.0/0"))]]


def hour(
    api: Api, every: int, left: int = LIMIT, cluster: int = 0, hours: int = 1
) -> tuple[Allowance, Limiter, list[Problem | None]]:
    """Read every so many seconds for an hour; return the problem of each reading."""
    clock = Clock()
    limiter = Limiter(api, clock, left, cluster)
    api.answer = limiter.answer
    allowance = Allowance(clock=clock)
    known = connect(TOKEN, api.url, allowance=allowance)
    problems: list[Problem | None] = []
    for _ in range(hours * 3600 // every):
        (reading,) = read_balancers(known, (FRONT,), NOW)
        problems.append(reading.problem)
        clock.pass_by(every)
    return allowance, limiter, problems


@pytest.mark.parametrize(
    ("balancers", "calls_per_reading", "an_hour"),
    [(1, 4, 240), (5, 4, 240), (60, 8, 480)],
)
def test_the_schedule_alone_is_within_the_budget(
    api: Api, balancers: int, calls_per_reading: int, an_hour: int
) -> None:
    """Every minute is read: 240 calls, or 480 where lists have two or three pages."""
    project(api, balancers)
    allowance, _, problems = hour(api, MINUTE)
    assert (allowance.calls_per_reading, allowance.calls) == (
        calls_per_reading,
        an_hour,
    )
    assert problems == [None] * 60


@pytest.mark.parametrize("balancers", [1, 5, 60])
def test_a_platform_on_fire_costs_no_more_than_the_budget(
    api: Api, balancers: int
) -> None:
    """Woken every five seconds it reads as often as 600 calls allow, at all times."""
    project(api, balancers)
    allowance, _, problems = hour(api, BURST)
    assert 590 <= allowance.calls <= 600
    assert set(problems) == {None, Problem.RATE_LIMITED}
    quarters = [problems[at : at + 180].count(None) for at in range(0, 720, 180)]
    assert min(quarters) >= 10


@pytest.mark.parametrize(("cluster", "reads"), [(0, 60), (3000, 40), (3600, 5)])
def test_a_busy_cluster_keeps_its_fifth(api: Api, cluster: int, reads: int) -> None:
    """Two hours of a burning platform beside it hardly touch what is the cluster's.

    If the cluster uses up all that is refilled, a reading is made occasionally: the
    longer it lasts, the fewer there are.
    """
    project(api, 60)
    _, limiter, problems = hour(api, BURST, left=800, cluster=cluster, hours=2)
    assert limiter.lowest >= FLOOR * LIMIT - 120
    assert problems.count(None) >= reads
