"""Services: a Service and the EndpointSlice behind it.

In: their descriptions. Out: JSON objects. It does not: select pods.
"""

import re
from typing import Any

from bench.public_data.kubectl_objects.fields import named, number, port
from bench.public_data.kubectl_objects.text import NONE, describe, pairs, without_events

type Object = dict[str, Any]


def service(text: str) -> Object:
    """Return a Service."""
    part = describe(without_events(text)[0])
    ports: list[Object] = []
    for name, below in part.fields:
        if name == "Port":
            ports.append(port(below.text))
        elif name == "TargetPort":
            ports[-1]["targetPort"] = number(port(below.text)["port"])
        elif name == "NodePort" and below.text not in NONE:
            ports[-1]["nodePort"] = port(below.text)["port"]
    spec: Object = {
        "type": part.get("Type").text,
        "clusterIP": part.value("IP"),
        "selector": pairs(part.values("Selector")),
        "ports": ports,
        "externalName": part.value("External Name"),
        "externalTrafficPolicy": part.value("External Traffic Policy"),
        "internalTrafficPolicy": part.value("Internal Traffic Policy"),
    }
    return named(part, spec={k: v for k, v in spec.items() if v is not None})


def endpoint_slice(service_text: str, text: str, pods: list[Object]) -> Object:
    """Return the EndpointSlice behind a Service.

    Endpoints leave out a pod whose port has no number. The slice lists it without a
    port, and so does the description of the Service.
    """
    part, front = describe(without_events(text)[0]), describe(service_text)
    subsets = part.get("Subsets")
    ports = [_columns_port(line) for line in subsets.get("Ports").lines[2:]]
    found = [
        (address, ready)
        for name, ready in (("Addresses", True), ("NotReadyAddresses", False))
        for address in (subsets.value(name) or "").split(",")
        if address
    ]
    if not found:
        listed = (front.value("Endpoints") or "").split(",")
        found = [(address, True) for address in listed if _is_address(address)]
    by_ip = {pod["status"].get("podIP"): pod for pod in pods}
    meta = {
        "name": front.get("Name").text,
        "namespace": front.get("Namespace").text,
        "labels": {"kubernetes.io/service-name": front.get("Name").text},
    }
    return {
        "metadata": meta,
        "addressType": "IPv4",
        "ports": ports,
        "endpoints": [_endpoint(a, by_ip.get(a), ready=r) for a, r in found],
    }


def _columns_port(line: str) -> Object:
    name, number, protocol = line.split()
    port = {"port": int(number), "protocol": protocol}
    return port if name in NONE else {"name": name, **port}


def _is_address(text: str) -> bool:
    return bool(re.fullmatch(r"\d+(\.\d+){3}", text))


def _endpoint(address: str, pod: Object | None, *, ready: bool) -> Object:
    entry: Object = {"addresses": [address], "conditions": {"ready": ready}}
    if pod is not None:
        entry["nodeName"] = pod["spec"].get("nodeName")
        entry["targetRef"] = {"kind": "Pod", "name": pod["metadata"]["name"]}
    return entry
