"""The bill: lines add up, and each part is what one more of it costs."""

import pytest

from parallax.cost import Bill, Measured, Size, bill_of, read_prices, usage_of
from parallax.cost.measured import Units

MEASURED = Measured(
    date="2026-11-30",
    healthy={
        "dynamodb.write_units": Units(fixed=10, node=1, target=0.5),
        "dynamodb.read_units": Units(fixed=4, pair=0.1),
        "lambda.ProbeFunction.gb_seconds": Units(fixed=0.2, target=0.01, shard=0.2),
        "lambda.ProbeFunction.requests": Units(fixed=1, shard=1),
        "count.alarm_metrics": Units(fixed=12),
    },
    failing={"dynamodb.write_units": Units(fixed=3, node=2)},
    outage={"dynamodb.write_units": Units(node=0.5)},
    long_outage={"dynamodb.write_units": Units(node=0.1)},
)
PRICES = read_prices("us-east-1")


def _bill(**size: float) -> Bill:
    given = {"targets": 20, "nodes": 10} | size
    return bill_of(usage_of(Size(**given), MEASURED), PRICES)  # pyright: ignore[reportArgumentType] - numbers of a test


def test_lines_and_parts_add_up_to_the_total() -> None:
    """The total is the sum of the lines, and of fixed, nodes and targets."""
    bill = _bill()
    fixed, node, target = bill.parts
    assert sum(line.dollars for line in bill.lines) == pytest.approx(bill.total)
    assert fixed + 10 * node + 20 * target == pytest.approx(bill.total)
    assert bill.per_target == pytest.approx(bill.total / 20)


def test_a_line_is_quantity_times_price() -> None:
    """30 write units a minute are 1.3 million a month."""
    line = next(one for one in _bill().lines if one.name == "DynamoDB writes")
    assert line.quantity == pytest.approx(30 * 43_800)
    assert line.dollars == pytest.approx(30 * 43_800 * 0.625e-6)


def test_things_that_exist_are_not_multiplied_by_minutes() -> None:
    """Twelve alarm metrics cost 1.20."""
    line = next(one for one in _bill().lines if one.name == "alarms")
    assert line.dollars == pytest.approx(1.20)


def test_more_targets_need_more_shards() -> None:
    """450 targets are probed by three invocations a minute."""
    line = next(x for x in _bill(targets=450).lines if x.name == "Lambda requests")
    assert line.quantity == pytest.approx(3 * 43_800)


def test_half_the_probes_cost_half_of_the_probing_only() -> None:
    """The interval changes what each target adds to the probe function."""
    slow, usual = _bill(interval=120.0), _bill()
    assert usual.total - slow.total == pytest.approx(20 * 0.005 * 43_800 * 0.0000166667)


def test_a_long_outage_costs_less_for_each_minute() -> None:
    """Its first quarter of an hour has the units of a new failure."""
    minutes = 43_800 * 0.01 * 20
    extra = _bill(failing=0.01).total - _bill().total
    new, old = 3 + 2 * 10, 0.5 * 10
    units = minutes * (0.25 * new + 0.75 * old)
    assert extra == pytest.approx(units * 0.625e-6)


def test_an_outage_of_a_month_has_the_units_of_a_long_one() -> None:
    """Its first two hours are 0.3 % of it."""
    month = 43_800.0
    extra = _bill(failing=0.05, outage_minutes=month).total - _bill().total
    units = 15 * (3 + 2 * 10) + 105 * 0.5 * 10 + (month - 120) * 0.1 * 10
    assert extra == pytest.approx(units * 0.625e-6)


def test_nothing_used_is_no_line() -> None:
    """A stack without S3 has no line for it."""
    assert not [line for line in _bill().lines if line.name.startswith("S3")]
