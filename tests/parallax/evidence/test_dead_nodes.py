"""Specification of `parallax.evidence.dead_nodes`."""

from parallax.evidence import dead_nodes, forwarding
from parallax.evidence.scene import Scene
from tests.parallax import nodes as n
from tests.parallax import scenarios as s


def test_a_silent_node_that_nobody_reaches_is_dead() -> None:
    """A node that reports, or that any probe reached, is neither dead nor doubtful."""
    scene = Scene.of(n.dead_node())
    assert [node.name for node in dead_nodes.dead(scene)] == [n.DEAD]
    assert [node.name for node in dead_nodes.doubtful(scene)] == [n.DEAD]
    assert {p.node for p in dead_nodes.probes_of(scene, n.DEAD)} == {"worker-04"}
    well = Scene.of(s.cut_off())
    assert dead_nodes.dead(well) == dead_nodes.doubtful(well) == ()


def test_a_node_that_forwards_nothing_is_found_by_its_own_probes() -> None:
    """Its NodePort and the Service's cluster IP are both its own kube-proxy's."""
    assert forwarding.not_forwarding(Scene.of(n.dead_proxy())) == ("worker-03",)
    assert forwarding.not_forwarding(Scene.of(n.dead_node())) == ()
