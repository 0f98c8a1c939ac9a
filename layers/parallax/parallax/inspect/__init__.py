"""Inspect: the Hetzner load balancers, read through the official client.

In: a client with a read-only token, the targets, and the addresses that their
names were answered with. Out: one BalancerReading a target, with a problem where
there is no load balancer.
It does not: judge health, or change anything at Hetzner.
"""

from parallax.inspect.allowance import Allowance
from parallax.inspect.balancers import read, unread
from parallax.inspect.project import connect
from parallax.inspect.record import record_all
from parallax.inspect.serving import answered

__all__ = ["Allowance", "answered", "connect", "read", "record_all", "unread"]
