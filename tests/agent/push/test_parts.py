"""Parts of readings: the same on every node, whatever it saw before."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from parallax.model.cluster import ClusterReading, Endpoint, Node, Pod
from parallax.model.push import ReadingPart
from parallax.model.reading_parts import digest
from parallax.model.target import Target
from parallax_agent.paths import Paths
from parallax_agent.push.parts import Parts
from parallax_agent.read.size_limit import MOST, MOST_NODES
from parallax_agent.watch.api import Apis, connect
from tests.agent.conftest import KubernetesServer
from tests.agent.sightings.test_log_followers import until

NOW = datetime(2026, 11, 30, tzinfo=UTC)
READING = ClusterReading(
    read_at=NOW,
    nodes=(Node(name="one"), Node(name="two")),
    endpoints=(Endpoint(address="10.0.0.1", ready=True, node="one"),),
    problems=("pods: forbidden",),
)


@pytest.fixture
def apis(kubernetes_api: KubernetesServer, tmp_path: Path) -> Iterator[Apis]:
    """Connect to the recorded API."""
    with closing(connect(kubernetes_api.kubeconfig(tmp_path))) as connected:
        yield connected


def parts_of(paths: Paths, target: Target) -> dict[str, ReadingPart]:
    """Read a target as one agent does; return its parts."""
    reading = paths.read([target])[target.name].reading
    assert reading.problems == ()
    parts = Parts()
    parts.see_nodes([reading])
    return dict(parts.reference(target.name, reading)[1])


def test_agents_of_different_nodes_and_histories_make_equal_digests(
    kubernetes_api: KubernetesServer, apis: Apis, api_target: Target
) -> None:
    """One saw every change, the other lists the result in another order."""
    with (
        closing(Paths(apis, "worker-01")) as first,
        closing(Paths(apis, "worker-02")) as second,
    ):
        before = parts_of(first, api_target)
        until(lambda: kubernetes_api.watching("endpointslices"))
        for kind in ("pods", "endpointslices", "nodes", "services"):
            for item in kubernetes_api.body(kind)["items"][::3]:
                item["metadata"].setdefault("labels", {})["touched"] = "yes"
                if kind == "pods":
                    item["status"]["phase"] = "Pending"
                kubernetes_api.change(kind, "MODIFIED", item)
        after = until(
            lambda: (
                found
                if (found := parts_of(first, api_target)).keys()
                == parts_of(second, api_target).keys()
                != before.keys()
                else None
            )
        )
    assert len(after) == 2
    for name, one in after.items():
        assert name == one.digest == digest(one.reading)


def test_the_time_of_a_change_comes_from_the_api(
    apis: Apis, api_target: Target
) -> None:
    """So it does not differ between nodes that read at different times."""
    with closing(Paths(apis, "worker-01")) as paths:
        readings = [paths.read([api_target])[api_target.name].reading for _ in range(2)]
    first, second = readings
    assert first.read_at < second.read_at
    assert first.endpoints_changed_at == second.endpoints_changed_at is not None


def test_only_a_change_of_the_target_s_objects_counts() -> None:
    """Not the time, the problems of this node, or another node's state."""
    parts = Parts()
    assert parts.changed("shop", READING)
    for same in (
        replace(READING, read_at=NOW + timedelta(seconds=15)),
        replace(READING, problems=()),
        replace(READING, nodes=(Node(name="one"), Node(name="two", ready=False))),
    ):
        assert not parts.changed("shop", same)
    assert parts.changed("shop", replace(READING, endpoints=()))
    assert parts.changed("api", READING)


def test_a_reference_names_both_parts() -> None:
    """Without a list of nodes there is only the target's."""
    parts = Parts()
    parts.see_nodes([READING])
    ref, own = parts.reference("shop", READING)
    assert (ref.read_at, {ref.nodes, ref.target}) == (NOW, set(own))
    ref, own = parts.reference("shop", replace(READING, nodes=None))
    assert (ref.nodes, set(own)) == (None, {ref.target})


def test_the_list_of_nodes_does_not_depend_on_the_target() -> None:
    """A cluster has one list, up to a thousand nodes, however large its Services."""
    nodes = tuple(Node(name=f"node-{n:04}", ready=n % 7 != 0) for n in range(1200))
    pods = tuple(Pod(name=f"pod-{n}", ready=n > 0) for n in range(900))
    large = replace(READING, nodes=nodes, pods=pods)
    parts = Parts()
    parts.see_nodes([large])
    ref, own = parts.reference("shop", large)
    other, _ = parts.reference("api", replace(READING, nodes=nodes))
    assert ref.nodes == other.nodes
    assert ref.nodes is not None
    assert len(own[ref.nodes].reading.nodes or ()) == MOST_NODES
    target = own[ref.target].reading
    assert (len(target.pods or ()), target.partial) == (MOST, ("nodes", "pods"))


def test_a_target_that_could_not_be_read_does_not_hide_the_nodes() -> None:
    """Another target of the same moment has the list; without any, it is unknown."""
    unread = ClusterReading(read_at=NOW)
    parts = Parts()
    parts.see_nodes([unread, READING])
    known = parts.nodes
    assert known is not None
    assert known.reading.nodes == READING.nodes
    parts.see_nodes([])
    assert parts.nodes is known
    assert parts.reference("odd", unread)[0].nodes is None
    parts.see_nodes([unread])
    assert parts.nodes is None
