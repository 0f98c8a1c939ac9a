"""Shelf: Kubernetes' objects as the agent's lists, so that the agent reads them.

In: JSON objects by resource. Out: `Lists` of one cycle, and the reading of one Service.
It does not: call an API. What the agent reads here, and what it leaves out, is what it
reads and leaves out in a cluster.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from parallax.model.cluster import ClusterReading
from parallax.model.target import Target
from parallax.model.wire import Json
from parallax_agent.read.target_path import read_path
from parallax_agent.watch.api import Lists, describe_call
from parallax_agent.watch.resources import RESOURCES, prune

type Object = dict[str, Any]

OPTIONAL = {"httproutes", "gateways", "listenersets", "ingressroutes"}
"""Resources of kinds that these clusters did not install."""


class Shelf:
    """The objects of a cluster, by resource, with the interface of `Lists`."""

    def __init__(self, objects: Mapping[str, list[Object]]) -> None:
        self.objects = {
            resource: [_kept(resource, item) for item in items]
            for resource, items in objects.items()
        }
        self.problems: dict[str, str] = {}
        self.forbidden: set[str] = set()
        self.absent: set[str] = set()

    def prefetch(self, wanted: Iterable[tuple[str, str | None]]) -> None:
        """All objects are there already."""

    def items(self, resource: str, namespace: str | None) -> list[Json] | None:
        """Return the objects of one namespace or of all."""
        if resource in OPTIONAL and resource not in self.objects:
            self.absent.add(describe_call("list", resource, namespace))
            return None
        every = self.objects.get(resource, [])
        return [i for i in every if namespace in {None, i["metadata"].get("namespace")}]

    def config_map(self, namespace: str, name: str) -> dict[str, str] | None:
        """Return a ConfigMap's entries; these clusters have none that is read."""
        del namespace, name

    def on_demand(self, resource: str, namespace: str | None) -> list[Json] | None:
        """Return what the agent lists only when it needs it."""
        return self.items(resource, namespace)


def _kept(resource: str, item: Object) -> Object:
    """Return the fields that the agent keeps."""
    known = RESOURCES.get(resource)
    if known is None:
        return item
    kept = prune(item, known.shape)
    kept.setdefault("metadata", {})["namespace"] = item["metadata"].get("namespace")
    return kept


def read(
    target: Target, objects: Mapping[str, list[Object]], now: datetime
) -> ClusterReading:
    """Return what an agent reads of the target's Service.

    Problems about other objects are left out: the ingress is the lab's.
    """
    lists = cast("Lists", Shelf(objects))
    reading = read_path(target, lists, node="", now=now).reading
    about = (f"Service {target.reached.service} ", "IngressClass ")
    return replace(
        reading,
        problems=tuple(p for p in reading.problems if any(name in p for name in about)),
    )
