"""News: which readings of the load balancers are worth an item.

In: readings, the targets that fail now, and when each reading was last stored. Out: the
readings to store.
It does not: store them, or decide how often to read; reading costs calls to Hetzner,
storing costs write units and a judgement.

A reading is stored if it differs from the last stored one in anything but its time, and
if its target failed in the last ten minutes, since judgements of the failure and of the
recovery need a reading of now. An unchanged reading of a healthy target is stored once
an hour, in the minute before the target is judged for its advice. It is marked as
`still`, and starts no judgement of its own. What was stored is known for the life of a
container; the first reading of a new one counts as unchanged.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, cast

from parallax.model.balancer import BalancerReading
from parallax.model.packed import in_clear
from parallax.targets.shard import is_hour_of

MINUTE = timedelta(minutes=1)
AFTER_FAILURE = timedelta(minutes=10)
"""How long after a failing run every reading of its target is stored."""


@dataclass(slots=True)
class News:
    """Remembers the last reading of each target, and when it last failed."""

    _stored: dict[str, BalancerReading] = field(
        default_factory=dict[str, BalancerReading]
    )
    _failed: dict[str, datetime] = field(default_factory=dict[str, datetime])

    def of(
        self, readings: Iterable[BalancerReading], failing: Iterable[str], now: datetime
    ) -> Iterator[BalancerReading]:
        """Yield the readings to store; `failing` names targets that fail now."""
        self._failed |= dict.fromkeys(failing, now)
        for reading in readings:
            if self._is_news(reading, now):
                yield reading
            elif self._is_repeated(reading, now):
                yield replace(reading, still=True)

    def stored(self, reading: BalancerReading) -> None:
        """Remember a reading that was stored."""
        self._stored[reading.target] = reading

    def _is_news(self, reading: BalancerReading, now: datetime) -> bool:
        failed = self._failed.get(reading.target)
        if failed is not None and now - failed < AFTER_FAILURE:
            return True
        last = self._stored.get(reading.target)
        same = last and replace(last, read_at=reading.read_at, still=False) == reading
        return last is not None and not same

    def _is_repeated(self, reading: BalancerReading, now: datetime) -> bool:
        return reading.target not in self._stored or is_hour_of(
            reading.target, now + MINUTE
        )


def failing_in(event: Mapping[str, Any]) -> frozenset[str]:
    """Return the targets whose failing runs are in an event of the journal's stream.

    An event of the schedule has none; what cannot be read names no target.
    """
    records = cast("list[Mapping[str, Any]]", event.get("Records") or [])
    images = (record.get("dynamodb", {}).get("NewImage") for record in records)
    return frozenset(filter(None, (in_clear(image, "pk") for image in images)))
