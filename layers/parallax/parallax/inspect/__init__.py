"""Inspect: the Hetzner load balancers, read through the official client.

In: a client with a read-only token, the targets. Out: one BalancerReading a
target, with a problem where there is no load balancer.
It does not: judge health, or change anything at Hetzner.
"""

from parallax.inspect.balancers import connect, read, unread

__all__ = ["connect", "read", "unread"]
