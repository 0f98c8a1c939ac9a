"""Samples: the middle of the rounds, and how far they spread."""

import pytest

from bench.peers.sample import Sample, digits, percentile


def test_a_few_rounds_show_all_of_them() -> None:
    """With fewer than eight the spread is from the lowest to the highest."""
    sample = Sample("probe", "ms", (3.0, 1.0, 2.0))
    assert (sample.middle, sample.spread) == (2.0, (1.0, 3.0))
    assert sample.spread_text == "1.00 to 3.00"


def test_of_many_rounds_the_outliers_do_not_count() -> None:
    """One round that another process disturbed changes neither value."""
    calm = Sample("probe", "ms", (1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7))
    disturbed = Sample("probe", "ms", (1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 99.0))
    assert calm.spread == disturbed.spread == (1.2, 1.5)
    assert calm.middle == disturbed.middle


def test_a_ratio_is_that_of_the_medians() -> None:
    """It says how many times the other's time this one takes."""
    one, other = Sample("a", "ms", (1.0, 3.0, 2.0)), Sample("b", "ms", (4.0,))
    assert one.ratio_to(other) == 0.5


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.954, "0.95"),
        (9.996, "10.00"),
        (52.34, "52.3"),
        (218.4, "218"),
        (23203.0, "23,203"),
    ],
)
def test_numbers_have_three_digits(value: float, text: str) -> None:
    """More of them would be noise."""
    assert digits(value) == text


def test_a_percentile_is_one_of_the_values() -> None:
    """The last one, if the share is all of them."""
    values = [float(number) for number in range(100)]
    assert (percentile(values, 0.95), percentile(values, 1.0)) == (95.0, 99.0)
