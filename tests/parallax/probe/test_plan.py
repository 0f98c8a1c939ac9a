"""When an investigation sends which request: no start distorts another's timing."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from parallax.model.probe import Resolution, Role
from parallax.model.target import Reached, Target
from parallax.probe.names import pinned
from parallax.probe.plan import Plan, repeats, singles
from tests.parallax.probe.servers import answered

TARGET = Target(name="front", url="https://front.example/")
MOST_SINGLES = 14
INTERVALS = st.floats(min_value=0.1, max_value=2.5)


@settings(deadline=None)
@given(INTERVALS)
def test_every_start_has_its_own_moment(interval: float) -> None:
    """Repeats, single probes and the comparison of resolvers lie apart."""
    plan = Plan(interval=interval)
    starts = [timed.at for timed in repeats(TARGET, plan)]
    starts += [plan.single_at(place) for place in range(MOST_SINGLES)]
    gaps = [after - before for before, after in pairwise(sorted(starts))]
    assert min(gaps) >= interval / 4 - 1e-9
    assert min(abs(plan.compare_at - at) for at in starts) >= interval / 4 - 1e-9


@settings(deadline=None)
@given(INTERVALS, st.floats(min_value=0, max_value=25))
def test_the_next_place_is_the_first_that_is_not_over(
    interval: float, passed: float
) -> None:
    """Neither in the past, nor later than it must be."""
    plan = Plan(interval=interval)
    place = plan.place_after(passed)
    assert plan.single_at(place) >= passed - 1e-6
    assert place == 0 or plan.single_at(place - 1) < passed + 1e-6


def test_the_last_address_has_time_for_a_slow_response() -> None:
    """Even where the resolvers took all of their time."""
    plan = Plan()
    last = plan.place_after(plan.compare_at + plan.resolver_seconds) + plan.addresses
    assert plan.single_at(last) + TARGET.timeout_seconds <= plan.seconds


def direct(addresses: list[str], *, cdn: bool) -> list[str | None]:
    """Return the addresses of the direct requests."""
    target = Target(name="front", url=TARGET.url, reached=Reached(cdn=cdn))
    requests, _ = singles(target, answered(503), addresses, Plan())
    return [x.address for x in requests if x.role is Role.DIRECT]


def test_behind_a_cdn_a_single_direct_request_could_succeed_by_chance() -> None:
    """Three are sent, to each address in turn; without a CDN users go there anyway."""
    assert direct(["127.0.0.2"], cdn=True) == ["127.0.0.2"] * 3
    assert direct(["127.0.0.2", "127.0.0.3"], cdn=True) == [
        "127.0.0.2",
        "127.0.0.3",
        "127.0.0.2",
    ]
    assert direct(["127.0.0.2"], cdn=False) == ["127.0.0.2"]
    assert direct([], cdn=True) == []


def most_requests(*, cdn: bool) -> int:
    """Count the first probe and its investigation; nothing is skipped."""
    target = Target(name="front", url=TARGET.url, reached=Reached(cdn=cdn))
    known = [f"198.51.100.{number}" for number in range(1, 12)]
    once, _ = singles(target, answered(503), known, Plan())
    names = [Resolution(resolver="system", addresses=tuple(known))]
    each, _ = pinned(target, names, Plan())
    return 1 + len(repeats(target, Plan())) + len(once) + len(each)


def test_a_failing_target_gets_at_most_24_requests_a_minute_from_the_internet() -> None:
    """As docs/principles.md promises; one fewer without a CDN."""
    assert most_requests(cdn=True) == 24
    assert most_requests(cdn=False) == 23
