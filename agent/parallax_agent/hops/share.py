"""Share: the requests of a cycle that this node sends to a failing target.

In: the whole plan of this node, its place among the nodes. Out: the part of the plan
that it sends, so that all nodes together send at most `FLEET_REQUESTS` in a cycle.
It does not: plan (`plan`), or send.

Up to eleven nodes each send the whole plan. Of more, each sends first what only it can
measure and what users need: its own NodePorts and the Service. The rest takes turns.
"""

from collections.abc import Collection, Sequence

from parallax.model.probe import Probe, Role
from parallax.probe import ProbeRequest
from parallax_agent.hops.plan import MAX_REQUESTS

FLEET_REQUESTS = 300
"""Requests of all nodes to one failing target in a cycle of ten seconds, at most."""
_FIRST = (Role.INGRESS, Role.SERVICE, Role.NODEPORT_OWN)
"""What each node probes before all else, the most important first."""

type Hop = tuple[Role, str | None, str | None]
"""What a probe or request goes to: role, pod, the other node."""


def hop_of(sent: Probe | ProbeRequest) -> Hop:
    """Return the hop that a probe or a request goes to."""
    return sent.role, sent.pod, sent.peer_node


def place_among(
    reporters: Collection[str] | None, node: str, *, index: int, count: int
) -> tuple[int, int]:
    """Return the index and the count of a node among those that share a cycle.

    Without reporters all `count` nodes share it. Else one share is left for the other
    nodes: a second of UTC belongs to one of them, and if it sees a failure, it sends
    one request of its plan.
    """
    if reporters is None:
        return index, count
    if node not in reporters:
        return index % FLEET_REQUESTS, FLEET_REQUESTS
    return sorted(reporters).index(node), len(reporters) + 1


def most_requests(count: int) -> int:
    """Return how many requests one of `count` nodes may send in a cycle."""
    return min(max(FLEET_REQUESTS // max(1, count), 1), MAX_REQUESTS)


def take_share(
    plan: Sequence[ProbeRequest],
    *,
    index: int,
    count: int,
    cycle: int,
    failing: Collection[Hop] = (),
) -> list[ProbeRequest]:
    """Return the requests of one cycle; `cycle` is the same number on all nodes.

    Hops that fail come first. Of more than 300 nodes, some skip the cycle.
    """
    groups = -(-count // FLEET_REQUESTS)
    if (index + cycle) % groups:
        return []
    own_cycle, most = cycle // groups, most_requests(count)
    if len(plan) <= most:
        return list(plan)
    ordered = _by_importance(plan, failing)
    # Two thirds stay the same; a single request alternates.
    fixed = most * 2 // 3 if most > 1 else own_cycle % 2
    turn = own_cycle if most > 1 else own_cycle // 2
    rest, places = ordered[fixed:], most - fixed
    turned = [rest[(turn * places + i) % len(rest)] for i in range(places)]
    return [*ordered[:fixed], *turned]


def _by_importance(
    plan: Sequence[ProbeRequest], failing: Collection[Hop]
) -> list[ProbeRequest]:
    """Sort by: failing, then one of each kind in order of importance, then others."""
    firsts: dict[int, ProbeRequest] = {}
    for request in plan:
        firsts.setdefault(_kind(request), request)
    ordered = [firsts[kind] for kind in sorted(firsts)]
    ordered += [request for request in plan if request not in firsts.values()]
    return sorted(ordered, key=lambda request: hop_of(request) not in failing)


def _kind(request: ProbeRequest) -> int:
    """Return the number of a request's kind, the lower the more important."""
    if request.role in _FIRST:
        return _FIRST.index(request.role)
    if request.role is Role.POD:
        return 3 if request.peer_node == request.node else 4
    return 5 if request.role is Role.INGRESS_POD else 6
