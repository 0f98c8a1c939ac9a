"""Cost: the monthly bill of a stack of any size, from counted requests and list prices.

In: numbers of targets, nodes and clusters, a region. Out: the bill, line by line.
It does not: count requests; `make bench-cost` does, and writes `measured.json`.
"""

from parallax.cost.bill import Bill, Line, bill_of
from parallax.cost.measured import Measured, read_measured
from parallax.cost.peers import Peer, peers_of
from parallax.cost.prices import Prices, PricesError, read_prices
from parallax.cost.usage import Size, Usage, usage_of

__all__ = [
    "Bill",
    "Line",
    "Measured",
    "Peer",
    "Prices",
    "PricesError",
    "Size",
    "Usage",
    "bill_of",
    "peers_of",
    "read_measured",
    "read_prices",
    "usage_of",
]
