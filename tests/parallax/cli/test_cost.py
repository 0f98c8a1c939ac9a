"""`parallax cost`: the bill in a terminal and as JSON."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from parallax.cli import app
from parallax.cost.prices import FILE


def _cost(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["cost", *arguments])


@pytest.mark.parametrize("targets", ["1", "20", "10000", "1000000"])
def test_the_bill_fits_80_columns(targets: str) -> None:
    """Each line of the tables, for any number of targets."""
    result = _cost("--targets", targets, "--nodes", "10", "--failing", "1")
    assert result.exit_code == 0
    lines = [x for x in result.stdout.splitlines() if x.startswith("  ")]
    assert max(map(len, lines)) <= 80


def test_the_bill_as_json_is_in_dollars() -> None:
    """The total is the sum of the lines; `per_target` is a share of it."""
    found = json.loads(_cost("--targets", "4", "--nodes", "2", "--json").stdout)
    assert found["total"] == pytest.approx(sum(x["dollars"] for x in found["lines"]))
    assert found["per_target"] == pytest.approx(found["total"] / 4)
    assert {"name", "quantity", "unit", "dollars"} <= found["lines"][0].keys()
    assert found["peers"][0]["per_target"] > 0


def test_lines_show_the_largest_first_and_other_products() -> None:
    """A reader sees what costs most, and what else there is."""
    text = _cost("--targets", "20", "--nodes", "10").stdout
    assert "total" in text
    assert "CloudWatch Synthetics" in text
    dollars = [float(x["dollars"]) for x in json.loads(_cost("--json").stdout)["lines"]]
    assert dollars == sorted(dollars, reverse=True)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--region", "eu-west-1"), "--prices FILE"),
        (("--targets", "0"), "--targets"),
        (("--clusters", "20", "--nodes", "10"), "--clusters 20"),
        (("--interval", "5"), "--interval"),
        (("--prices", "/nowhere.toml"), "/nowhere.toml"),
    ],
)
def test_a_wrong_option_is_refused(arguments: tuple[str, ...], expected: str) -> None:
    """The error names the option or the file; exit 2."""
    result = _cost(*arguments)
    assert result.exit_code == 2
    assert expected in result.stderr


def test_own_prices_are_used(tmp_path: Path) -> None:
    """Free requests make the bill smaller."""
    file = tmp_path / "prices.toml"
    file.write_text(FILE.read_text().replace("0.7625", "0.0"))
    usual = json.loads(_cost("--json").stdout)["total"]
    own = json.loads(_cost("--json", "--prices", str(file)).stdout)["total"]
    assert own < usual


def test_a_region_without_prices_is_named_with_those_that_exist() -> None:
    """The option comes first; the price file of Parallax is not blamed."""
    result = CliRunner().invoke(app, ["cost", "--region", "eu-west-1"])
    assert result.exit_code == 2
    assert "--region eu-west-1: no prices; known: eu-central-1" in result.stderr
    assert "prices.toml" not in result.stderr


def test_one_of_something_is_singular() -> None:
    """The bill shows 1 secret and 1 metric."""
    lines = CliRunner().invoke(app, ["cost"]).stdout
    assert "1 secret " in lines
    assert "1 metric " in lines


def test_a_number_that_is_too_small_states_what_is_expected() -> None:
    """The error has the option and the smallest number."""
    stderr = CliRunner().invoke(app, ["cost", "--targets", "0"]).stderr
    assert "'--targets': expected at least 1" in stderr
