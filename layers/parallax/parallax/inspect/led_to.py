"""Led to: the addresses to which each target's name led within the last half hour.

In: a target's newest addresses, an instant. Out: these and the earlier ones.
It does not: store anything; it lives with the container. A healthy run has the address
of its one request only, so a name with two addresses shows both over some minutes. An
investigation shows all of them at once.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

KEPT = timedelta(minutes=30)
"""How long an address counts after it was last seen; DNS returns them in turns."""


@dataclass(slots=True)
class LedTo:
    """Remembers when each address of a target was last seen."""

    _seen: dict[str, dict[str, datetime]] = field(
        default_factory=dict[str, dict[str, datetime]]
    )

    def with_earlier(
        self, target: str, addresses: Iterable[str], now: datetime
    ) -> tuple[str, ...]:
        """Note a target's addresses; return them and the earlier ones, newest first."""
        before = self._seen.get(target, {})
        kept = {a: at for a, at in before.items() if now - at < KEPT}
        newest = dict.fromkeys(addresses, now)
        self._seen[target] = {a: newest.get(a, at) for a, at in (newest | kept).items()}
        return tuple(self._seen[target])
