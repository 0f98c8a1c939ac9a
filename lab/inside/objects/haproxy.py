"""HAProxy: its objects as HAProxy's Helm chart creates them for a DaemonSet.

In: recorded objects of ingress-nginx, the case, the lab's controller. Out: the same
objects for HAProxy's controller. They are not recorded; the names come from the chart.
It does not: store them.
Source: haproxytech's `kubernetes-ingress` chart 1.44 (DaemonSet, Service, ConfigMap,
IngressClass), and the controller's documentation of its ConfigMap's keys.
"""

from lab.case import Case
from lab.inside.controller import CAPTURED
from lab.inside.kubernetes.store import Item

IMAGE = "haproxytech/kubernetes-ingress:3.1.8"
CONTAINER = "kubernetes-ingress-controller"
CLASS = "haproxy"
NAMED = {
    "app.kubernetes.io/instance": "haproxy",
    "app.kubernetes.io/name": "kubernetes-ingress",
}
HEALTH_PORT = 1042
TIMEOUTS = {
    "proxy-connect-timeout": "timeout-connect",
    "proxy-read-timeout": "timeout-server",
}
"""The lab's setting -> the key of HAProxy's ConfigMap."""


def config_map(settings: dict[str, str]) -> dict[str, str]:
    """Return the content of the ConfigMap for the lab's settings."""
    content = {
        "check": "false",
        "request-capture": "\n".join(f"hdr({name})" for name in CAPTURED),
    }
    if settings["use-proxy-protocol"] == "true":
        content["proxy-protocol"] = "0.0.0.0/0"
    named = {key: f"{settings[k]}s" for k, key in TIMEOUTS.items() if k in settings}
    return content | named


def ingress_class(item: Item) -> None:
    """Turn an IngressClass into HAProxy's."""
    item["metadata"]["labels"] = dict(NAMED)
    item["spec"]["controller"] = "haproxy.org/ingress-controller/haproxy"


def service(case: Case, item: Item) -> None:
    """Turn the controller's Service into HAProxy's; its ports have the pods' names."""
    item["metadata"]["labels"] = dict(NAMED)
    item["spec"]["selector"] = dict(NAMED)
    for port, named in zip(item["spec"]["ports"], case.ingress.pod_ports, strict=True):
        port |= {"name": named.name, "targetPort": _name_of(case, named.target)}


def _name_of(case: Case, target: int) -> str:
    return next(p.name for p in case.ingress.container_ports if p.target == target)


def pod(case: Case, item: Item) -> None:
    """Turn an ingress pod into HAProxy's."""
    item["metadata"]["labels"] |= NAMED
    item["metadata"]["labels"].pop("app.kubernetes.io/component", None)
    _container(case, item["spec"]["containers"][0])
    item["status"]["containerStatuses"][0] |= {"name": CONTAINER, "image": IMAGE}


def daemonset(case: Case, item: Item) -> None:
    """Turn the controller's DaemonSet into HAProxy's."""
    item["metadata"]["labels"] = dict(NAMED)
    spec = item["spec"]
    spec["selector"]["matchLabels"] = dict(NAMED)
    spec["template"]["metadata"]["labels"] = dict(NAMED)
    _container(case, spec["template"]["spec"]["containers"][0])


def _container(case: Case, item: Item) -> None:
    ingress = case.ingress
    place = f"{ingress.namespace}/{ingress.service}"
    item |= {"name": CONTAINER, "image": IMAGE}
    item["args"] = [
        f"--default-ssl-certificate={ingress.namespace}/{ingress.service}-default-cert",
        f"--configmap={place}",
        "--http-bind-port=8080",
        "--https-bind-port=8443",
        f"--ingress.class={CLASS}",
        f"--publish-service={place}",
        "--log=info",
    ]
    item["ports"] = [
        {"name": name, "containerPort": number, "protocol": "TCP"}
        for name, _, number in ingress.container_ports
    ]
    item["readinessProbe"]["httpGet"] |= {"path": "/healthz", "port": HEALTH_PORT}
