"""The protocol of pods, if it is not plain HTTP."""

import pytest

from parallax.model.cluster import ServicePort
from parallax_agent.hops import plan
from parallax_agent.read.protocol import HTTP, HTTPS, TRAEFIK_SCHEME, backend_protocol
from parallax_agent.route.controllers import FAMILIES
from parallax_agent.watch import objects
from tests.agent.route.test_discovery import TRAEFIK, shelf
from tests.agent.shapes import Object, http_route, ingress, seen, service

NGINX = "nginx.ingress.kubernetes.io/"
BY_NAME = {family.name: family for family in FAMILIES}


def web(
    name: str = "http", number: int = 80, protocol: str | None = None, **notes: str
) -> Object:
    """Return a Service with one port."""
    item = service("shop/web", (name, number, None))
    item["metadata"]["annotations"] = notes
    if protocol is not None:
        item["spec"]["ports"][0]["appProtocol"] = protocol
    return item


def port_of(item: Object) -> ServicePort:
    """Return a Service's only port."""
    (port,) = objects.service(item).ports
    return port


@pytest.mark.parametrize(
    ("name", "text", "protocol"),
    [
        (NGINX + "backend-protocol", "HTTP", HTTP),
        (NGINX + "backend-protocol", "HTTPS", HTTPS),
        (NGINX + "backend-protocol", "GRPC", "GRPC"),
        (NGINX + "backend-protocol", "AUTO_HTTP", "AUTO_HTTP"),
        (NGINX + "ssl-passthrough", "true", "TLS (ssl-passthrough)"),
        (NGINX + "ssl-passthrough", "false", HTTP),
        ("nginx.org/ssl-services", "other, web", HTTPS),
        ("nginx.org/ssl-services", "other,website", HTTP),
        ("nginx.org/grpc-services", "web", "GRPC"),
        ("haproxy.org/server-ssl", "true", HTTPS),
        ("haproxy.org/server-proto", "h2", "h2"),
        ("haproxy.org/ssl-passthrough", "true", "TLS (ssl-passthrough)"),
        ("haproxy-ingress.github.io/backend-protocol", "h1-ssl", "h1-ssl"),
        ("haproxy-ingress.github.io/backend-protocol", "h1", HTTP),
        ("haproxy-ingress.github.io/secure-backends", "true", HTTPS),
    ],
)
def test_annotations_of_an_ingress(name: str, text: str, protocol: str) -> None:
    """Each controller has its own annotations."""
    item = web()
    rule = ingress(annotations={name: text})
    assert backend_protocol(rule, item, port_of(item), None) == protocol


@pytest.mark.parametrize(
    ("name", "text", "protocol"),
    [
        (TRAEFIK_SCHEME, "https", "https"),
        (TRAEFIK_SCHEME, "h2c", "h2c"),
        (TRAEFIK_SCHEME, "http", HTTP),
        ("haproxy.org/server-ssl", "true", HTTPS),
        ("konghq.com/protocol", "grpc", "grpc"),
        ("projectcontour.io/upstream-protocol.tls", "443,http", HTTPS),
        ("projectcontour.io/upstream-protocol.h2c", "80", "h2c"),
        ("projectcontour.io/upstream-protocol.h2c", "8080", HTTP),
    ],
)
def test_annotations_of_a_service(name: str, text: str, protocol: str) -> None:
    """Those of the Service, for the port that is probed."""
    item = web()
    item["metadata"]["annotations"] = {name: text}
    assert backend_protocol(ingress(), item, port_of(item), None) == protocol


@pytest.mark.parametrize(
    ("app_protocol", "protocol"),
    [
        ("http", HTTP),
        ("HTTP", HTTP),
        ("kubernetes.io/ws", HTTP),
        ("kubernetes.io/h2c", "kubernetes.io/h2c"),
        ("kubernetes.io/wss", "kubernetes.io/wss"),
        ("https", "https"),
        ("grpc", "grpc"),
        ("example.com/own", "example.com/own"),
    ],
)
def test_app_protocol(app_protocol: str, protocol: str) -> None:
    """Used for any controller, because it describes the pods."""
    item = web(protocol=app_protocol)
    assert backend_protocol(ingress(), item, port_of(item), None) == protocol


@pytest.mark.parametrize(
    ("family", "item", "protocol"),
    [
        ("Traefik", web("https", 8443), HTTPS),
        ("Traefik", web("https-app", 8443), HTTPS),
        ("Traefik", web("app", 443), HTTPS),
        ("Traefik", web("app", 443, **{TRAEFIK_SCHEME: "http"}), HTTP),
        ("Traefik", web("app", 8443), HTTP),
        ("ingress-nginx", web("https", 443), HTTP),
        (None, web("https", 443), HTTP),
    ],
)
def test_a_port_that_looks_like_https(
    family: str | None, item: Object, protocol: str
) -> None:
    """Traefik uses number and name; others send plain HTTP unless configured."""
    known = BY_NAME.get(family or "")
    assert backend_protocol(ingress(), item, port_of(item), known) == protocol


def test_a_port_that_looks_like_https_and_no_ingress() -> None:
    """The controller is unknown, so number and name count without appProtocol."""
    for item, protocol in (
        (web("https", 443), HTTPS),
        (web("https", 443, protocol="http"), HTTP),
        (web("http", 80), HTTP),
    ):
        assert backend_protocol(None, item, port_of(item), None) == protocol


def test_an_unread_service_adds_nothing() -> None:
    """Without the Service only the Ingress counts."""
    assert backend_protocol(None, None, None, None) == HTTP
    rule = ingress(annotations={NGINX + "backend-protocol": "GRPCS"})
    assert backend_protocol(rule, None, None, None) == "GRPCS"


def test_an_unsupported_protocol_is_not_probed() -> None:
    """From the cluster's objects to the reason why the pods are not probed."""
    item = web(protocol="kubernetes.io/h2c")
    path = seen(shelf(TRAEFIK, services=[item, TRAEFIK]))
    assert plan.unsupported_protocol(path) == (
        "the pods use kubernetes.io/h2c; the agent probes only plain HTTP backends"
    )
    routes = [http_route(("web", 1))]
    path = seen(
        shelf(TRAEFIK, services=[item, TRAEFIK], ingresses=[], httproutes=routes)
    )
    assert path.protocol == "kubernetes.io/h2c"


def test_an_ingress_of_another_service_does_not_count() -> None:
    """The target names a Service that the Ingress does not lead to."""
    grpc = ingress(service="api", annotations={NGINX + "backend-protocol": "GRPC"})
    path = seen(shelf(TRAEFIK, ingresses=[grpc]), namespace="shop", service="web")
    assert path.protocol == HTTP
