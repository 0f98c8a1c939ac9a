"""Limits: what a flood of each public function URL can cost in a month at most.

In: the template, list prices, the bytes of a line of the log. Out: dollars, by line.
It does not: count what AWS gives for nothing, or taxes.

A reserved concurrency caps both: the executions that run all the time, and ten times as
many requests a second. So nothing of a flood costs more, whatever it sends.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bench.cost.functions import LINE_OVERHEAD
from bench.cost.template import REGION, Template
from load.function_url import PER_CONCURRENCY
from parallax.cost.prices import read_prices
from parallax.ingest.rejection_log import SECONDS

MONTH = 43_800 * 60
"""Seconds."""
STATUSES = 4
"""Statuses of rejections that may each have a line a second: 400, 401, 404, 413."""
ANSWER_BYTES = 500
"""Of a response with its headers. Assumed."""
GIGABYTE = 1e9
URLS = ("IngestFunction", "ReportFunction", "ExporterFunction")
TOKEN = {"MetricsToken": "x" * 20}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One URL's largest bill of a month, in dollars."""

    name: str
    concurrency: int
    memory: int
    dollars: Mapping[str, float]

    @property
    def total(self) -> float:
        """The sum."""
        return sum(self.dollars.values())


def limits(line_bytes: float, concurrency: int = 0) -> Iterator[Limit]:
    """Yield each URL's limit; `concurrency` of ingest, 0: the template's default."""
    chosen = {"IngestConcurrency": str(concurrency)} if concurrency else {}
    template = Template({**TOKEN, **chosen})
    given = dict(template.of_type("Serverless::Function"))
    for one in template.functions():
        if one.name not in URLS:
            continue
        most = int(given[one.name]["ReservedConcurrentExecutions"])
        yield Limit(
            name=one.name,
            concurrency=most,
            memory=one.memory,
            dollars=_dollars(most, one.memory, line_bytes),
        )


def _dollars(concurrency: int, memory: int, line_bytes: float) -> dict[str, float]:
    price = read_prices(REGION).of
    requests = PER_CONCURRENCY * concurrency * MONTH
    lines = STATUSES / SECONDS * concurrency * MONTH
    logged = lines * (line_bytes + LINE_OVERHEAD) / GIGABYTE
    seconds = concurrency * MONTH * memory / 1024
    return {
        "executions": price["lambda.gb_seconds"].of(seconds),
        "requests": price["lambda.requests"].of(requests),
        "log": price["logs.gb"].of(logged),
        "responses": price["transfer.gb"].of(requests * ANSWER_BYTES / GIGABYTE),
    }
