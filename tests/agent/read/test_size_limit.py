"""What is sent of a large cluster: the target's path, marked as partial."""

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from parallax.model.cluster import ClusterReading, Endpoint, Node, Pod
from parallax.model.probe import Probe, Role
from parallax_agent.read.size_limit import MOST, limit_reading

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


def probe_of(pod: str, node: str) -> Probe:
    """Return a probe of a pod on a node."""
    return Probe(
        role=Role.POD,
        request_id="",
        url="",
        started_at=NOW,
        healthy=True,
        duration=0,
        pod=pod,
        peer_node=node,
    )


def test_an_ordinary_cluster_is_sent_completely() -> None:
    """Up to two hundred of each kind, nothing is cut or partial."""
    reading = reading_of(nodes=MOST, pods=MOST)
    assert limit_reading(reading, "node-0", []) is reading
    unread = ClusterReading(read_at=NOW)
    assert limit_reading(unread, "node-0", []) is unread


def test_of_many_nodes_those_of_the_path_are_sent() -> None:
    """Nodes with endpoints, probed nodes, and this node; the list is partial."""
    reading = replace(reading_of(nodes=500, pods=3), partial=("ingress_hosts",))
    found = limit_reading(reading, "node-300", [probe_of("pod-1", "node-400")])
    assert found.nodes is not None
    names = ["node-0", "node-1", "node-2", "node-300", "node-400"]
    assert [n.name for n in found.nodes] == names
    assert found.partial == ("ingress_hosts", "nodes")
    assert (found.pods, found.ingress_pods) == (reading.pods, reading.ingress_pods)


@settings(deadline=None, max_examples=30)
@given(
    count=st.integers(MOST + 1, 900),
    share=st.floats(0, 1),
    asked=st.sets(st.integers(0, MOST), max_size=10),
)
def test_probed_ready_and_unready_objects_stay(
    count: int, share: float, asked: set[int]
) -> None:
    """Two hundred at most, in order, ready and unready ones among them."""
    unready = round(count * share)
    reading = reading_of(nodes=count, pods=count, unready=unready)
    probes = [probe_of(f"pod-{n}", f"node-{n}") for n in asked]
    found = limit_reading(reading, "node-0", probes)
    assert found.partial == ("nodes", "endpoints", "pods")
    for kept, whole in (
        (found.endpoints, reading.endpoints),
        (found.pods, reading.pods),
        (found.nodes, reading.nodes),
    ):
        assert kept is not None
        assert whole is not None
        assert len(kept) == MOST
        assert list(kept) == [one for one in whole if one in set(kept)]
    assert found.pods is not None
    assert {f"pod-{n}" for n in asked} <= {p.name for p in found.pods}
    for kind in (True, False):
        assert any(p.ready is kind for p in found.pods) is (
            any(p.ready is kind for p in reading.pods or ())
        )
