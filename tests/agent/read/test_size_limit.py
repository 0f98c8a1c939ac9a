"""What is sent of a large cluster: a part of each long list, marked as partial."""

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from parallax.model.cluster import ClusterReading, Endpoint, Node, Pod
from parallax_agent.read.size_limit import MOST, MOST_NODES, limit_reading

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def reading_of(*, nodes: int, pods: int, unready: int = 0) -> ClusterReading:
    """Return a reading with this many nodes, and pods on the first of them."""
    return ClusterReading(
        read_at=NOW,
        nodes=tuple(Node(name=f"node-{n}") for n in range(nodes)),
        endpoints=tuple(
            Endpoint(
                address=f"a{n}", ready=n >= unready, pod=f"pod-{n}", node=f"node-{n}"
            )
            for n in range(pods)
        ),
        pods=tuple(Pod(name=f"pod-{n}", ready=n >= unready) for n in range(pods)),
        ingress_pods=(Pod(name="ingress"),),
    )


def test_an_ordinary_cluster_is_sent_completely() -> None:
    """Up to a thousand nodes and two hundred pods, nothing is cut or partial."""
    reading = reading_of(nodes=MOST_NODES, pods=MOST)
    assert limit_reading(reading) is reading
    unread = ClusterReading(read_at=NOW)
    assert limit_reading(unread) is unread


def test_a_list_that_is_cut_is_partial() -> None:
    """The other lists stay complete."""
    reading = replace(reading_of(nodes=1200, pods=3), partial=("ingress_hosts",))
    found = limit_reading(reading)
    assert len(found.nodes or ()) == MOST_NODES
    assert found.partial == ("ingress_hosts", "nodes")
    assert (found.pods, found.ingress_pods) == (reading.pods, reading.ingress_pods)


@settings(deadline=None, max_examples=30)
@given(count=st.integers(MOST + 1, 900), share=st.floats(0, 1))
def test_ready_and_unready_objects_stay(count: int, share: float) -> None:
    """Two hundred at most, in order, ready and unready ones among them."""
    reading = reading_of(nodes=3, pods=count, unready=round(count * share))
    found = limit_reading(reading)
    assert found.partial == ("endpoints", "pods")
    for kept, whole in (
        (found.endpoints, reading.endpoints),
        (found.pods, reading.pods),
    ):
        assert kept is not None
        assert whole is not None
        assert len(kept) == MOST
        assert list(kept) == [one for one in whole if one in set(kept)]
    for kind in (True, False):
        assert any(p.ready is kind for p in found.pods or ()) is (
            any(p.ready is kind for p in reading.pods or ())
        )
