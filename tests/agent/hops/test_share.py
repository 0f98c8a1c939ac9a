"""A node's share of the requests to a failing target."""

import pytest

from parallax.model.probe import Role
from parallax_agent.hops.share import (
    FLEET_REQUESTS,
    hop_of,
    most_requests,
    place_among,
    take_share,
)
from tests.agent.hops.fleet import Fleet

FLEET = Fleet(100, 50)
PLAN = FLEET.whole_plan(0, 0)


@pytest.mark.parametrize(
    ("count", "most"),
    [(0, 26), (1, 26), (11, 26), (12, 25), (60, 5), (100, 3), (300, 1), (5000, 1)],
)
def test_the_share_becomes_smaller_with_the_number_of_nodes(
    count: int, most: int
) -> None:
    """Up to eleven nodes send their whole plan."""
    assert most_requests(count) == most


def test_a_small_cluster_sends_everything_in_each_cycle() -> None:
    """In the order of the plan."""
    assert take_share(PLAN, index=3, count=11, cycle=7) == PLAN


def test_the_own_nodeports_come_first_and_the_rest_takes_turns() -> None:
    """Two thirds of the places are always the same."""
    shares = [take_share(PLAN, index=0, count=50, cycle=c) for c in range(20)]
    for share in shares:
        roles = [request.role for request in share]
        assert roles[:3] == [Role.INGRESS, Role.SERVICE, Role.NODEPORT_OWN]
        assert share[3].peer_node == "node-000"
        assert len({id(request) for request in share}) == len(share) == 6
    assert {id(r) for share in shares for r in share} == set(map(id, PLAN))


def test_a_failing_hop_is_probed_in_each_cycle() -> None:
    """So that its recovery is noticed."""
    hop = next(r for r in PLAN if r.role is Role.INGRESS_OTHER)
    for cycle in range(10):
        share = take_share(PLAN, index=0, count=100, cycle=cycle, failing={hop_of(hop)})
        assert hop in share
        assert any(r.role is Role.INGRESS for r in share)


def test_of_more_than_three_hundred_nodes_some_skip_a_cycle() -> None:
    """Each sends one request in every second cycle, half of them to its NodePort."""
    sent = [take_share(PLAN, index=4, count=500, cycle=cycle) for cycle in range(80)]
    assert [len(share) for share in sent] == [1, 0] * 40
    first = [share[0].role for share in sent if share]
    assert first[1::2] == [Role.INGRESS] * 20
    assert len({id(share[0]) for share in sent if share}) > 10


def test_the_reporters_share_a_cycle_and_leave_a_part_for_others() -> None:
    """24 reporters, and in ten seconds ten other nodes that see a failure."""
    chosen = {f"node-{n:03}" for n in range(24)}
    places = {place_among(chosen, n, index=0, count=500) for n in chosen}
    assert places == {(n, 25) for n in range(24)}
    other = place_among(chosen, "node-499", index=499, count=500)
    assert other == (199, FLEET_REQUESTS)
    sent = 24 * most_requests(25) + 10 * most_requests(other[1])
    assert sent <= FLEET_REQUESTS


def test_in_a_small_cluster_every_node_shares() -> None:
    """There are no reporters to choose."""
    assert place_among(None, "node-003", index=3, count=10) == (3, 10)
