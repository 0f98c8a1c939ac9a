"""FunctionUrl: how many requests a function URL lets through.

In: the times of requests and how long each takes. Out: whether one is accepted.
It does not: run the function.
Sources: AWS Lambda, "Invoking Lambda function URLs" (requests per second: ten times the
reserved concurrency; beyond both limits HTTP 429) and "Understanding function scaling".
"""

import heapq
from dataclasses import dataclass, field

PER_CONCURRENCY = 10
"""Requests a second for each reserved concurrent execution."""


@dataclass(slots=True)
class FunctionUrl:
    """A function URL with a reserved concurrency.

    `flood` is how many foreign requests arrive a second, evenly, and `flood_seconds`
    how long each occupies an execution. `public` False: AWS rejects them before they
    count.
    """

    concurrency: int
    flood: float = 0.0
    flood_seconds: float = 0.0
    public: bool = True
    refused: int = 0
    busiest: int = 0
    _second: int = -1
    _taken: int = 0
    _ends: list[float] = field(default_factory=list[float])

    def accepts(self, now: float) -> bool:
        """Say whether a request at this second is accepted; else it gets 429."""
        second = int(now)
        if second != self._second:
            self._second, self._taken = second, 0
        while self._ends and self._ends[0] <= now:
            heapq.heappop(self._ends)
        foreign, occupied = self._foreign(now - second)
        free_rate = self._taken + foreign < PER_CONCURRENCY * self.concurrency
        if not free_rate or len(self._ends) + occupied >= self.concurrency:
            self.refused += 1
            return False
        self._taken += 1
        return True

    def occupy(self, until: float) -> None:
        """Occupy one execution until then."""
        heapq.heappush(self._ends, until)
        self.busiest = max(self.busiest, len(self._ends))

    def _foreign(self, part: float) -> tuple[float, float]:
        """Return foreign requests of this second so far, and executions they occupy."""
        if not self.public:
            return 0.0, 0.0
        accepted = min(self.flood, float(PER_CONCURRENCY * self.concurrency))
        return self.flood * part, accepted * self.flood_seconds
