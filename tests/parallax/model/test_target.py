"""Specification of a target: `parallax.model.target`."""

import pytest

from parallax.model.target import Target


@pytest.mark.parametrize(
    "url",
    ["https://shop.example/", "https://SHOP.example.:8443/a", "https://shop.example./"],
)
def test_a_host_has_one_spelling(url: str) -> None:
    """Case, port and the root's final dot do not make it another name."""
    assert Target(name="shop", url=url).host == "shop.example"
