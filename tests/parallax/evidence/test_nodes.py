"""Specification of targets as nodes: `parallax.evidence.nodes`."""

from dataclasses import replace

from parallax.evidence import nodes
from parallax.evidence.scene import Scene
from parallax.model.cluster import Endpoint, Pod
from tests.parallax import edge as e
from tests.parallax import scenarios as s


def test_every_target_of_the_platform_is_a_node() -> None:
    """By address; none is foreign."""
    x = s.no_healthy_target()
    names = [nodes.target_node(Scene.of(x), t) for t in nodes.targets(Scene.of(x))]
    assert [n.name for n in names if n] == list(s.NODES)
    assert nodes.foreign_targets(Scene.of(x)) == ()


def test_without_the_nodes_no_target_is_foreign() -> None:
    """What was not read excludes nobody."""
    assert len(nodes.foreign_targets(Scene.of(e.foreign_targets()))) == len(s.NODES)
    assert (
        nodes.foreign_targets(Scene.of(replace(e.foreign_targets(), reports=()))) == ()
    )
    unread = s.with_reading(e.foreign_targets(), nodes=None)
    assert nodes.foreign_targets(Scene.of(unread)) == ()
    missing = ("the cluster's nodes (no agent reported them)",)
    assert nodes.all_nodes.lacks(Scene.of(unread)) == missing


def test_only_ready_ingress_pods_make_a_node_a_home() -> None:
    """An endpoint without a node leaves their place open."""
    x = e.with_policy(s.no_healthy_target(), "Local", *s.NODES[:2])
    assert nodes.ingress_nodes(Scene.of(x)) == frozenset(s.NODES[:2])
    gone = Endpoint(address="10.42.0.9", ready=False, node=s.NODES[4])
    somewhere = replace(gone, ready=True, node=None)
    assert (
        nodes.ingress_nodes(Scene.of(s.with_reading(x, ingress_endpoints=(gone,))))
        == frozenset()
    )
    assert (
        nodes.ingress_nodes(Scene.of(s.with_reading(x, ingress_endpoints=(somewhere,))))
        is None
    )
    pods = (Pod(name="i-1", node=s.NODES[0], ready=True), Pod(name="i-2", ready=False))
    read = s.with_reading(x, ingress_endpoints=None, ingress_pods=pods)
    assert nodes.ingress_nodes(Scene.of(read)) == frozenset(s.NODES[:1])
    assert (
        nodes.ingress_nodes(Scene.of(s.with_reading(read, partial=("ingress_pods",))))
        is None
    )


def test_targets_are_split_by_pods_only_if_all_match_a_node() -> None:
    """A target that matches no node leaves the split open."""
    x = e.with_policy(s.no_healthy_target(), "Local", *s.NODES[:2])
    split_targets = nodes.by_ingress_pod.maybe(Scene.of(x))
    assert split_targets
    assert [len(part) for part in split_targets] == [2, 3]
    assert (
        nodes.by_ingress_pod.maybe(
            Scene.of(e.with_policy(e.foreign_targets(), "Local", "n"))
        )
        is None
    )
