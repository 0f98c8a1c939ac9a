"""The part of a reading that is about the ingress."""

from pathlib import Path

import pytest

from parallax.model.target import Target
from tests.agent.conftest import KubernetesServer
from tests.agent.read.test_target_path import path_from
from tests.agent.route.test_discovery import NGINX, NGINX_CLASS, TRAEFIK, shelf
from tests.agent.shapes import Object, ingress, ingress_class, seen, service


def test_local_traffic_policy(
    kubernetes_api: KubernetesServer, tmp_path: Path, api_target: Target
) -> None:
    """The ingress Service's policy is in the reading."""
    kubernetes_api.state = "local-traffic-policy"
    reading = path_from(kubernetes_api, tmp_path, api_target).reading
    assert reading.ingress_service is not None
    assert reading.ingress_service.external_traffic_policy == "Local"
    assert reading.ingress_service.health_check_node_port is None


def test_contour_s_argument_enables_the_proxy_protocol() -> None:
    """Contour has no ConfigMap entry for it, only an argument."""
    envoy = service("c/envoy", ("https", 443, 31443), labels={"app": "envoy"})
    cls = ingress_class("contour", "projectcontour.io/contour", default=True)
    pod: Object = {
        "metadata": {"name": "contour-1", "namespace": "c", "labels": {}},
        "spec": {"containers": [{"name": "contour", "command": ["contour"]}]},
    }
    configs: list[object] = []
    for arguments in (["serve"], ["serve", "--use-proxy-protocol"]):
        pod["spec"]["containers"][0]["args"] = arguments
        path = seen(shelf(envoy, classes=(cls,), pods=[pod]))
        configs.append(path.reading.ingress_config)
    assert configs == [
        (("use-proxy-protocol", "false"),),
        (("use-proxy-protocol", "true"),),
    ]


@pytest.mark.parametrize("annotation", ["limit-rps", "whitelist-source-range"])
def test_only_the_target_s_ingress_is_reported(annotation: str) -> None:
    """The limits of another Ingress in the namespace are not the target's."""
    name = f"nginx.ingress.kubernetes.io/{annotation}"
    configs = [
        ingress(annotations={name: "1"}),
        ingress("other.example", place="shop/other", annotations={name: "2"}),
    ]
    reading = seen(shelf(NGINX, classes=(NGINX_CLASS,), ingresses=configs)).reading
    assert reading.ingress_annotations == ((name, "1"),)
    assert reading.ingress_hosts == ("other.example", "shop.example")


def test_hosts_are_reported_without_a_route() -> None:
    """The list of hosts shows which name is missing."""
    reading = seen(shelf(TRAEFIK, ingresses=[ingress("shopp.example")])).reading
    assert (reading.ingress_name, reading.ingress_hosts) == (None, ("shopp.example",))


def test_all_services_of_the_ingress_s_pods_are_listed() -> None:
    """A second Service has NodePorts of its own; another namespace's cannot."""
    labels = {"app": "ingress"}
    first = service("n/ingress", ("https", 443, 31443), labels=labels)
    second = service("n/extra", ("https", 443, 32601), labels=labels)
    elsewhere = service("m/ingress", ("https", 443, 32000), labels=labels)
    other = service("n/other", ("http", 80, 30500), labels={"app": "other"})
    for item in (first, second, elsewhere):
        item["spec"]["selector"] = {"app": "ingress"}
    found = shelf(first, second, elsewhere, other)
    named = {"ingress_namespace": "n", "ingress_service": "ingress"}
    assert seen(found, **named).reading.ingress_node_ports == (31443, 32601)
    found.forbid("pods", "n")
    assert seen(found, **named).reading.ingress_node_ports is None


def test_the_cloud_controller_s_annotations_are_read() -> None:
    """Only those with its prefix, as they keep the load balancer's settings."""
    item = service("n/ingress", ("https", 443, 31443))
    key = "load-balancer.hetzner.cloud/health-check-port"
    item["metadata"] |= {"uid": "u-1", "annotations": {key: "31999", "other": "x"}}
    named = {"ingress_namespace": "n", "ingress_service": "ingress"}
    read = seen(shelf(item), **named).reading.ingress_service
    assert read is not None
    assert (read.uid, read.balancer_annotations) == ("u-1", ((key, "31999"),))


@pytest.mark.parametrize(
    ("controller", "cls", "paths"),
    [
        (NGINX, NGINX_CLASS, [("shop/api", "/api"), ("shop/web", "/cart")]),
        (TRAEFIK, ingress_class("traefik", "traefik.io/ingress-controller"), None),
    ],
)
def test_the_paths_of_a_host_are_read_if_none_matches(
    controller: Object, cls: Object, paths: list[tuple[str, str]] | None
) -> None:
    """Not of a controller that other kinds of objects configure too."""
    rules = [
        ingress(path="/cart", cls=cls["metadata"]["name"]),
        ingress(path="/api", cls=cls["metadata"]["name"], place="shop/api"),
        ingress("other.example", path="/x", cls=cls["metadata"]["name"]),
    ]
    found = seen(shelf(controller, classes=(cls,), ingresses=rules)).reading
    read = found.ingress_paths
    assert (read and [(r.ingress, r.path) for r in read]) == paths
    found = seen(
        shelf(controller, classes=(cls,), ingresses=rules), "https://shop.example/cart"
    ).reading
    assert found.ingress_paths is None
