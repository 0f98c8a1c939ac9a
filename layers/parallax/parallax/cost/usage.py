"""Usage: what a stack of a given size uses in a month.

In: a size, the counted minute. Out: an amount for each meter.
It does not: know prices.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from parallax.cost.measured import Measured, Units, features, reporting

MONTH_MINUTES = 730 * 60
"""Minutes of a month, as AWS's price pages have it: 730 hours."""
NEW_MINUTES, LONG_MINUTES = 15.0, 120.0
"""Minutes after which a failure is investigated and reported less often."""
COUNTED = "count."
KEPT_MINUTES = 2 * 24 * 60
"""How long the journal keeps an item."""
SNAPSHOT_DAYS = 90.0
LOG_DAYS = 30.0
COMPRESSED = 0.15
"""Share of a log's bytes that is stored, as CloudWatch's price page assumes."""
GB = 1e9
PROBED = ("lambda.ProbeFunction.gb_seconds", "transfer.bytes")
"""Meters whose part for each target follows the interval of the probes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """A stack: probes each `interval` seconds, `failing` is a share of all target time.

    An outage lasts `outage_minutes`.
    """

    targets: int
    nodes: int
    clusters: int = 1
    interval: float = 60.0
    failing: float = 0.0
    outage_minutes: float = 60.0


@dataclass(frozen=True, slots=True)
class Amount:
    """A quantity in a month: a fixed part, and one for each node and target."""

    fixed: float = 0.0
    per_node: float = 0.0
    per_target: float = 0.0

    def total(self, size: Size) -> float:
        """Return the quantity of a whole stack."""
        nodes, targets = size.nodes, size.targets
        return self.fixed + self.per_node * nodes + self.per_target * targets

    def times(self, factor: float) -> "Amount":
        """Return the amount multiplied by a factor."""
        return Amount(
            self.fixed * factor, self.per_node * factor, self.per_target * factor
        )

    def plus(self, other: "Amount") -> "Amount":
        """Return the sum of two amounts."""
        return Amount(
            self.fixed + other.fixed,
            self.per_node + other.per_node,
            self.per_target + other.per_target,
        )


@dataclass(frozen=True, slots=True)
class Usage:
    """Amounts by meter, for one size."""

    size: Size
    amounts: Mapping[str, Amount] = field(default_factory=dict[str, Amount])

    def named(self, *meters: str) -> Amount:
        """Return the sum of some meters; one that is not there counts nothing."""
        return _sum(self.amounts.get(meter, Amount()) for meter in meters)

    def ending(self, prefix: str, suffix: str) -> dict[str, Amount]:
        """Return the meters `prefix.<name>.suffix`, by name."""
        return {
            meter.removeprefix(f"{prefix}.").removesuffix(f".{suffix}"): amount
            for meter, amount in self.amounts.items()
            if meter.startswith(f"{prefix}.") and meter.endswith(f".{suffix}")
        }

    def summed(self, prefix: str, suffix: str) -> Amount:
        """Return the sum of the meters `prefix.<name>.suffix`."""
        return _sum(self.ending(prefix, suffix).values())


def usage_of(size: Size, measured: Measured) -> Usage:
    """Return what a stack uses in a month."""
    amounts: dict[str, Amount] = {}
    for meter, units in measured.healthy.items():
        probed = meter in PROBED
        amount = _amount(units, size, 60.0 / size.interval if probed else 1.0)
        counted = meter.startswith(COUNTED)
        amounts[meter] = amount if counted else amount.times(MONTH_MINUTES)
    for minutes, part in _failing_minutes(size, measured):
        for meter, units in part.items():
            nodes = reporting(size.nodes / size.clusters)
            each = minutes * (units.fixed + units.node * nodes)
            before = amounts.get(meter, Amount())
            amounts[meter] = before.plus(Amount(per_target=each / size.targets))
    return Usage(size, amounts)


def _failing_minutes(
    size: Size, measured: Measured
) -> Iterable[tuple[float, Mapping[str, Units]]]:
    """Yield the minutes of outages in a month, by their age, with their units."""
    minutes = MONTH_MINUTES * size.failing * size.targets
    new = min(1.0, NEW_MINUTES / size.outage_minutes)
    known = min(1.0, LONG_MINUTES / size.outage_minutes)
    yield minutes * new, measured.failing
    yield minutes * (known - new), measured.outage
    yield minutes * (1 - known), measured.long_outage


def _amount(units: Units, size: Size, target_factor: float) -> Amount:
    counts = features(size.targets, size.nodes, size.clusters)
    shared = units.shard * counts["shard"] / size.targets
    per_target = units.target * target_factor + units.pair * size.nodes + shared
    fixed = units.fixed + units.cluster * counts["cluster"]
    sharded = units.sharded_node if counts["shard"] else 0.0
    return Amount(fixed, units.node + sharded, per_target)


def _sum(amounts: Iterable[Amount]) -> Amount:
    total = Amount()
    for amount in amounts:
        total = total.plus(amount)
    return total
