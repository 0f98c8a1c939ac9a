"""Traefik: its objects as k3s creates them, where the case's ingress is Traefik.

In: recorded objects of ingress-nginx, the case, the lab's controller. Out: the same
objects for Traefik. They are not recorded; the names come from k3s's chart.
It does not: store them.
Source: k3s `manifests/traefik.yaml`, Traefik's Helm chart 34 (Service, Deployment,
IngressClass), k3s's ServiceLB, which sets the nodes' addresses as the Service's.
"""

from typing import TYPE_CHECKING, Any

from lab.case import Case
from lab.inside.kubernetes.object_names import replica_set
from lab.inside.kubernetes.store import Item
from lab.object_uid import uid

if TYPE_CHECKING:
    from lab.inside.controller import Controller

IMAGE = "rancher/mirrored-library-traefik:3.3.6"
NAMED = {
    "app.kubernetes.io/instance": "traefik-kube-system",
    "app.kubernetes.io/name": "traefik",
}
CHARTED = NAMED | {
    "app.kubernetes.io/managed-by": "Helm",
    "helm.sh/chart": "traefik-34.2.1_up34.2.0",
}
RELEASE = {
    "meta.helm.sh/release-name": "traefik",
    "meta.helm.sh/release-namespace": "kube-system",
}
ARGUMENTS = (
    "--entryPoints.traefik.address=:8080/tcp",
    "--entryPoints.web.address=:8000/tcp",
    "--entryPoints.websecure.address=:8443/tcp",
    "--ping=true",
    "--providers.kubernetescrd",
    "--providers.kubernetescrd.allowEmptyServices=true",
    "--providers.kubernetesingress",
    "--providers.kubernetesingress.allowEmptyServices=true",
    "--entryPoints.web.forwardedHeaders.insecure=true",
    "--accesslog=true",
    "--accesslog.format=json",
    "--accesslog.fields.headers.names.User-Agent=keep",
    "--accesslog.fields.headers.names.X-Request-Id=keep",
)
TIMEOUT = "--serversTransport.forwardingTimeouts.{}={}s"
TIMEOUTS = {
    "proxy-connect-timeout": "dialTimeout",
    "proxy-read-timeout": "responseHeaderTimeout",
}
"""The lab's setting -> Traefik's name for it."""


def ingress_class(item: Item) -> None:
    """Turn an IngressClass into Traefik's; it is the default one, as in k3s."""
    default = {"ingressclass.kubernetes.io/is-default-class": "true"}
    item["metadata"] |= {"labels": CHARTED, "annotations": RELEASE | default}
    item["spec"]["controller"] = "traefik.io/ingress-controller"


def service(case: Case, item: Item) -> None:
    """Turn the controller's Service into Traefik's: of type LoadBalancer."""
    item["metadata"] |= {"labels": CHARTED, "annotations": RELEASE}
    spec = item["spec"]
    spec |= {"type": "LoadBalancer", "allocateLoadBalancerNodePorts": True}
    spec |= {"selector": NAMED, "ipFamilyPolicy": "PreferDualStack"}
    for port, named in zip(spec["ports"], case.ingress.pod_ports, strict=True):
        port |= {"name": named.name, "targetPort": named.name}
    item["status"]["loadBalancer"] = {"ingress": addresses(case)}


def addresses(case: Case) -> list[Item]:
    """Return the addresses that ServiceLB sets: every node's."""
    return [{"ip": str(node.address), "ipMode": "VIP"} for node in case.nodes]


def pod(case: Case, item: Item, settings: dict[str, str]) -> None:
    """Turn an ingress pod into Traefik's: owned by a Deployment, set by arguments."""
    ingress, owner = case.ingress, replica_set(case.ingress.service)
    hashed = {"pod-template-hash": owner.rpartition("-")[2]}
    item["metadata"]["labels"] = CHARTED | hashed
    item["metadata"]["ownerReferences"][0] |= {
        "kind": "ReplicaSet",
        "name": owner,
        "uid": uid("ReplicaSet", ingress.namespace, owner),
    }
    spec = item["spec"]
    del spec["affinity"]
    _container(case, spec["containers"][0], settings)
    container_status = item["status"]["containerStatuses"][0]
    container_status |= {"name": "traefik", "image": IMAGE}


def _container(case: Case, item: Item, settings: dict[str, str]) -> None:
    ports = [(port.name, port.target) for port in case.ingress.pod_ports]
    limits = [
        TIMEOUT.format(word, settings[name])
        for name, word in TIMEOUTS.items()
        if name in settings
    ]
    item |= {"name": "traefik", "image": IMAGE, "args": [*ARGUMENTS, *limits]}
    item["ports"] = [
        {"name": name, "containerPort": number, "protocol": "TCP"}
        for name, number in [("traefik", 8080), *ports]
    ]
    item["readinessProbe"]["httpGet"] |= {"path": "/ping", "port": 8080}


def owners(case: Case, controller: "Controller", item: Item) -> list[tuple[str, Item]]:
    """Return the Deployment and its ReplicaSet, made from a recorded DaemonSet."""
    ingress, name = case.ingress, case.ingress.service
    wanted = len(controller.nodes)
    template = item["spec"]["template"]
    template["metadata"]["labels"] = dict(CHARTED)
    _container(case, template["spec"]["containers"][0], controller.settings)
    counts: dict[str, Any] = {"observedGeneration": 1, "replicas": wanted}
    counts |= {"readyReplicas": 0, "availableReplicas": 0}
    spec = {
        "replicas": wanted,
        "selector": {"matchLabels": NAMED},
        "template": template,
    }
    meta = {"namespace": ingress.namespace, "labels": CHARTED, "generation": 1}
    meta["creationTimestamp"] = item["metadata"]["creationTimestamp"]
    items: list[tuple[str, Item]] = []
    for kind, called in (("Deployment", name), ("ReplicaSet", replica_set(name))):
        own = {"name": called, "uid": uid(kind, ingress.namespace, called)}
        whole = {"kind": kind, "apiVersion": "apps/v1", "metadata": meta | own}
        items.append((f"{kind.lower()}s", whole | {"spec": spec, "status": counts}))
    items[0][1]["status"] = counts | {"updatedReplicas": wanted}
    return items
