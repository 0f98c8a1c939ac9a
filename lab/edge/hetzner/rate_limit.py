"""Hetzner limit: the project's calls an hour, as the API counts them.

In: each call, the time. Out: the three headers of an answer.
It does not: refuse; only a fault makes the API say 429.
Source: hcloud-go `client_handler_rate_limit.go` (the headers); that it refills
evenly is what is known, see `docs/decisions/0008-balancer-reader.md`.
"""

import time
from collections.abc import Callable
from http import HTTPStatus

LIMIT_AN_HOUR = 3600
"""A call comes back each second."""


class Limit:
    """What is left to the project, refilled bit by bit."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._left = float(LIMIT_AN_HOUR)
        self._at = clock()

    def take(self) -> None:
        """Count a call."""
        now = self._clock()
        self._left = max(0.0, min(LIMIT_AN_HOUR, self._left + now - self._at) - 1)
        self._at = now

    def headers(self, status: int) -> dict[str, str]:
        """Return what an answer tells; after a fault's 429 all is there at once."""
        refused = status == HTTPStatus.TOO_MANY_REQUESTS
        full = self._at + (1 if refused else LIMIT_AN_HOUR - self._left)
        return {
            "RateLimit-Limit": str(LIMIT_AN_HOUR),
            "RateLimit-Remaining": str(0 if refused else int(self._left)),
            "RateLimit-Reset": str(int(full)),
        }
