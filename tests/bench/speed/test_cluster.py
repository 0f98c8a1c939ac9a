"""The generated cluster has the stated size, and the agent can read it."""

from collections import Counter
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from bench.speed import cluster
from bench.speed.platform import OURS_IN, line
from parallax.model.target import Healthy, Reached, Target
from parallax_agent.read.target_path import read_path
from parallax_agent.sightings.formats import RECOGNIZED
from parallax_agent.watch.api import Lists, connect
from parallax_agent.watch.watches import Watches
from tests.agent.kubernetes_api import KubernetesServer


def test_it_is_as_large_as_the_limits_are_meant_for() -> None:
    """500 nodes, 5,000 pods, 300 Services, 200 Ingresses; each name once."""
    found = list(cluster.objects(8080))
    counts = Counter(resource for resource, _ in found)
    assert (counts["nodes"], counts["pods"]) == (500, 5000)
    assert (counts["services"], counts["ingresses"]) == (301, 200)
    assert len({(r, i["metadata"]["name"]) for r, i in found}) == len(found)


def test_the_agent_reads_a_whole_path(tmp_path: Path) -> None:
    """The measured path has no problem, and both Services have pods."""
    server = KubernetesServer()
    for resource, item in cluster.objects(8080):
        if resource != "pods" or item["metadata"]["name"].startswith(("app-0-", "i")):
            server.replaced.setdefault(resource, {"items": []})["items"].append(item)
    reached = Reached(cluster="bench", namespace=cluster.NAMESPACES[0])
    healthy = Healthy(status_codes=(200,))
    url = f"https://{cluster.host(0)}/"
    target = Target(name="app", url=url, healthy=healthy, reached=reached)
    file = server.kubeconfig(tmp_path)
    with closing(connect(file)) as apis, closing(Watches(apis)) as watches:
        now = datetime.now(UTC)
        path = read_path(target, Lists(watches), node="node-000", now=now)
    server.stop()
    assert path.reading.problems == ()
    assert len(path.reading.nodes or ()) == cluster.NODES
    assert len(path.reading.ingress_pods or ()) == cluster.INGRESS_PODS
    assert path.reading.endpoints
    assert path.ingress_pods


def test_one_line_in_a_thousand_is_ours() -> None:
    """Lines of other requests are read too, as the agent does."""
    ours, strange = RECOGNIZED.read(line(0)), RECOGNIZED.read(line(1))
    assert ours
    assert strange
    assert ours.user_agent == "Parallax/0.1.0"
    assert strange.user_agent != ours.user_agent
    assert RECOGNIZED.read(line(OURS_IN)) != ours
