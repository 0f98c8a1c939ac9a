"""Specification of `parallax.evidence.between_nodes`."""

from parallax.evidence import between_nodes
from parallax.evidence.between_nodes import Way
from parallax.evidence.scene import Scene
from tests.parallax import nodes as n
from tests.parallax import scenarios as s


def test_only_pods_that_respond_at_home_count_as_cut_off() -> None:
    """The dead node's pod is not reached, and nobody probed it on its own node."""
    cut = Scene.of(s.cut_off())
    assert len(between_nodes.cut(cut)) == len(between_nodes.not_connected(cut)) == 5
    dead = Scene.of(n.dead_node())
    assert len(between_nodes.not_connected(dead)) == 1
    assert between_nodes.cut(dead) == ()
    assert between_nodes.not_probed_at_home(dead).endswith(
        "(the agent on worker-05 does not report)"
    )


def test_an_address_is_a_pods_own_only_if_the_nodes_are_known() -> None:
    """Without a list of nodes nothing is concluded from an address."""
    own, host = Scene.of(n.isolated()), Scene.of(s.cut_off())
    assert between_nodes.has_own_address(own, between_nodes.cut(own)[0])
    assert not between_nodes.has_own_address(host, between_nodes.cut(host)[0])
    unread = Scene.of(s.with_reading(n.isolated(), nodes=None))
    assert not between_nodes.has_own_address(unread, between_nodes.cut(unread)[0])


def test_a_way_carries_traffic_in_one_direction() -> None:
    """The ingress's pods are reached on all ways between five nodes."""
    scene = Scene.of(n.isolated())
    assert len(between_nodes.carrying(scene)) == 20
    assert Way("worker-01", "worker-02") in between_nodes.carrying(scene)
    assert between_nodes.carrying(Scene.of(s.cut_off())) == frozenset()


def test_a_common_node_is_at_an_end_of_every_way() -> None:
    """Between two nodes neither is distinguished; with three, the shared one is."""
    scene = Scene.of(s.cut_off())
    ways = [Way("a", "b"), Way("c", "b")]
    assert between_nodes.common_node(scene, ways) == "b"
    assert between_nodes.common_node(scene, [Way("b", "a"), Way("b", "c")]) == "b"
    assert between_nodes.common_node(scene, [Way("a", "b"), Way("b", "a")]) is None
    assert between_nodes.common_node(scene, [Way("a", "b"), Way("c", "d")]) is None
    assert between_nodes.common_node(scene, []) is None


def test_a_stalled_probe_connected_and_got_no_response() -> None:
    """It is not cut off; the pod's own node gets the response."""
    scene = Scene.of(n.lost_between_nodes())
    assert len(between_nodes.stalled(scene)) == 5
    assert between_nodes.cut(scene) == ()
    hang = Scene.of(s.slow_pods())
    assert between_nodes.stalled(hang) == ()
