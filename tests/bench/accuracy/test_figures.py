"""Specification of the figures: `bench.accuracy.figures`."""

from bench.accuracy.figures import Share


def test_the_interval_is_wilsons() -> None:
    """Of 9 of 9, 95 % confidence reaches down to 70 %; of nothing, everywhere."""
    low, high = Share(part=9, whole=9).interval
    assert (round(low, 3), round(high, 3)) == (0.701, 1.0)
    assert Share(part=0, whole=0).interval == (0.0, 1.0)


def test_a_share_is_told_with_its_figures() -> None:
    """Whoever reads it can count again."""
    assert str(Share(part=1, whole=2)) == "50.0 % (1 of 2; 9.5 to 90.5)"
