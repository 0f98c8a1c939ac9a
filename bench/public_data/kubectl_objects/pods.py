"""Pods: a pod with its containers, their probes and their states.

In: a description. Out: JSON objects. It does not: read events; `events` does.
"""

import re
from typing import Any

from bench.public_data.kubectl_objects.fields import conditions, named, number, port
from bench.public_data.kubectl_objects.text import Part, describe, pairs, without_events

type Object = dict[str, Any]

PHASES = {"Pending", "Running", "Succeeded", "Failed", "Unknown"}
_HTTP = re.compile(r"http-get (?P<scheme>https?)://(?P<host>[^:/]*):(?P<port>[^/]*)")


def pod(text: str) -> Object:
    """Return a pod with the state of its containers."""
    part = describe(without_events(text)[0])
    phase = part.get("Status").text.split(" ")[0]
    kind, _, owner = part.get("Controlled By").text.partition("/")
    node = (part.value("Node") or "").partition("/")[0]
    specs, states = containers(part.get("Containers"))
    first, first_states = containers(part.get("Init Containers"))
    item = named(
        part,
        spec={
            "containers": specs,
            "initContainers": first,
            "nodeSelector": pairs(part.values("Node-Selectors")),
            "serviceAccountName": part.value("Service Account"),
            "volumes": _volumes(part.get("Volumes")),
        },
        status={
            "phase": phase if phase in PHASES else "Running",
            "conditions": conditions(part),
            "containerStatuses": states,
            "initContainerStatuses": first_states,
        },
    )
    if node:
        item["spec"]["nodeName"] = node
    if part.value("IP"):
        item["status"]["podIP"] = part.value("IP")
    if owner:
        item["metadata"]["ownerReferences"] = [{"kind": kind, "name": owner}]
    return item


def _volumes(part: Part) -> list[Object]:
    """Return the volumes of claims; other kinds are only named."""
    claims = ((name, below.value("ClaimName")) for name, below in part.fields)
    return [
        {
            "name": name,
            **({"persistentVolumeClaim": {"claimName": claim}} if claim else {}),
        }
        for name, claim in claims
    ]


def containers(part: Part) -> tuple[list[Object], list[Object]]:
    """Return the containers and, where they are printed, their states."""
    specs: list[Object] = []
    states: list[Object] = []
    for name, below in part.fields:
        ports = [port(text) for text in (below.value("Port") or "").split(", ")]
        spec: Object = {
            "name": name,
            "image": below.get("Image").text,
            "ports": [
                {"containerPort": p["port"], "protocol": p["protocol"]}
                for p in ports
                if p
            ],
        }
        for field in ("Liveness", "Readiness", "Startup"):
            found = probe(below.get(field).text)
            if found:
                spec[f"{field.lower()}Probe"] = found
        specs.append(spec)
        if below.value("State"):
            states.append(_state(name, below))
    return specs, states


def probe(text: str) -> Object | None:
    """Return a probe from its line, e.g. `tcp-socket :8080 delay=60s`."""
    kind, _, rest = text.partition(" ")
    place = rest.partition(" ")[0]
    http = _HTTP.match(text)
    if http:
        path = text[http.end() :].partition(" ")[0]
        fields: Object = {"port": number(http["port"]), "path": path or "/"}
        return {"httpGet": {**fields, "scheme": http["scheme"].upper()}}
    if kind == "tcp-socket":
        return {"tcpSocket": {"port": number(place.rpartition(":")[2])}}
    if kind == "grpc":
        return {"grpc": {"port": number(place.rpartition(":")[2])}}
    if kind == "exec":
        command = rest.partition("[")[2].rpartition("]")[0]
        return {"exec": {"command": command.split()}}
    return None


def _state(name: str, below: Part) -> Object:
    status: Object = {
        "name": name,
        "ready": below.get("Ready").text == "True",
        "restartCount": int(below.value("Restart Count") or 0),
        "state": _one_state(below.get("State")),
    }
    if below.value("Last State"):
        status["lastState"] = _one_state(below.get("Last State"))
    return status


def _one_state(part: Part) -> Object:
    fields: Object = {}
    for name, key in (("Reason", "reason"), ("Message", "message")):
        if part.value(name):
            fields[key] = part.get(name).text
    if part.value("Exit Code"):
        fields["exitCode"] = int(part.get("Exit Code").text)
    return {part.text.lower(): fields}
