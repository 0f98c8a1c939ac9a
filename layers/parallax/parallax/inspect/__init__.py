"""Inspect: read the Hetzner load balancers through the official client.

In: a client with a read-only token, the targets, and the addresses that their names
resolved to. Out: one BalancerReading per target, with a problem where there is no load
balancer.
It does not: judge health, or change anything at Hetzner.
"""

from parallax.inspect.allowance import Allowance
from parallax.inspect.balancers import problem_readings, read_balancers
from parallax.inspect.project import connect
from parallax.inspect.record import record_all
from parallax.inspect.serving import resolved_addresses

__all__ = [
    "Allowance",
    "connect",
    "problem_readings",
    "read_balancers",
    "record_all",
    "resolved_addresses",
]
