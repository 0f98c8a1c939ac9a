"""Bill: usage times prices, line by line.

In: what a stack uses in a month, the prices of a region. Out: lines with quantity and
dollars: fixed, for each node, for each target.
It does not: round, or add tax, support or a free tier.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from parallax.cost.prices import Prices
from parallax.cost.usage import (
    COMPRESSED,
    GB,
    KEPT_MINUTES,
    LOG_DAYS,
    MONTH_MINUTES,
    SNAPSHOT_DAYS,
    Amount,
    Usage,
)

DAY_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line; the dollars of a month as a whole and in parts."""

    name: str
    quantity: float
    unit: str
    dollars: float
    fixed: float
    per_node: float
    per_target: float
    meter: str


@dataclass(frozen=True, slots=True)
class Bill:
    """All lines of one size; the largest first."""

    usage: Usage
    lines: tuple[Line, ...]

    @property
    def total(self) -> float:
        """Dollars in a month."""
        return sum(line.dollars for line in self.lines)

    @property
    def per_target(self) -> float:
        """Dollars in a month, divided by the targets."""
        return self.total / self.usage.size.targets

    @property
    def parts(self) -> tuple[float, float, float]:
        """Dollars in a month: fixed, for each node, for one more target."""
        return (
            sum(line.fixed for line in self.lines),
            sum(line.per_node for line in self.lines),
            sum(line.per_target for line in self.lines),
        )


def bill_of(usage: Usage, prices: Prices) -> Bill:
    """Return the bill of a month, without lines of nothing."""
    lines: list[Line] = []
    for name, meter, amount in _items(usage):
        price = prices.of[meter]
        quantity = amount.total(usage.size)
        if quantity <= 0:
            continue
        lines.append(
            Line(
                name=name,
                quantity=quantity,
                unit=price.unit,
                dollars=price.of(quantity),
                fixed=price.of(amount.fixed),
                per_node=price.of(amount.per_node),
                per_target=price.of(amount.per_target),
                meter=meter,
            )
        )
    return Bill(usage, tuple(sorted(lines, key=lambda line: -line.dollars)))


def _items(usage: Usage) -> Iterator[tuple[str, str, Amount]]:
    """Yield the name of each line, the meter of its price, and its quantity."""
    yield "DynamoDB writes", *_plain(usage, "dynamodb.write_units")
    yield "DynamoDB reads", *_plain(usage, "dynamodb.read_units")
    created = usage.named("dynamodb.created_bytes")
    kept = created.times(KEPT_MINUTES / MONTH_MINUTES / GB)
    yield "DynamoDB storage", "dynamodb.storage_gb", kept
    for function, amount in sorted(usage.ending("lambda", "gb_seconds").items()):
        step = function.removesuffix("Function").lower()
        yield f"Lambda {step}", "lambda.gb_seconds", amount
    yield "Lambda requests", "lambda.requests", usage.summed("lambda", "requests")
    written = usage.summed("logs", "bytes").times(1 / GB)
    yield "logs", "logs.gb", written
    days = LOG_DAYS * DAY_MINUTES / MONTH_MINUTES
    yield "logs, stored", "logs.storage_gb", written.times(COMPRESSED * days)
    for name, meter in _COUNTS.items():
        yield name, meter, usage.named(f"count.{meter}")
    for name, meter in _CALLS.items():
        yield name, *_plain(usage, meter)
    months = SNAPSHOT_DAYS * DAY_MINUTES / MONTH_MINUTES
    stored = usage.named("s3.put_bytes").times(months / GB)
    yield "S3 storage", "s3.storage_gb", stored
    sent = usage.named("transfer.bytes").times(1 / GB)
    yield "data to the internet", "transfer.gb", sent


_COUNTS = {
    "alarms": "alarm_metrics",
    "secrets": "secrets",
    "custom metrics": "custom_metrics",
}
_CALLS = {
    "secret reads": "secrets.calls",
    "findings queue": "sqs.requests",
    "alert mails": "sns.mails",
    "alerts topic": "sns.requests",
    "S3 writes": "s3.puts",
    "S3 reads": "s3.gets",
    "schedules": "scheduler.invocations",
}


def _plain(usage: Usage, meter: str) -> tuple[str, Amount]:
    return meter, usage.named(meter)
