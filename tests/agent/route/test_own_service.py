"""The app's own Service as the way in."""

from typing import Any

from parallax_agent.route.own_service import doubtful_annotations
from tests.agent.route.test_discovery import TRAEFIK, shelf
from tests.agent.shapes import meta, seen

PORTS = [{"name": "http", "port": 80, "nodePort": 31900}]


def own(place: str = "shop/web", **annotations: str) -> Any:
    """Return a Service of type LoadBalancer."""
    named = {k.replace("__", "/").replace("_", "-"): v for k, v in annotations.items()}
    return {
        "metadata": meta(place, annotations=named),
        "spec": {"type": "LoadBalancer", "selector": {"app": "web"}, "ports": PORTS},
    }


def test_a_service_that_the_target_names_is_the_way_in() -> None:
    """No route leads to it, so an ingress beside it is unrelated."""
    objects = shelf(TRAEFIK, services=[own(), TRAEFIK], ingresses=[])
    path = seen(objects, namespace="shop", service="web")
    assert path.discovery is not None
    assert path.discovery.entry.direct
    assert path.reading.ingress_service is None
    assert path.reading.service is not None


def test_a_service_with_the_host_in_an_annotation_is_the_way_in() -> None:
    """External-dns and the cloud controller name the host there."""
    name = "external-dns.alpha.kubernetes.io/hostname"
    item = own()
    item["metadata"]["annotations"] = {name: "a.example, shop.example"}
    path = seen(shelf(TRAEFIK, services=[item, TRAEFIK], ingresses=[]))
    assert path.discovery is not None
    assert path.discovery.entry.direct


def test_an_unnamed_service_leaves_the_way_in_open() -> None:
    """An unrelated ingress is not asked, because its 404 would blame it."""
    services = [own(), own("blog/web"), TRAEFIK]
    path = seen(shelf(TRAEFIK, services=services, ingresses=[]))
    assert path.reading.ingress_service is None
    note = next(p for p in path.reading.problems if p.startswith("ingress: "))
    assert "Services shop/web, blog/web of type LoadBalancer" in note


def test_a_route_to_the_service_goes_through_the_ingress() -> None:
    """A Service of type LoadBalancer may also be behind an ingress."""
    path = seen(shelf(TRAEFIK, services=[own(), TRAEFIK]))
    assert path.reading.ingress_service is not None


def test_a_health_check_port_that_is_no_node_port_is_named() -> None:
    """The cloud controller writes the annotation into the load balancer."""
    name = "load-balancer.hetzner.cloud/health-check-port"
    item = own()
    for value, count in (("31999", 1), ("31900", 0)):
        item["metadata"]["annotations"] = {name: value}
        assert len(list(doubtful_annotations(item))) == count
