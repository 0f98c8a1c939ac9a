"""Which Service an Ingress sends a URL to."""

from typing import Any

import pytest

from parallax.model.wire import Json
from parallax_agent.ingress import route


def ingress(
    host: str | None, *paths: tuple[str, str, str], name: str = "a", **spec: Json
) -> dict[str, Any]:
    """Write an Ingress; a path is its text, its type, and the Service's name."""
    entries = [
        {
            "path": path,
            "pathType": kind,
            "backend": {"service": {"name": service, "port": {"name": "http"}}},
        }
        for path, kind, service in paths
    ]
    rule: dict[str, Any] = {"http": {"paths": entries}}
    if host:
        rule["host"] = host
    return {
        "metadata": {"name": name, "namespace": "shop"},
        "spec": {"rules": [rule], **spec},
    }


@pytest.mark.parametrize(
    ("path", "service"),
    [
        ("/", "root"),
        ("/api", "api"),
        ("/api/v1", "api"),
        ("/apis", "root"),
        ("/exact", "exact"),
        ("/exact/", "root"),
        ("/raw-and-more", "raw"),
    ],
)
def test_paths(path: str, service: str) -> None:
    """Prefix goes by whole elements, exact by all, the longest wins."""
    rules = [
        ingress(
            "a.example",
            ("/", "Prefix", "root"),
            ("/api", "Prefix", "api"),
            ("/exact", "Exact", "exact"),
            ("/raw", "ImplementationSpecific", "raw"),
        )
    ]
    found = route(rules, "a.example", path)
    assert found is not None
    assert (found.service, found.port, found.namespace) == (service, "http", "shop")


def test_hosts() -> None:
    """An exact host goes before a wildcard, a wildcard before any host."""
    rules = [
        ingress(None, ("/", "Prefix", "any")),
        ingress("*.example", ("/", "Prefix", "wild")),
        ingress("a.example", ("/", "Prefix", "exact")),
    ]
    names = [
        found.service
        for host in ("a.example", "b.example", "x.b.example", "other")
        if (found := route(rules, host, "/"))
    ]
    assert names == ["exact", "wild", "any", "any"]


def test_default_backend_and_nobody() -> None:
    """The default backend comes last; without one nobody takes the host."""
    default = {"service": {"name": "rest", "port": {"number": 80}}}
    rules = [ingress("a.example", ("/", "Prefix", "a"), defaultBackend=default)]
    found = route(rules, "b.example", "/")
    assert found is not None
    assert (found.service, found.port) == ("rest", 80)
    assert route([ingress("a.example", ("/", "Prefix", "a"))], "b.example", "/") is None
    assert route([], "a.example", "/") is None


def test_canaries_and_resources_are_left_out() -> None:
    """A canary Ingress and a backend that is no Service name no route."""
    canary = ingress("a.example", ("/", "Prefix", "canary"))
    canary["metadata"]["annotations"] = {"nginx.ingress.kubernetes.io/canary": "true"}
    resource = ingress("a.example", ("/", "Prefix", "x"))
    backend = {"resource": {"kind": "StorageBucket", "name": "static"}}
    resource["spec"]["rules"][0]["http"]["paths"][0]["backend"] = backend
    assert route([canary, resource], "a.example", "/") is None


def test_tls_and_protocol() -> None:
    """The route says whether the Ingress ends TLS, and what its pods speak."""
    rule = ingress("a.example", ("/", "Prefix", "a"), tls=[{"hosts": ["*.example"]}])
    name = "nginx.ingress.kubernetes.io/backend-protocol"
    rule["metadata"]["annotations"] = {name: "HTTPS"}
    found = route([rule], "a.example", "/")
    assert found is not None
    assert (found.tls, found.backend_protocol) == (True, "HTTPS")
