"""Options: what the stack's optional metrics, dashboard and traces cost in a month.

In: the bill without them, and prices. Out: rows of a table in docs/cost.md.
It does not: measure. The numbers of a scrape and a push were measured once, on
2026-11-30, with the emulated tables: processor time, bytes, and units of 4 KB.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bench.cost.functions import CORE_MB
from parallax.cost import Prices
from parallax.cost.usage import MONTH_MINUTES

MEMORY_MB = 512
READ_WAIT = 6.0
"""Milliseconds of a request to DynamoDB, as `bench.cost.counter` assumes."""
RECEIVER_WAIT = 100.0
"""Milliseconds of one request to an OTLP receiver; assumed."""
PHASES = 7
"""Metrics of an https target with `Metrics=phases`."""
GB = 1e9
POLLERS, POLLS_A_MINUTE = 5, 3
"""Lambda polls a queue with up to five requests of 20 s each at a time, and with two if
there is little traffic (Developer Guide, "Configuring scaling behavior for SQS")."""
SECRET_MINUTES = 5
"""Between two reads of a secret by one container."""
PAGE_MINUTES, PAGE_WRITES, PAGE_SECONDS = 5, 2_200, 0.2
"""The status page: minutes between two runs, objects written in a month
(docs/decisions/0024), and seconds of a run; the last is assumed."""
VIEWS, VIEW_SECONDS, VIEW_BYTES, VIEW_UNITS = 1_000, 0.2, 130_000, 8
"""A view of the overview of 500 targets takes 45 ms of a core and 129 KB
(docs/decisions/0024)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One scrape and one push of a stack of this size, each once a minute.

    `units` are read units, in `requests` to DynamoDB. `shards`: files that it would
    write if each shard wrote its own one to S3.
    """

    units: float
    requests: int
    scrape_ms: float
    scrape_bytes: int
    push_ms: float
    push_bytes: int
    pushes: int
    shards: int


MEASURED: Mapping[tuple[int, int], Measurement] = {
    (2, 5): Measurement(
        units=2,
        requests=3,
        scrape_ms=4.0,
        scrape_bytes=1_186,
        push_ms=4.2,
        push_bytes=1_604,
        pushes=1,
        shards=1,
    ),
    (20, 10): Measurement(
        units=2,
        requests=3,
        scrape_ms=6.9,
        scrape_bytes=3_361,
        push_ms=13.6,
        push_bytes=6_717,
        pushes=1,
        shards=1,
    ),
    (500, 100): Measurement(
        units=10,
        requests=3,
        scrape_ms=38.6,
        scrape_bytes=56_251,
        push_ms=203.2,
        push_bytes=131_668,
        pushes=2,
        shards=4,
    ),
    (10_000, 500): Measurement(
        units=139,
        requests=4,
        scrape_ms=1_143.2,
        scrape_bytes=1_031_514,
        push_ms=5_297.5,
        push_bytes=2_455_218,
        pushes=27,
        shards=67,
    ),
}


def options(
    prices: Prices, invocations: Mapping[tuple[int, int], float]
) -> Iterator[Sequence[float | str]]:
    """Yield a row for each option: its name, and dollars a month for each size.

    `invocations` of a month are those of the whole stack, without an option.
    """
    sizes = [(size, MEASURED[size]) for size in invocations]
    alarm = prices.of["alarm_metrics"].of(1)
    yield ("`MetricsToken`: a scrape a minute", *(_scrape(m, prices) for _, m in sizes))
    yield ("`OtlpUrl`: a push a minute", *(_push(m, prices) for _, m in sizes))
    yield ("either: the alarm ExporterFailingAlarm", *(alarm for _ in sizes))
    yield (
        "not chosen: a file in S3 each minute",
        *(_file(m, prices) for _, m in sizes),
    )
    custom = prices.of["custom_metrics"]
    phases = (custom.of(PHASES * targets) for (targets, _), _ in sizes)
    yield ("`Metrics=phases`", *phases)
    yield ("`Metrics=success`", *(custom.of(targets) for (targets, _), _ in sizes))
    dashboard = prices.of["dashboards"].of(1)
    yield ("`Dashboard=true`, from the fourth on", *(dashboard for _ in sizes))
    traces = prices.of["traces"]
    yield ("`Tracing=Active`, at most", *(traces.of(invocations[s]) for s, _ in sizes))
    for name, dollars in _alike(prices).items():
        yield (name, *(dollars for _ in sizes))


def _alike(prices: Prices) -> Mapping[str, float]:
    """Return the options that cost the same at every size; computed, not measured."""
    of = {name: price.of for name, price in prices.of.items()}
    polled = of["sqs.requests"](POLLERS * POLLS_A_MINUTE * MONTH_MINUTES)
    secret = of["secrets"](1) + of["secrets.calls"](MONTH_MINUTES / SECRET_MINUTES)
    pages = MONTH_MINUTES / PAGE_MINUTES
    page = of["scheduler.invocations"](pages) + of["lambda.requests"](pages)
    page += of["lambda.gb_seconds"](pages * PAGE_SECONDS * MEMORY_MB / 1024)
    page += of["s3.puts"](PAGE_WRITES) + of["s3.gets"](pages)
    view = of["lambda.requests"](VIEWS) + of["transfer.gb"](VIEWS * VIEW_BYTES / GB)
    view += of["lambda.gb_seconds"](VIEWS * VIEW_SECONDS * MEMORY_MB / 1024)
    view += of["dynamodb.read_units"](VIEWS * VIEW_UNITS)
    return {
        "`HeartbeatUrl`, about": _heartbeat(prices),
        "`LoginSecretArn`: your own secret": secret,
        "routes: the alarm RoutesFailingAlarm": of["alarm_metrics"](1),
        "routes: an empty queue that is polled, at most": polled,
        "`HalfMinuteProbes=true`: the same": polled,
        "`StatusPageBucket`": page,
        "1,000 views of the overview": view,
    }


def _heartbeat(prices: Prices) -> float:
    """Return the price of 0.5 s of `publish`, a read and 3 KB in each minute."""
    used = {"lambda.gb_seconds": 0.5 * 256 / 1024, "transfer.gb": 3_000 / GB}
    used |= {"dynamodb.read_units": 1.0}
    return sum(prices.of[n].of(MONTH_MINUTES * each) for n, each in used.items())


def _scrape(one: Measurement, prices: Prices) -> float:
    busy = _billed(one.scrape_ms) + one.requests * READ_WAIT
    return _month(one.units, busy, one.scrape_bytes, prices)


def _push(one: Measurement, prices: Prices) -> float:
    waits = one.requests * READ_WAIT + one.pushes * RECEIVER_WAIT
    busy = _billed(one.push_ms) + waits
    schedule = prices.of["scheduler.invocations"].of(MONTH_MINUTES)
    return _month(one.units, busy, one.push_bytes, prices) + schedule


def _file(one: Measurement, prices: Prices) -> float:
    """Return the price of the writes and of one read a minute, of the same bytes."""
    writes = prices.of["s3.puts"].of(MONTH_MINUTES * one.shards)
    reads = prices.of["s3.gets"].of(MONTH_MINUTES * one.shards)
    data = prices.of["transfer.gb"].of(MONTH_MINUTES * one.scrape_bytes / GB)
    return writes + reads + data


def _billed(processor_ms: float) -> float:
    return processor_ms * CORE_MB / MEMORY_MB


def _month(units: float, busy_ms: float, sent: int, prices: Prices) -> float:
    used = {
        "lambda.requests": 1.0,
        "lambda.gb_seconds": busy_ms / 1000 * MEMORY_MB / 1024,
        "dynamodb.read_units": units,
        "transfer.gb": sent / GB,
    }
    return sum(
        prices.of[name].of(MONTH_MINUTES * count) for name, count in used.items()
    )
