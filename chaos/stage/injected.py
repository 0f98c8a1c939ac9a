"""Injected: every fault of a run on the stage, and when its recovery was seen.

In: faults with their place; successes of the same place. Out: counts, what never
recovered.
It does not: cause a fault.
"""

import threading
import time
from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Fault:
    """One fault; `recovered` is the seconds until the same place worked again."""

    kind: str
    site: str
    at: float
    recovered: float | None = None


@dataclass
class Injected:
    """The faults of one run."""

    faults: list[Fault] = field(default_factory=list[Fault])
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, kind: str, site: str) -> Fault:
        """Note a fault."""
        fault = Fault(kind, site, time.monotonic())
        with self._lock:
            self.faults.append(fault)
        return fault

    def recovered(self, site: str) -> None:
        """Note that a place works."""
        now = time.monotonic()
        with self._lock:
            for fault in self.faults:
                if fault.site == site and fault.recovered is None:
                    fault.recovered = now - fault.at

    def open(self) -> list[Fault]:
        """Return the faults without a recovery."""
        return [fault for fault in self.faults if fault.recovered is None]

    def counts(self) -> Counter[str]:
        """Return how many faults of each kind recovered."""
        done = (f for f in self.faults if f.recovered is not None)
        return Counter(fault.kind for fault in done)
