"""Rate limit: the project's requests per hour, as the API counts them.

In: each request, the time. Out: the three headers of a response.
It does not: reject requests; only a fault makes the API respond with 429.
Source: hcloud-go `client_handler_rate_limit.go` (the headers). The limit refills
evenly, see `docs/decisions/0008-balancer-reader.md`.
"""

import time
from collections.abc import Callable
from http import HTTPStatus

LIMIT_AN_HOUR = 3600
"""One request is added each second."""


class Limit:
    """The project's remaining requests, refilled evenly."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._left = float(LIMIT_AN_HOUR)
        self._at = clock()

    def take(self) -> None:
        """Count a request."""
        now = self._clock()
        self._left = max(0.0, min(LIMIT_AN_HOUR, self._left + now - self._at) - 1)
        self._at = now

    def headers(self, status: int) -> dict[str, str]:
        """Return a response's headers; after a fault's 429 the limit is full in 1 s."""
        refused = status == HTTPStatus.TOO_MANY_REQUESTS
        full = self._at + (1 if refused else LIMIT_AN_HOUR - self._left)
        return {
            "RateLimit-Limit": str(LIMIT_AN_HOUR),
            "RateLimit-Remaining": str(0 if refused else int(self._left)),
            "RateLimit-Reset": str(int(full)),
        }
