"""Cloud-OpsBench: 656 cluster states of two shops, each with one injected fault.

In: a clone of LLM4Ops/Cloud-OpsBench. Out: a `Case` each, with a snapshot where a
Service of the case does not serve.

The data set's are, as kubectl printed them: Services, endpoints, pods with their
containers' states, Deployments, nodes, claims, volumes, quotas, Warning events, and
whether a Service took a connection. They become Kubernetes' objects again, and our
agent reads those. What is in front of the Service is the lab's (`lab_edge`).

The Service behind the public URL is the one that the case is about: `fault_object`, if
that is an app; else the first Service, in kubectl's order, that took no connection.
That is the only use of the label. `root_cause` is compared with the judgement, and no
snapshot depends on it.

It does not: judge. Left out are cases whose Service takes connections: their users are
slow, or another app is at fault, and no URL fails.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import yaml

from bench.public_data import lab_edge, shelf
from bench.public_data.case import Case
from bench.public_data.clone import Clone
from bench.public_data.kubectl_objects import events, pods, services, volumes, workloads
from bench.public_data.kubectl_objects.text import describe, table, without_events

type Object = dict[str, Any]

FOLDER = "benchmark"
NAME = "Cloud-OpsBench"
SOURCE = "https://github.com/LLM4Ops/Cloud-OpsBench"
RESPONDS = "the Service takes connections"
NO_FAILURE = "no Service fails"
NO_SERVICE = "the case does not show the app's Service"
REMARKS = """
### Cases that contradict themselves

The data set's answers of kubectl were collected one after the other, and some do not
fit together. No code is bent for them.

- `boutique/scheduling/155` and `156`: the scheduler's event is about a taint, and no
  node has the label that the pod selects any more.
- `boutique/runtime/1` and `18`: the pod is described as ready, and its endpoint is not.
- `boutique/startup/20` and `34`: a misspelled image, and a registry that rejects the
  pull. No evidence shows that the image does not exist.
- `boutique/admission/55` to `58`: a quota for storage rejected a claim, and is not
  full. No object shows what the claim requested, so only the missing claim is named.
- `trainticket`, four cases: the app's Service is neither listed nor tested.
"""
CREATING = "Error creating: "
ABOUT = """
Two shops, one injected fault in each case. The data set's are, as kubectl printed them:
Services, endpoints, pods with the states of their containers, Deployments, nodes,
volumes, quotas and Warning events, and whether a Service took a connection. What
kubectl does not print, a pod's affinity and what a claim requests, is in the manifests
that were applied. Our agent's own code reads all of this. The lab's are, from its
recordings: the URL and its name, the load balancer, the ingress with its log, and the
responses of all of these (503 without a ready endpoint, 502 where ready pods refuse).
The Service behind the URL is the one that the case is about; if the case is about a
node or a namespace, the first that took no connection. That is the only use of a label
before the comparison.
"""


class Cache:
    """The answers of kubectl that a case holds, by request."""

    def __init__(self, answers: dict[str, str]) -> None:
        self.answers: dict[tuple[str, frozenset[tuple[str, object]]], str] = {}
        for key, answer in answers.items():
            verb, _, text = key.partition(":")
            if text.startswith("{"):
                asked = frozenset(json.loads(text).items())
                self.answers[verb, asked] = answer or ""

    def listed(self, kind: str, namespace: str) -> str:
        """Return the text of `kubectl get KIND`."""
        return self._answer("GetResources", kind, "", namespace)

    def described(self, kind: str, name: str, namespace: str) -> str:
        """Return the text of `kubectl describe KIND NAME`; empty: not asked."""
        return self._answer("DescribeResource", kind, name, namespace)

    def every(self, kind: str, namespace: str) -> Iterator[str]:
        """Yield the description of each object that is listed."""
        for row in table(self.listed(kind, namespace)):
            text = self.described(kind, row["NAME"], namespace)
            if text:
                yield text

    def connections(self) -> dict[str, bool]:
        """Return for each Service whether any node could connect to it."""
        found: dict[str, bool] = {}
        for (verb, asked), answer in self.answers.items():
            if verb == "CheckServiceConnectivity":
                name = str(dict(asked)["service_name"])
                found[name] = found.get(name, False) or "Succeeded" in answer
        return found

    def templates(self) -> Iterator[Object]:
        """Yield the pod templates in the manifests that were applied."""
        for item in self._applied("affinity:"):
            template = item.get("spec", {}).get("template")
            if template:
                yield template

    def claims(self) -> dict[str, Object]:
        """Return what the applied manifests of claims request, by name."""
        return {
            item["metadata"]["name"]: item["spec"]
            for item in self._applied("kind: PersistentVolumeClaim")
            if item["kind"] == "PersistentVolumeClaim"
        }

    def _applied(self, word: str) -> Iterator[Object]:
        """Yield the objects of the applied manifests that have this word."""
        for (verb, _), answer in self.answers.items():
            if verb == "GetAppYAML" and word in answer:
                yield from filter(None, yaml.load_all(answer, Loader=yaml.CSafeLoader))

    def _answer(self, verb: str, kind: str, name: str, namespace: str) -> str:
        asked = {"resource_type": kind, "name": name, "namespace": namespace}
        return self.answers.get((verb, frozenset(asked.items())), "")


def cases(clone: Clone) -> Iterator[Case]:
    """Yield every case of the data set."""
    for name in clone.names(FOLDER):
        folder, _, file = name.rpartition("/")
        meta, answers = clone.text(name), clone.text(f"{folder}/tool_cache.json")
        if file == "metadata.json" and meta and answers:
            yield _case(folder, json.loads(meta), Cache(json.loads(answers)))


def count(clone: Clone) -> int:
    """Return the number of cases."""
    return sum(name.endswith("/metadata.json") for name in clone.names(FOLDER))


def _case(folder: str, meta: Object, cache: Cache) -> Case:
    name, label = folder.removeprefix(f"{FOLDER}/"), meta["result"]["root_cause"]
    namespace = meta["namespace"]
    service = _service(meta["result"]["fault_object"], cache)
    if service is None:
        return Case(id=name, label=label, left_out=NO_FAILURE)
    connections = cache.connections()
    if not (service in connections or cache.described("services", service, namespace)):
        return Case(id=name, label=label, left_out=NO_SERVICE)
    target = lab_edge.target(namespace, service)
    now = lab_edge.recorded(lab_edge.Behavior.UNSERVED).taken_at
    reading = shelf.read(target, objects(cache, namespace, now), now)
    served = any(e.ready and e.port for e in reading.endpoints or ())
    if served and connections.get(service, True):
        return Case(id=name, label=label, left_out=RESPONDS)
    behavior = lab_edge.unresponsive(reading)
    shot = lab_edge.snapshot(target, reading, behavior)
    return Case(id=name, label=label, snapshot=shot)


def _service(about: str, cache: Cache) -> str | None:
    """Return the Service behind the URL; see the module's docstring."""
    kind, _, name = about.partition("/")
    if kind == "app":
        return name
    failing = (n for n, connected in cache.connections().items() if not connected)
    return next(failing, None)


