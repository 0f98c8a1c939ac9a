"""HTTPProxies: roots, includes, paths."""

from typing import Any

from parallax_agent.route.kinds import contour
from tests.agent.shapes import meta


def proxy(place: str = "shop/root", **spec: Any) -> Any:
    """Return an HTTPProxy."""
    return {"metadata": meta(place), "spec": spec}


def to(service: str, prefix: str = "/", kind: str = "prefix") -> dict[str, Any]:
    """Return a route to a Service."""
    return {
        "conditions": [{kind: prefix}],
        "services": [{"name": service, "port": 80}],
    }


HOST = {"fqdn": "shop.example", "tls": {"secretName": "t"}}


def test_the_longest_path_wins() -> None:
    """An exact path goes before a prefix."""
    routes = [to("web"), to("api", "/api"), to("health", "/api/health", "exact")]
    item = proxy(virtualhost=HOST, routes=routes)
    by_path = {
        path: next(r.service for r in contour.routes([item], "shop.example", path))
        for path in ("/", "/api/v1", "/api/health")
    }
    assert by_path == {"/": "web", "/api/v1": "api", "/api/health": "health"}
    assert contour.routes([item], "shop.example", "/")[0].tls


def test_an_included_proxy_serves_under_the_prefix() -> None:
    """Its own prefix follows the one of the include."""
    include = {"name": "b", "namespace": "blog", "conditions": [{"prefix": "/blog"}]}
    root = proxy(virtualhost=HOST, includes=[include])
    child = proxy("blog/b", routes=[to("blog")])
    (route,) = contour.routes([root, child], "shop.example", "/blog/x")
    assert (route.title, route.backend) == ("HTTPProxy blog/b", "blog/blog")
    assert not contour.routes([root, child], "shop.example", "/other")


def test_another_host_does_not_match() -> None:
    """A proxy without a host is only a part of others."""
    items = [
        proxy(virtualhost=HOST, routes=[to("web")]),
        proxy("a/b", routes=[to("x")]),
    ]
    assert not contour.routes(items, "other.example", "/")
    assert contour.hosts(items) == {"shop.example"}
    lacking = proxy(virtualhost=HOST, routes=[{"conditions": []}])
    (route,) = contour.routes([lacking], "shop.example", "/")
    assert "routes to no Service" in route.notes[0]
