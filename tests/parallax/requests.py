"""Requests: how many requests a piece of code sends to DynamoDB, by operation.

In: nothing. Out: a counter while the block runs. It does not: change a request.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from parallax.aws import client


@contextmanager
def requests() -> Iterator[Counter[str]]:
    """Count the requests to DynamoDB by operation."""
    counts: Counter[str] = Counter()

    def count(request: Any, **_: object) -> None:
        counts[request.headers["X-Amz-Target"].decode().partition(".")[2]] += 1

    hooks = client("dynamodb").meta.events
    hooks.register("before-send.dynamodb", count)
    try:
        yield counts
    finally:
        hooks.unregister("before-send.dynamodb", count)
