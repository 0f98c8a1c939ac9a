"""Peers: what other products cost for the same targets at the same interval.

In: a size, the dated list prices. Out: dollars a month for each product.
It does not: compare what the products do; none of them names a cause.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

from parallax.cost.prices import PeerPrice, Prices
from parallax.cost.usage import MONTH_MINUTES, Size


@dataclass(frozen=True, slots=True)
class Peer:
    """One product; dollars a month as a whole and for each target."""

    price: PeerPrice
    total: float
    per_target: float


def peers_of(size: Size, prices: Prices) -> Iterator[Peer]:
    """Yield each product, in the order of the price file."""
    runs = MONTH_MINUTES * 60 / size.interval
    for price in prices.peers:
        if price.per_run is not None:
            total = price.per_run * runs * ceil(size.targets / price.checks)
        else:
            total = (price.monthly or 0.0) * size.targets
        yield Peer(price, total, total / size.targets)
