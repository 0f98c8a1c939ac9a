"""The load of all agents on one target: bounded, and yet every hop gets its turn."""

from collections import Counter

import pytest

from parallax.model.probe import Role
from parallax_agent.hops.plan import MAX_REQUESTS
from parallax_agent.hops.share import FLEET_REQUESTS
from parallax_agent.pace.turns import SLOTS
from tests.agent.hops.fleet import Fleet

MINUTE = 29_400_000 * 60
SIZES = [(1, 1), (3, 9), (5, 5000), (60, 300), (100, 1000), (500, 1), (500, 5000)]


@pytest.mark.parametrize(("nodes", "pods"), SIZES)
def test_a_healthy_target_gets_at_most_sixty_requests_a_minute(
    nodes: int, pods: int
) -> None:
    """However many nodes and pods there are, and never two in one second."""
    fleet = Fleet(nodes, pods)
    seconds = [fleet.at_second(MINUTE + second) for second in range(SLOTS)]
    assert sum(map(len, seconds)) <= SLOTS
    assert max(map(len, seconds)) == 1


@pytest.mark.parametrize(("nodes", "pods"), SIZES)
def test_a_failing_target_gets_at_most_three_hundred_in_a_cycle(
    nodes: int, pods: int
) -> None:
    """And at least half of that, if there are so many hops."""
    fleet = Fleet(nodes, pods)
    for cycle in (0, 1):
        requests = fleet.in_alert(cycle)
        assert len(requests) <= FLEET_REQUESTS
        hops = sum(len(fleet.whole_plan(n, cycle)) for n in range(nodes))
        assert len(requests) >= min(hops, FLEET_REQUESTS // 2)


@pytest.mark.parametrize(("nodes", "pods"), [(1, 10), (3, 30), (10, 40), (20, 100)])
def test_while_healthy_every_hop_is_probed_in_the_stated_time(
    nodes: int, pods: int
) -> None:
    """NodePorts of every node and all pods, within nodes x 26 seconds."""
    fleet = Fleet(nodes, pods)
    length = max(len(fleet.whole_plan(n, 0)) for n in range(nodes))
    assert length <= MAX_REQUESTS
    # Twice, because rounds of different nodes do not begin together.
    seconds = range(MINUTE, MINUTE + 2 * max(SLOTS, nodes * length))
    seen = [request for second in seconds for request in fleet.at_second(second)]
    for role in (Role.INGRESS, Role.SERVICE, Role.NODEPORT_OWN):
        assert {r.node for r in seen if r.role is role} == set(fleet.names)
    assert len({r.pod for r in seen if r.role is Role.POD}) == pods
    assert len({r.pod for r in seen if r.role is Role.INGRESS_POD}) == 3


def test_every_pod_of_a_large_service_is_probed_from_its_own_node() -> None:
    """Five pods of a node in each walk: of 5,000 pods on 500 nodes all in two."""
    fleet = Fleet(500, 5000)
    walks = [fleet.whole_plan(n, cycle) for n in range(500) for cycle in (0, 1)]
    own = {
        r.pod
        for walk in walks
        for r in walk
        if r.role is Role.POD and r.peer_node == r.node
    }
    assert len(own) == 5000


def test_a_failing_target_s_doors_are_probed_by_every_node_within_two_cycles() -> None:
    """What a load balancer needs comes first, in a cluster of any size."""
    for nodes in (60, 100, 150, 300, 500):
        fleet = Fleet(nodes, 10)
        groups = 1 if nodes <= FLEET_REQUESTS else 2
        seen = Counter(
            request.node
            for cycle in range(2 * groups)
            for request in fleet.in_alert(cycle)
            if request.role is Role.INGRESS
        )
        assert set(seen) == set(fleet.names), nodes


def test_the_rest_of_a_failing_target_s_plan_takes_turns() -> None:
    """Every hop of every node is probed in some cycle."""
    fleet = Fleet(60, 10)
    length = len(fleet.whole_plan(0, 0))
    seen = {
        (request.node, request.role, request.pod)
        for cycle in range(length)
        for request in fleet.in_alert(cycle)
        if request.node == "node-000"
    }
    whole = {(r.node, r.role, r.pod) for r in fleet.whole_plan(0, 0)}
    assert whole <= seen
