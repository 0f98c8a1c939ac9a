"""Ingress: the objects that follow from the ingress controller's settings.

In: the case and the lab's controller. Out: plain dicts for the store.
It does not: store them, or depend on the fault that changed a setting.
"""

from typing import TYPE_CHECKING

from lab.case import App, Case, Node
from lab.inside.kubernetes.store import Item
from lab.inside.objects import haproxy, traefik
from lab.inside.objects.recorded import ingress_owner, pod, recorded
from lab.inside.objects.recorded import node as plain_node

if TYPE_CHECKING:
    from lab.inside.controller import Controller

INGRESS_LABEL = "ingress"
"""The node label that the controller's DaemonSet selects."""


def controller_objects(case: Case, controller: "Controller") -> list[tuple[str, Item]]:
    """Return every object that follows from the controller's settings."""
    items: list[tuple[str, Item]] = [
        ("nodes", _node(case, which, controller)) for which in case.nodes
    ]
    items.append(("services", ingress_service(case, controller)))
    items += [("ingresses", app_ingress(case, app, controller)) for app in case.apps]
    ingress = case.ingress
    items.append(("ingressclasses", _class(case)))
    if ingress.kind == "traefik":
        item = recorded("daemonset-ingress", ingress.namespace, ingress.service)
        return items + traefik.owners(case, controller, item)
    settings = recorded("configmap-ingress", ingress.namespace, ingress.service)
    settings["data"] = dict(controller.settings)
    if ingress.kind == "haproxy":
        settings["data"] = haproxy.config_map(controller.settings)
    items.append(("configmaps", settings))
    return items


def _class(case: Case) -> Item:
    item = recorded("ingressclass", None, case.ingress.kind)
    if case.ingress.kind == "traefik":
        traefik.ingress_class(item)
    if case.ingress.kind == "haproxy":
        haproxy.ingress_class(item)
    return item


def ingress_pod(case: Case, which: Node, controller: "Controller") -> Item:
    """Return the ingress controller's pod on a node."""
    _, owner = ingress_owner(case)
    address = str(which.pod_address)
    item = pod(case.ingress.namespace, owner, "pod-ingress", which, address)
    if case.ingress.kind == "traefik":
        traefik.pod(case, item, controller.settings)
    if case.ingress.kind == "haproxy":
        haproxy.pod(case, item)
    if case.ingress.host_ports:
        add_host_ports(case, item["spec"])
    return item


def add_host_ports(case: Case, spec: Item) -> None:
    """Give a pod's container the ports of its node."""
    ingress, container = case.ingress, spec["containers"][0]
    own = (port.target for port in ingress.container_ports)
    on_node = dict(zip(own, ingress.node_ports, strict=True))
    for port in container["ports"]:
        port["hostPort"] = on_node[port["containerPort"]]


def _node(case: Case, which: Node, controller: "Controller") -> Item:
    item = plain_node(case, which)
    if which.name in controller.nodes:
        item["metadata"]["labels"][INGRESS_LABEL] = "true"
    return item


def ingress_service(case: Case, controller: "Controller") -> Item:
    """Return the controller's Service; a LoadBalancer has a healthCheckNodePort."""
    ingress = case.ingress
    item = recorded("service-ingress", ingress.namespace, ingress.service)
    spec = item["spec"]
    spec["externalTrafficPolicy"] = controller.policy
    _set_node_ports(case, spec)
    address = str(ingress.cluster_ip)
    spec |= {"clusterIP": address, "clusterIPs": [address]}
    if ingress.kind == "traefik":
        traefik.service(case, item)
    if ingress.kind == "haproxy":
        haproxy.service(case, item)
    item["metadata"]["annotations"] |= controller.balancer_annotations
    if controller.health_node_port is not None:
        spec["healthCheckNodePort"] = controller.health_node_port
    if controller.health_node_port is not None or case.balancer.kept_by_service:
        spec |= {"type": "LoadBalancer", "allocateLoadBalancerNodePorts": True}
        at = {"ip": str(case.balancer.address), "ipMode": "VIP"}
        item["status"]["loadBalancer"] = {"ingress": [at]}
    return item


def _set_node_ports(case: Case, spec: Item) -> None:
    """Set the NodePorts; a Service beside host ports has none."""
    for port, number in zip(spec["ports"], case.ingress.node_ports, strict=True):
        port["nodePort"] = number
        if case.ingress.host_ports:
            del port["nodePort"]
    if case.ingress.host_ports:
        spec["type"] = "ClusterIP"
        del spec["externalTrafficPolicy"]


def app_ingress(case: Case, app: App, controller: "Controller") -> Item:
    """Return an app's Ingress."""
    item = recorded("ingress", case.namespace, app.name)
    item["metadata"]["annotations"] |= controller.annotations.get(app.name, {})
    rule = item["spec"]["rules"][0]
    if case.ingress.kind == "traefik":
        item["spec"]["ingressClassName"] = "traefik"
        item["status"]["loadBalancer"] = {"ingress": traefik.addresses(case)}
    if case.ingress.kind == "haproxy":
        item["spec"]["ingressClassName"] = haproxy.CLASS
    rule["host"] = controller.ingress_hosts[app.name]
    rule["http"]["paths"][0]["backend"]["service"]["name"] = app.name
    rule["http"]["paths"][0]["path"] = controller.paths[app.name]
    return item
