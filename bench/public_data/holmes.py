"""HolmesGPT: the fixtures of its tests, as far as they show why pods are not ready.

In: a clone of robusta-dev/holmesgpt. Out: a `Case` for each fixture.

A fixture's label is its folder; the table of equivalences holds what its authors expect
as an answer. Two kinds of fixtures are converted:

- with a recorded `kubectl describe` of a pod that is not ready. The pod, the states of
  its containers and its events are the data set's; the Service that selects it is ours;
- else with manifests. They are the data set's; what Kubernetes makes of them follows
  its rules (`manifests`), on one node of ours. An Ingress gets the lab's host.

What is in front is the lab's (`lab_edge`). Pods of Jobs serve no URL.
It does not: judge, or run images.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import yaml

from bench.public_data import lab_edge, manifests, shelf
from bench.public_data.case import Case
from bench.public_data.clone import Clone
from bench.public_data.kubectl_objects import events, pods
from bench.public_data.kubectl_objects.text import without_events
from bench.public_data.lab_edge import Behavior
from parallax.model.cluster import Endpoint
from parallax.model.snapshot import Snapshot
from parallax_agent.watch.objects import many, name_of, part

type Object = dict[str, Any]

FOLDER = "tests/llm/fixtures"
NAME = "HolmesGPT"
SOURCE = "https://github.com/robusta-dev/holmesgpt"
NO_STATE = "no pod that is not ready, and no manifest of a fault in front of pods"
ABOUT = """
Fixtures of an investigator's tests; the label is the fixture's folder. Of some, a pod's
recorded `kubectl describe` is converted, with a Service of ours in front. Of others,
the manifests are: what Kubernetes makes of them follows its rules, and images count as
running. The lab's are, from its recordings: the URL, the load balancer, the ingress
with its log, and the responses of all of these. Only fixtures whose expected answer is
a fault that a URL shows are judged; the table of equivalences lists them.
"""
SERVICE = "app"
SELECTOR = {"parallax.example/case": "app"}
CLASSES = {None, "nginx"}
"""Ingress classes that the lab's ingress serves."""
OTHER_FILES = {"test_case.yaml", "toolsets.yaml"}
_POD = re.compile(r"^Name:.*?^Status:.*?^Containers:", re.MULTILINE | re.DOTALL)


def cases(clone: Clone) -> Iterator[Case]:
    """Yield a case for each fixture."""
    for name, files in _fixtures(clone).items():
        made = _recorded(clone, files) or _applied(clone, files)
        left_out = None if made else NO_STATE
        yield Case(id=name, label=name, snapshot=made, left_out=left_out)


def count(clone: Clone) -> int:
    """Return the number of fixtures."""
    return len(_fixtures(clone))


def _fixtures(clone: Clone) -> dict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for name in clone.names(FOLDER):
        suite, _, rest = name.removeprefix(f"{FOLDER}/").partition("/")
        fixture, below, _ = rest.partition("/")
        if below and suite.startswith("test_"):
            found[f"{suite}/{fixture}"].append(name)
    return {name: files for name, files in found.items() if _is_test(files)}


def _is_test(files: list[str]) -> bool:
    return any(name.endswith("/test_case.yaml") for name in files)


def _now() -> datetime:
    return lab_edge.recorded(Behavior.UNSERVED).taken_at


def _recorded(clone: Clone, files: list[str]) -> Snapshot | None:
    """Return the snapshot of the first recorded pod that is not ready."""
    for name in files:
        text = clone.text(name) or "" if "describe" in name else ""
        start = text.find("Name:")
        if start < 0 or not _POD.match(text[start:]):
            continue
        message = text[start:].partition("\nstderr:")[0].replace('\\"', '"')
        pod = pods.pod(message)
        owner = (
            part({}, "none")
            if "ownerReferences" not in pod["metadata"]
            else pod["metadata"]["ownerReferences"][0]
        )
        if owner.get("kind") == "Job" or manifests.is_ready(pod):
            continue
        warned = list(events.described(without_events(message)[1], pod, _now()))
        return _in_front(pod, warned)
    return None


