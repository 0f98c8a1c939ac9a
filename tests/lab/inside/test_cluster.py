"""Cluster: readiness checks and deleted pods."""

import asyncio
from pathlib import Path

import pytest

from lab.case import load
from lab.inside.cluster import Cluster
from lab.inside.kubernetes.store import Item
from lab.inside.objects import recorded as objects
from lab.inside.objects.ingress import controller_objects


def test_a_pod_that_is_deleted_during_its_check_stays_deleted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A check takes time, and must not restore a pod that was deleted meanwhile."""
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
        """Return a pod's readiness; the first pod is deleted by then."""
        if item["metadata"]["name"] == key[1]:
            cluster.store.delete("pods", key)
        return True

    monkeypatch.setattr(cluster, "_is_ready", asked)
    asyncio.run(cluster.update())
    (left,) = cluster.store.items("pods")
    assert left["metadata"]["name"] == kept["metadata"]["name"]
    assert objects.is_ready(left)
