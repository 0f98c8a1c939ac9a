"""Workloads: a Deployment with its pod template, and the nodes that pods run on.

In: their descriptions. Out: JSON objects. It does not: read ReplicaSets, which data
sets rarely have.
"""

import re
from typing import Any

from bench.public_data.kubectl_objects.fields import conditions, named
from bench.public_data.kubectl_objects.pods import containers
from bench.public_data.kubectl_objects.text import describe, pairs, without_events

type Object = dict[str, Any]

_COUNT = re.compile(r"(\d+) (\w+)")


def deployment(text: str, failure: str | None) -> Object:
    """Return a Deployment; `failure` is why its ReplicaSet cannot create pods.

    The controller writes one text both to the condition ReplicaFailure and to the
    event. Only the event is in a description.
    """
    part = describe(without_events(text)[0])
    counts = {word: int(n) for n, word in _COUNT.findall(part.get("Replicas").text)}
    template = part.get("Pod Template")
    specs, _ = containers(template.get("Containers"))
    found = conditions(part)
    for condition in found:
        if condition["type"] == "ReplicaFailure" and failure:
            condition["message"] = failure
    return named(
        part,
        spec={
            "replicas": counts.get("desired", 0),
            "selector": {"matchLabels": pairs(part.values("Selector"))},
            "template": {
                "metadata": {"labels": pairs(template.values("Labels"))},
                "spec": {
                    "containers": specs,
                    "nodeSelector": pairs(template.values("Node-Selectors")),
                },
            },
        },
        status={
            "replicas": counts.get("total", 0),
            "updatedReplicas": counts.get("updated", 0),
            "readyReplicas": counts.get("available", 0),
            "availableReplicas": counts.get("available", 0),
            "conditions": found,
        },
    )


def node(text: str) -> Object:
    """Return a Node."""
    part = describe(without_events(text)[0])
    addresses = part.get("Addresses")
    item = named(
        part,
        spec={"unschedulable": part.get("Unschedulable").text == "true"},
        status={
            "conditions": conditions(part),
            "addresses": [
                {"type": name, "address": below.text}
                for name, below in addresses.fields
            ],
        },
    )
    item["metadata"].pop("namespace", None)
    return item
