"""The price file: every price has a date, a source and a unit."""

from pathlib import Path

import pytest

from parallax.cost.prices import FILE, PricesError, read_prices


@pytest.mark.parametrize("region", ["us-east-1", "eu-central-1"])
def test_each_region_has_every_price(region: str) -> None:
    """Each price is positive and names the vendor's page."""
    prices = read_prices(region)
    assert prices.date.count("-") == 2
    for price in prices.of.values():
        assert price.dollars > 0
        assert price.source.startswith("https://")


def test_a_price_is_for_its_number_of_units() -> None:
    """A million requests of Lambda cost 20 cents."""
    price = read_prices("us-east-1").of["lambda.requests"]
    assert price.of(1_000_000) == pytest.approx(0.20)


def test_unconfirmed_prices_are_marked_by_region() -> None:
    """The price of a write unit is confirmed in one region only."""
    assert "dynamodb.write_units" in read_prices("eu-central-1").unconfirmed
    assert "dynamodb.write_units" not in read_prices("us-east-1").unconfirmed


def test_a_region_without_prices_is_refused() -> None:
    """The error names the known regions and the option."""
    with pytest.raises(PricesError, match=r"eu-central-1, us-east-1.*--prices FILE"):
        read_prices("eu-west-1")


@pytest.mark.parametrize("text", ["date = ", "a = 1", "sources = 1\nprices = 2\n"])
def test_a_wrong_file_is_refused(text: str, tmp_path: Path) -> None:
    """The error names the file."""
    file = tmp_path / "mine.toml"
    file.write_text(text)
    with pytest.raises(PricesError, match=r"mine\.toml"):
        read_prices("us-east-1", file)


def test_a_file_for_another_region_is_used(tmp_path: Path) -> None:
    """A copy of the file with another region's prices is enough."""
    file = tmp_path / "mine.toml"
    file.write_text(FILE.read_text().replace("eu-central-1", "eu-west-1"))
    assert read_prices("eu-west-1", file).region == "eu-west-1"