def _in_front(pod: Object, warned: list[Object]) -> Snapshot:
    """Return the snapshot of a Service of ours that selects the pod."""
    pod["metadata"]["labels"] = {**pod["metadata"]["labels"], **SELECTOR}
    namespace, node = pod["metadata"]["namespace"], pod["spec"].get("nodeName")
    meta = {"name": SERVICE, "namespace": namespace}
    numbers = [
        p["containerPort"] for c in pod["spec"]["containers"] for p in c["ports"]
    ]
    port = {"port": 80, "protocol": "TCP", "targetPort": next(iter(numbers), 8080)}
    service = {"spec": {"selector": SELECTOR, "ports": [port]}, "metadata": meta}
    condition = {"type": "Ready", "status": "True"}
    objects = {
        "pods": [pod],
        "events": warned,
        "services": [manifests.service(service)],
        "endpointslices": [manifests.endpoint_slice(service, [pod])],
        "nodes": [{"metadata": {"name": node}, "status": {"conditions": [condition]}}]
        if node
        else [],
    }
    target = lab_edge.target(namespace, SERVICE)
    reading = shelf.read(target, objects, _now())
    return lab_edge.snapshot(target, reading, lab_edge.unresponsive(reading))


def _applied(clone: Clone, files: list[str]) -> Snapshot | None:
    """Return the snapshot of a fixture's manifests, if a URL fails with them."""
    applied = [item for name in files for item in _manifests(clone, name)]
    spaces = [name_of(item) for item in applied if item["kind"] == "Namespace"]
    namespace = next(iter(spaces), "app")
    _add_service(applied, namespace)
    service = next((i for i in applied if i["kind"] == "Service"), None)
    if service is None:
        return None
    rules = [item for item in applied if item["kind"] == "Ingress"]
    host = lab_edge.recorded(Behavior.UNSERVED).target.host
    for rule in (rule for item in rules for rule in many(item, "spec", "rules")):
        rule["host"] = host
    now = _now()
    objects = manifests.cluster(applied, namespace, f"{now:%Y-%m-%dT%H:%M:%SZ}")
    controller = {"controller": "k8s.io/ingress-nginx"}
    objects["ingressclasses"] = [{"metadata": {"name": "nginx"}, "spec": controller}]
    target = lab_edge.target(service["metadata"]["namespace"], name_of(service))
    reading = shelf.read(target, objects, now)
    behavior = _behavior(
        applied, rules, served=any(map(_serves, reading.endpoints or ()))
    )
    return lab_edge.snapshot(target, reading, behavior) if behavior else None


def _serves(endpoint: Endpoint) -> bool:
    return endpoint.ready and endpoint.port is not None


def _add_service(applied: list[Object], namespace: str) -> None:
    """Add a Service of ours in front of the only pods that have none."""
    own = [i for i in applied if i["kind"] in {"Deployment", "StatefulSet", "Pod"}]
    if len(own) != 1 or any(i["kind"] == "Service" for i in applied):
        return
    holder = own[0] if own[0]["kind"] == "Pod" else own[0]["spec"]["template"]
    labels = holder.setdefault("metadata", {}).setdefault("labels", {})
    labels.update(SELECTOR)
    port = {"port": 80, "protocol": "TCP", "targetPort": 8080}
    space = own[0]["metadata"].get("namespace", namespace)
    meta = {"name": SERVICE, "namespace": space}
    spec = {"selector": SELECTOR, "ports": [port]}
    applied.append({"kind": "Service", "metadata": meta, "spec": spec})


def _behavior(
    applied: list[Object], rules: list[Object], *, served: bool
) -> Behavior | None:
    """Return how the URL fails; None: nothing in the manifests makes it fail."""
    if not served:
        return Behavior.UNSERVED
    if any(part(rule, "spec").get("ingressClassName") not in CLASSES for rule in rules):
        return Behavior.NOT_ROUTED
    policies = [i for i in applied if i["kind"] == "NetworkPolicy"]
    return Behavior.ISOLATED if any(map(_shuts, policies)) else None


def _shuts(policy: Object) -> bool:
    """Return whether a policy lets only some pods of its own namespace in."""
    spec = part(policy, "spec")
    allowed = [entry for rule in many(spec, "ingress") for entry in many(rule, "from")]
    types = many(spec, "policyTypes") or ["Ingress"]
    open_rule = any(not many(rule, "from") for rule in many(spec, "ingress"))
    own = all(set(entry) == {"podSelector"} for entry in allowed)
    return "Ingress" in types and own and not open_rule


def _manifests(clone: Clone, name: str) -> Iterator[Object]:
    """Yield the objects in a file of manifests."""
    file = name.rpartition("/")[2]
    if not file.endswith((".yaml", ".yml")) or file in OTHER_FILES or "/helm/" in name:
        return
    try:
        documents = list(yaml.safe_load_all(clone.text(name) or ""))
    except yaml.YAMLError:
        return
    for item in documents:
        if isinstance(item, dict) and {"kind", "metadata"} <= item.keys():
            item["metadata"].setdefault("labels", {})
            yield item
