"""ServiceLB: k3s's own load balancer, whose pods listen on the nodes' ports.

In: a Service of type LoadBalancer. Out: the nodes on which a `svclb-*` pod listens on
the Service's ports. It does not: look for one in another distribution.
Source: K3s, networking-services (ServiceLB: a DaemonSet `svclb-*` in kube-system with a
hostPort for each port of the Service; labels `svccontroller.k3s.cattle.io/*`).
"""

from collections.abc import Iterator

from parallax.model.wire import Json
from parallax_agent.route.service_state import Reader
from parallax_agent.watch.objects import many, part

NAMESPACE = "kube-system"
_LABEL = "svccontroller.k3s.cattle.io/"


def pods(reader: Reader, service: Json) -> list[Json]:
    """Return the running pods of ServiceLB for a Service, if it has any."""
    if part(service, "spec").get("type") != "LoadBalancer":
        return []
    wanted = {
        f"{_LABEL}svcname": service["metadata"]["name"],
        f"{_LABEL}svcnamespace": service["metadata"]["namespace"],
    }
    if not any(_has(item, wanted) for item in _daemonsets(reader)):
        return []
    found = reader.lists.items("pods", NAMESPACE) or []
    return [p for p in found if wanted.items() <= _labels(p).items() and _runs(p)]


def listens(items: list[Json], port: int) -> bool:
    """Tell whether these pods listen on a port of their nodes."""
    return any(
        entry.get("hostPort") == port
        for item in items
        for container in many(item, "spec", "containers")
        for entry in many(container, "ports")
    )


def _daemonsets(reader: Reader) -> Iterator[Json]:
    for item in reader.lists.items("daemonsets", NAMESPACE) or ():
        yield part(item, "spec", "template")


def _has(template: Json, wanted: dict[str, Json]) -> bool:
    return wanted.items() <= _labels(template).items()


def _labels(item: Json) -> dict[str, Json]:
    return part(item, "metadata", "labels")


def _runs(pod: Json) -> bool:
    return part(pod, "status").get("phase") == "Running"
