"""Members: whether the attachment to a private network is in the state `error`.

In: load balancers, how to read a network's members. Out: the same, with the state of
the load balancer's and of its targets' attachments.
It does not: read networks of a load balancer that has a healthy target: each network
costs a call.
Source: hcloud-python 2.25, `networks/domain.py`, `NetworkMember` (`GET
/networks/{id}/members`).
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from parallax.inspect.shape import Json
from parallax.model.balancer import BalancerTarget, HealthStatus, LoadBalancer

ERROR = "error"
type Read = Callable[[int], Sequence[Json] | None]
"""Returns the members of a network; None: not read."""
type Failed = frozenset[tuple[str, int]]
"""Type and id of the members in the state `error`."""


def with_members(balancer: LoadBalancer, read: Read) -> LoadBalancer:
    """Return a load balancer with the state of the attachments, if it needs them."""
    if not _needs(balancer):
        return balancer
    lists = [read(network) for network in balancer.networks or ()]
    if None in lists:
        return balancer
    failed: Failed = frozenset(
        (str(member["type"]), int(member["id"]))
        for members in lists
        for member in members or ()
        if member.get("status") == ERROR
    )
    return replace(
        balancer,
        attachment_failed=("load_balancer", balancer.id) in failed,
        targets=tuple(_target(t, failed) for t in balancer.targets),
    )


def _needs(balancer: LoadBalancer) -> bool:
    """Return whether no target is healthy, and private addresses are used."""
    leaves = list(balancer.leaves())
    healthy = any(
        seen.status is HealthStatus.HEALTHY for t in leaves for seen in t.health_status
    )
    private = any(t.use_private_ip for t in leaves)
    return bool(balancer.networks) and private and not healthy


def _target(target: BalancerTarget, failed: Failed) -> BalancerTarget:
    return replace(
        target,
        attachment_failed=target.server_id is not None
        and ("server", target.server_id) in failed,
        targets=tuple(_target(t, failed) for t in target.targets),
    )
