"""Specification of the pods' keeper: `lab.inside.cluster`."""

import asyncio
from pathlib import Path

import pytest

from lab.case import load
from lab.inside.cluster import Cluster
from lab.inside.kubernetes.store import Item
from lab.inside.objects import recorded as objects
from lab.inside.objects.ingress import controller_objects


def test_a_pod_that_was_deleted_while_it_was_asked_stays_deleted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A look takes time; what was taken away meanwhile does not come back by it."""
    case = load()
    cluster = Cluster(case, tmp_path)
    for resource, item in (
        *objects.fixed(case),
        *controller_objects(case, cluster.controller),
    ):
        cluster.store.put(resource, item)
    gone, kept = (objects.app_pod(case, case.apps[0], n) for n in case.nodes[:2])
    for pod in (gone, kept):
        cluster.store.put("pods", pod)
    key = case.namespace, gone["metadata"]["name"]

    async def asked(item: Item) -> bool:
        """Answer for a pod; the first is deleted by then."""
        if item["metadata"]["name"] == key[1]:
            cluster.store.delete("pods", key)
        return True

    monkeypatch.setattr(cluster, "_is_ready", asked)
    asyncio.run(cluster.update())
    (left,) = cluster.store.items("pods")
    assert left["metadata"]["name"] == kept["metadata"]["name"]
    assert objects.is_ready(left)
