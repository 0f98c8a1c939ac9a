"""Which pods and nodes a node asks: never too many, all in cycle, and its own."""

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
    """Return a ready endpoint on each of these nodes, as often as they are named."""
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
def test_bounded_fair_and_always_at_home(
    nodes: list[str], own: str, cycle: int
) -> None:
    """At most ten, none twice, own node's among them, and all within some turns."""
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
    """Ten pods a node on many nodes: nine other nodes are seen in one cycle."""
    found = spread([name for name in NAMES[:12] for _ in range(10)])
    asked = select_endpoints(found, VantagePoint(node="worker-03", cycle=0), MOST)
    others = [e.node for e in asked if e.node != "worker-03"]
    assert others == [f"worker-{n:02}" for n in range(4, 9)]


def test_agents_begin_at_different_places() -> None:
    """In one cycle the agents of a cluster together see more than ten pods."""
    found = spread(NAMES)
    asked = {
        e
        for n in NAMES
        for e in select_endpoints(found, VantagePoint(node=n, cycle=0), 10)
    }
    assert asked == set(found)


def test_nodes_without_an_address_are_no_nodes_to_ask() -> None:
    """Alone, unknown and without address there is nobody to compare with."""
    here, there = Node(name="a", internal_ip="10.0.0.1"), Node(name="b")
    assert own_and_next_node([here, there], VantagePoint(node="a", cycle=3)) == (
        here,
        None,
    )
    assert own_and_next_node([here, there], VantagePoint(node="b", cycle=3)) is None
    assert own_and_next_node([], VantagePoint(node="b", cycle=3)) is None
