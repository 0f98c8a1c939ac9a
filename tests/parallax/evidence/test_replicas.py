"""Specification of chance: `parallax.evidence.replicas`."""

from math import isclose

from hypothesis import given, settings
from hypothesis import strategies as st

from parallax.evidence import replicas


def test_the_figures_are_fishers() -> None:
    """Three failures of thirteen, all at a replica with three requests: 1 in 286."""
    assert isclose(replicas.chance(3, 3, 13), 1 / 286)
    assert isclose(replicas.chance(1, 5, 10), 0.5)


@settings(deadline=None)
@given(
    failed=st.integers(1, 6),
    more=st.integers(0, 6),
    elsewhere=st.integers(0, 12),
)
def test_it_is_a_probability_that_falls_with_what_is_elsewhere(
    failed: int, more: int, elsewhere: int
) -> None:
    """More successes at other replicas make chance less likely."""
    there = failed + more
    odds = replicas.chance(failed, there, there + elsewhere)
    assert 0 < odds <= 1
    assert replicas.chance(failed, there, there + elsewhere + 1) < odds
