"""Specification of Kubernetes' quantities as numbers."""

from decimal import Decimal

import pytest

from parallax_agent.read.quantity import number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", 3),
        ("10Gi", 10 * 1024**3),
        ("2k", 2000),
        ("500m", Decimal("0.5")),
        ("1.5Ki", 1536),
        ("1e3", 1000),
        ("1E", 10**18),
        (11, 11),
    ],
)
def test_a_quantity_is_a_number(text: object, value: Decimal | int) -> None:
    """With every suffix that the API accepts."""
    assert number(text) == value


@pytest.mark.parametrize("text", ["", "many", ".", "Gi", None])
def test_another_text_is_none(text: object) -> None:
    """Nothing is compared with it."""
    assert number(text) is None
