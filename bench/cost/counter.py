"""Counter: what the requests to AWS use, counted at botocore's HTTP layer.

In: each request as botocore sends it, and Moto's response. Out: numbers by meter, e.g.
`dynamodb.write_units`; the milliseconds that a request would wait in AWS.
It does not: count a request to a service that it does not know; it raises.

Moto's own processor time is measured apart, so that it is not billed to a function.
"""

import time
from collections import defaultdict
from collections.abc import Mapping

WAIT = {
    "DynamoDB.GetItem": 4.0,
    "DynamoDB.Query": 5.0,
    "DynamoDB.Scan": 8.0,
    "DynamoDB.BatchGetItem": 6.0,
    "DynamoDB.PutItem": 6.0,
    "DynamoDB.UpdateItem": 6.0,
    "DynamoDB.DeleteItem": 6.0,
    "DynamoDB.BatchWriteItem": 8.0,
    "AmazonSQS": 12.0,
    "sns": 30.0,
    "s3": 30.0,
    "secrets-manager": 20.0,
    "lambda": 20.0,
}
"""Milliseconds from a request to its response inside a region. Assumed, not measured:
AWS states single-digit milliseconds for DynamoDB, and nothing for the others."""


class Counter:
    """The numbers of one measurement; `reset` starts the next."""

    def __init__(self) -> None:
        self.meters: defaultdict[str, float] = defaultdict(float)
        self.calls: defaultdict[str, int] = defaultdict(int)
        self.waited = 0.0
        """Milliseconds."""
        self.own_cpu = 0.0
        """Seconds that the counting and Moto took, of all threads."""
        self.paused = False
        self.metrics: set[str] = set()
        """Custom metrics that were printed, by name and dimensions."""

    def reset(self) -> None:
        """Forget all numbers."""
        self.meters.clear()
        self.calls.clear()
        self.metrics.clear()

    def add(self, meter: str, quantity: float = 1.0) -> None:
        """Add to a meter."""
        if not self.paused:
            self.meters[meter] += quantity

    def called(self, operation: str) -> None:
        """Note one request: its wait, and how often it was sent."""
        if self.paused:
            return
        self.calls[operation] += 1
        self.waited += WAIT.get(operation, WAIT.get(operation.partition(".")[0], 20.0))

    def minute(self, minutes: float) -> dict[str, float]:
        """Return the numbers for each minute."""
        return {name: value / minutes for name, value in sorted(self.meters.items())}


class Own:
    """A block whose processor time is not the function's."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._began = 0.0

    def __enter__(self) -> None:
        self._began = time.thread_time()

    def __exit__(self, *_: object) -> None:
        self._counter.own_cpu += time.thread_time() - self._began


def attributes(request: Mapping[str, object]) -> Mapping[str, str]:
    """Return the names behind `#name` in a request to DynamoDB."""
    names = request.get("ExpressionAttributeNames") or {}
    return names if isinstance(names, Mapping) else {}