def objects(cache: Cache, namespace: str, now: datetime) -> dict[str, list[Object]]:
    """Return the cluster's objects by resource, as far as the case shows them."""
    texts = list(cache.every("pods", namespace))
    own = [pods.pod(text) for text in texts]
    warned = list(events.listed(cache.listed("events", namespace), namespace, now))
    _add_affinity(own, cache)
    for text, pod in zip(texts, own, strict=True):
        warned += events.described(without_events(text)[1], pod, now)
    claims = list(cache.every("persistentvolumeclaims", namespace))
    requested = cache.claims()
    held = [volumes.claim(text, requested) for text in claims]
    for text, claim in zip(claims, held, strict=True):
        kind = "PersistentVolumeClaim"
        warned += events.described(without_events(text)[1], claim, now, kind)
    fronts = list(cache.every("services", namespace))
    return {
        "persistentvolumeclaims": held,
        "persistentvolumes": [
            volumes.volume(text) for text in cache.every("persistentvolumes", namespace)
        ],
        "resourcequotas": [
            volumes.quota(text) for text in cache.every("resourcequota", namespace)
        ],
        "pods": own,
        "events": events.once(warned),
        "services": [services.service(text) for text in fronts],
        "endpointslices": [
            services.endpoint_slice(
                text, cache.described("endpoints", _name(text), namespace), own
            )
            for text in fronts
        ],
        "deployments": [
            workloads.deployment(text, _failure(text, warned))
            for text in cache.every("deployments", namespace)
        ],
        "nodes": [workloads.node(text) for text in cache.every("nodes", namespace)],
    }


def _add_affinity(pods_read: list[Object], cache: Cache) -> None:
    """Add the affinity of the applied pod templates, which kubectl does not print."""
    for template in cache.templates():
        affinity = template["spec"].get("affinity")
        wanted = template["metadata"]["labels"].items()
        for pod in pods_read if affinity else ():
            if wanted <= pod["metadata"]["labels"].items():
                pod["spec"]["affinity"] = affinity


def _name(text: str) -> str:
    return describe(without_events(text)[0]).get("Name").text


def _failure(text: str, warned: list[Object]) -> str | None:
    """Return why the newest ReplicaSet of a Deployment cannot create pods."""
    newest = describe(text).get("NewReplicaSet").text.partition(" ")[0]
    for event in warned:
        about = event["involvedObject"]
        if (about["name"], event["reason"]) == (newest, "FailedCreate"):
            return event["message"].rpartition(CREATING)[2]
    return None
