"""Specification of the outside evidence: `parallax.evidence.users`."""

from dataclasses import replace

import pytest

from parallax.diagnose import judge
from parallax.evidence import users
from parallax.evidence.scene import Scene
from parallax.model.finding import Hop
from parallax.model.probe import ErrorType, Probe, Role
from parallax.model.snapshot import Snapshot
from tests.parallax import scenarios as s

NEVER_SENT = (ErrorType.HOST_UNREACHABLE, ErrorType.ADDRESS_NOT_ALLOWED)


def with_ipv6(snapshot: Snapshot, error: ErrorType) -> Snapshot:
    """Add an IPv6 address to the balancer that the probe cannot reach."""
    assert snapshot.run
    more: list[Probe] = [
        s.probe(
            role,
            s.SINCE,
            s.REFUSED,
            request_id=f"{role}-v6",
            peer_address="2001:db8::20",
            error_type=error,
        )
        for role in (Role.DIRECT, Role.UNKNOWN_HOST)
    ]
    run = replace(snapshot.run, probes=(*snapshot.run.probes, *more))
    return replace(snapshot, run=run)


@pytest.mark.parametrize("error", NEVER_SENT)
@pytest.mark.parametrize("cause", s.FAULTS)
def test_an_address_without_a_route_says_nothing(cause: str, error: ErrorType) -> None:
    """A Lambda without IPv6 names the same cause, with the same evidence."""
    plain = s.FAULTS[cause]()
    blind = with_ipv6(plain, error)
    assert judge(blind) == judge(plain)
    assert judge(blind).cause == cause


def test_a_refused_balancer_is_an_answer() -> None:
    """Its refusal counts, unlike a request that was never sent."""
    x = with_ipv6(s.cache_replays(), ErrorType.CONNECTION_REFUSED)
    assert len(users.outside(Scene.of(x), Role.DIRECT)) == 2
    cdn = next(h for h in judge(x).path if h.hop is Hop.CDN)
    assert "connection refused" in cdn.seen
