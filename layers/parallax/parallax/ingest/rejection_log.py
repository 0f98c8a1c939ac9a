"""Rejection log: a line about rejected pushes, at most one a second for each status.

In: rejections. Out: lines in the log; each names how many others were left out.
It does not: decide what is rejected. A line costs more than the rejection itself, and
anybody can cause one: so a flood of requests must not be a flood of lines.
"""

import logging
from collections import Counter
from time import monotonic

from parallax.ingest.rejection import PushRejected

SECONDS = 1.0
"""Between two lines about one status, in one container."""
log = logging.getLogger(__name__)


class RejectionLog:
    """The rejections of one container."""

    def __init__(self) -> None:
        self._logged: dict[int, float] = {}
        self._left_out: Counter[int] = Counter()

    def note(self, rejection: PushRejected) -> None:
        """Log a rejection, or count it for the next line."""
        code, now = rejection.status_code, monotonic()
        if now - self._logged.get(code, -SECONDS) < SECONDS:
            self._left_out[code] += 1
            return
        self._logged[code] = now
        facts = {"status_code": code, "reason": rejection.text}
        if left_out := self._left_out.pop(code, 0):
            facts["others"] = left_out
        log.warning("push was rejected", extra=facts)
