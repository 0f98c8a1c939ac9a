"""Specification of who reports a failing target: `parallax.model.reporters`."""

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from parallax.model.cluster import ClusterReading, Endpoint, Node, Pod
from parallax.model.reporters import AT_PODS, MOST, reporters

NOON = datetime(2025, 11, 20, 12, 0, tzinfo=UTC)


def cluster(nodes: int, *, ingress: int = 3, pods: int = 2) -> ClusterReading:
    """Return a reading with ingress pods on the first nodes, app pods on the last."""
    names = [f"node-{n:03}" for n in range(nodes)]
    return ClusterReading(
        read_at=NOON,
        nodes=tuple(Node(name=name) for name in names),
        ingress_pods=tuple(Pod(name=f"in-{n}", node=n) for n in names[:ingress]),
        endpoints=tuple(
            Endpoint(address=f"10.0.0.{n}", ready=True, node=name)
            for n, name in enumerate(names[-pods:])
        ),
    )


def test_every_node_of_a_small_cluster_reports() -> None:
    """Up to the limit nothing is left out."""
    assert reporters("shop", cluster(MOST)) is None
    assert reporters("shop", cluster(MOST + 1)) is not None


def test_without_nodes_or_ingress_pods_every_node_reports() -> None:
    """Where a log is, is not known then."""
    assert reporters("shop", replace(cluster(100), nodes=None)) is None
    assert reporters("shop", replace(cluster(100), ingress_pods=None)) is None


@given(st.integers(MOST + 1, 300), st.integers(0, 60), st.integers(1, 60))
def test_the_reporters_are_all_ingress_nodes_and_a_bounded_rest(
    nodes: int, ingress: int, pods: int
) -> None:
    """Every ingress log, some nodes of its pods, and others up to the limit."""
    read = cluster(nodes, ingress=ingress, pods=pods)
    chosen = reporters("shop", read)
    assert chosen is not None
    logging = {pod.node for pod in read.ingress_pods or ()}
    assert logging <= chosen
    assert len(chosen - logging) <= MOST
    at_pods = {end.node for end in read.endpoints or ()} - logging
    assert len(at_pods & chosen) >= min(AT_PODS, len(at_pods))


def test_targets_have_different_reporters() -> None:
    """No node reports all targets of a large cluster."""
    read = cluster(500)
    assert reporters("shop", read) != reporters("front", read)


def test_a_node_that_is_not_ready_is_not_waited_for() -> None:
    """Its agent may be dead; another node reports."""
    read = cluster(100, ingress=1)
    dead = tuple(replace(n, ready=n.name != "node-000") for n in read.nodes or ())
    chosen = reporters("shop", replace(read, nodes=dead))
    assert chosen is not None
    assert "node-000" not in chosen
