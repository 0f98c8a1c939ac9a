"""Host ports: a controller without a Service, whose pods listen on the nodes' ports.

In: the cluster's DaemonSets and Deployments. Out: the entry: the workload and the
labels of its pods. It does not: look for one if a Service matches.
Source: RKE2's ingress-nginx (DaemonSet with hostPort, no Service but the webhook's);
Kubernetes, ContainerPort.hostPort.
"""

from collections.abc import Iterator

from parallax.model.wire import Json
from parallax_agent.route.arguments import node_ports
from parallax_agent.route.controllers import FAMILIES, Class
from parallax_agent.route.entry import Entry
from parallax_agent.route.service_state import Reader
from parallax_agent.watch.objects import name_of, part

KINDS = (("DaemonSet", "daemonsets"), ("Deployment", "deployments"))


def of_class(reader: Reader, cls: Class | None) -> Entry | None:
    """Return the only workload of the class's controller with ports on the nodes."""
    found = list(_workloads(reader, cls))
    if len(found) != 1:
        return None
    kind, item = found[0]
    template = part(item, "spec", "template")
    namespace = item["metadata"]["namespace"]
    ports = sorted(number for number, _ in node_ports([template]).values())
    listed = f"port{'s' if len(ports) > 1 else ''} {', '.join(map(str, ports))}"
    return Entry(
        why=f"this controller has no Service for users; the pods of {kind} "
        f"{namespace}/{name_of(item)} listen on {listed} of their nodes",
        namespace=namespace,
        workload=f"{kind} {namespace}/{name_of(item)}",
        labels=tuple(sorted(part(template, "metadata", "labels").items())),
    )


def _workloads(reader: Reader, cls: Class | None) -> Iterator[tuple[str, Json]]:
    families = (cls.family,) if cls and cls.family else () if cls else FAMILIES
    for kind, resource in KINDS:
        for item in reader.lists.items(resource, None) or ():
            template = part(item, "spec", "template")
            if any(f.owns(template) for f in families) and node_ports([template]):
                yield kind, item
