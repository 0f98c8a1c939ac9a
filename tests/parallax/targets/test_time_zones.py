"""Specification of the time zones' names: `parallax.targets.time_zones`."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parallax.targets.time_zones import names, problem, time_zone


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("Europe/Berlim", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("Berlin", "Europe/Berlin"),
        ("New York", "America/New_York"),
        ("utc", "UTC"),
    ],
)
def test_a_wrong_name_is_reported_with_the_one_that_was_meant(
    name: str, meant: str
) -> None:
    """A city's name alone, its case, or one letter."""
    assert f"{problem(name)}".endswith(f"got {name!r}; did you mean {meant}?")


@pytest.mark.parametrize(
    "name", ["CEST", "Europe", "+02:00", "", "localtime", "/etc/passwd", "../UTC", 2]
)
def test_what_names_no_zone_is_refused_without_a_guess(name: object) -> None:
    """An abbreviation has several meanings; a path is none of the database."""
    assert "did you mean" not in f"{problem(name)}"
    assert f"{problem(name)}".startswith("expected a time zone such as Europe/Berlin")


@pytest.mark.parametrize("name", sorted(names()))
def test_each_name_has_a_zone(name: str) -> None:
    """The system's database, or tzdata's, has the rules of each."""
    assert problem(name) is None
    assert time_zone(name).key == name


@given(st.text(max_size=40))
def test_any_text_is_a_name_or_a_problem(text: str) -> None:
    """No text raises."""
    assert (problem(text) is None) is (text in names())
