"""News: which readings of the load balancers are worth an item.

In: readings, the targets that fail now, and when each reading was last stored. Out: the
readings to store.
It does not: store them, or decide how often to read; reading costs calls to Hetzner,
storing costs write units and a judgement.

A reading is stored if it differs from the last stored one in anything but its time, if
its target failed in the last ten minutes, since judgements of the failure and of the
recovery need a reading of now, and every half hour, so that a person and the advice
have a recent one. This is known for the life of a container; a new container stores
every reading once.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, cast

from parallax.model.balancer import BalancerReading
from parallax.model.packed import in_clear

REPEATED = timedelta(minutes=30)
"""How often an unchanged reading is stored."""
AFTER_FAILURE = timedelta(minutes=10)
"""How long after a failing run every reading of its target is stored."""


@dataclass(slots=True)
class News:
    """Remembers the last stored reading of each target, and when it last failed."""

    _stored: dict[str, BalancerReading] = field(
        default_factory=dict[str, BalancerReading]
    )
    _failed: dict[str, datetime] = field(default_factory=dict[str, datetime])

    def of(
        self, readings: Iterable[BalancerReading], failing: Iterable[str], now: datetime
    ) -> tuple[BalancerReading, ...]:
        """Return the readings to store; `failing` names targets that fail now."""
        self._failed |= dict.fromkeys(failing, now)
        return tuple(one for one in readings if self._is_news(one, now))

    def stored(self, reading: BalancerReading) -> None:
        """Remember a reading that was stored."""
        self._stored[reading.target] = reading

    def _is_news(self, reading: BalancerReading, now: datetime) -> bool:
        failed = self._failed.get(reading.target)
        if failed is not None and now - failed < AFTER_FAILURE:
            return True
        last = self._stored.get(reading.target)
        if last is None or replace(last, read_at=reading.read_at) != reading:
            return True
        return not timedelta() <= reading.read_at - last.read_at < REPEATED


def failing_in(event: Mapping[str, Any]) -> frozenset[str]:
    """Return the targets whose failing runs are in an event of the journal's stream.

    An event of the schedule has none; what cannot be read names no target.
    """
    records = cast("list[Mapping[str, Any]]", event.get("Records") or [])
    images = (record.get("dynamodb", {}).get("NewImage") for record in records)
    return frozenset(filter(None, (in_clear(image, "pk") for image in images)))
