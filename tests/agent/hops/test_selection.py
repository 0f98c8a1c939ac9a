"""Which pods and nodes a node probes: a limited number, all in turn, and its own."""

from hypothesis import given, settings
from hypothesis import strategies as st

from parallax.model.cluster import Endpoint, Node
from parallax_agent.hops.selection import (
    VantagePoint,
    own_and_next_node,
    select_endpoints,
)

NAMES = [f"worker-{n:02}" for n in range(30)]
MOST = 10


def spread(nodes: list[str]) -> list[Endpoint]:
    """Return a ready endpoint for each node, as often as it is listed."""
    return [
        Endpoint(address=f"10.0.{n // 250}.{n % 250}", ready=True, port=80, node=node)
        for n, node in enumerate(nodes)
    ]


@settings(deadline=None)
@given(
    nodes=st.lists(st.sampled_from(NAMES), max_size=60),
    own=st.sampled_from(NAMES),
    cycle=st.integers(0, 1000),
)
def test_limited_fair_and_always_on_this_node(
    nodes: list[str], own: str, cycle: int
) -> None:
    """At most ten, none twice, this node's among them, all in some cycles."""
    found = spread(nodes)
    at = VantagePoint(node=own, cycle=cycle)
    asked = select_endpoints(found, at, MOST)
    assert len(asked) == len(set(asked)) == min(MOST, len(found))
    if own in nodes:
        assert any(e.node == own for e in asked)
    if set(nodes) - {own}:
        assert any(e.node != own for e in asked)
    seen = set(asked)
    for later in range(1, 12):
        seen |= set(
            select_endpoints(found, VantagePoint(node=own, cycle=cycle + later), MOST)
        )
    assert seen == set(found)


def test_one_of_each_node_before_a_second_of_any() -> None:
    """With ten pods per node, one cycle covers nine other nodes."""
    found = spread([name for name in NAMES[:12] for _ in range(10)])
    asked = select_endpoints(found, VantagePoint(node="worker-03", cycle=0), MOST)
    others = [e.node for e in asked if e.node != "worker-03"]
    assert others == [f"worker-{n:02}" for n in range(4, 9)]


def test_agents_begin_at_different_places() -> None:
    """In one cycle the agents of a cluster together cover more than ten pods."""
    found = spread(NAMES)
    asked = {
        e
        for n in NAMES
        for e in select_endpoints(found, VantagePoint(node=n, cycle=0), 10)
    }
    assert asked == set(found)


def test_nodes_without_an_address_are_not_selected() -> None:
    """Alone, unknown or without address: there is no other node."""
    here, there = Node(name="a", internal_ip="10.0.0.1"), Node(name="b")
    assert own_and_next_node([here, there], VantagePoint(node="a", cycle=3)) == (
        here,
        None,
    )
    assert own_and_next_node([here, there], VantagePoint(node="b", cycle=3)) is None
    assert own_and_next_node([], VantagePoint(node="b", cycle=3)) is None
