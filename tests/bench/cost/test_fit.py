"""The fit: units that explain measured runs."""

import pytest

from bench.cost.fit import fit, largest_error
from parallax.cost.measured import features

SIZES = ((2, 5, 1), (20, 10, 1), (500, 100, 1), (10_000, 500, 1), (200, 10, 1))
ROWS = [features(*size) for size in SIZES]


def test_the_units_behind_the_values_are_found() -> None:
    """A fixed part, nodes and targets, whatever the size."""
    values = [3 + 0.5 * row["node"] + 0.02 * row["target"] for row in ROWS]
    found = fit(ROWS, values)
    assert found == pytest.approx({"fixed": 3, "node": 0.5, "target": 0.02})
    assert largest_error(ROWS, values, found) == pytest.approx(0, abs=1e-9)


def test_a_small_error_needs_no_further_feature() -> None:
    """A constant with a little noise is a constant."""
    assert set(fit(ROWS, [100, 100.5, 99.8, 100.2, 99.9])) == {"fixed"}


def test_nothing_has_a_negative_price() -> None:
    """Values that fall with the size are not explained by less than nothing."""
    assert all(unit >= 0 for unit in fit(ROWS, [9, 5, 4, 1, 2]).values())


def test_nothing_needs_no_units() -> None:
    """A meter that never counted has no units."""
    assert fit(ROWS, [0, 0, 0, 0, 0]) == {}
