"""Conditions: what public reports of incidents add to a platform.

In and out: plain values; the default of each is a platform without it.
It does not: act. `request`, `nodes`, `ingress`, `edge` and the readings do.
"""

from dataclasses import dataclass

ALL = "all"


@dataclass(slots=True, kw_only=True)
class Conditions:
    """What else is true of a platform."""

    dead: tuple[str, ...] = ()
    """Nodes that are off: they respond to nobody."""
    policy: tuple[str, ...] = ()
    """Pods that a NetworkPolicy closes to all but their own node, or `ALL`."""
    lost: str | None = None
    """Where large packets are lost: `balancer`, `balancer-all` or `overlay`."""
    page_bytes: int = 0
    """Length of the pods' page; 0: a short one."""
    no_proxy: tuple[str, ...] = ()
    """Nodes without kube-proxy and without its rules."""
