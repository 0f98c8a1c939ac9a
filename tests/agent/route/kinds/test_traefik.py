"""IngressRoutes: which route wins, and what may reject its requests."""

from typing import Any

from parallax_agent.route.kinds import traefik
from tests.agent.shapes import meta

HOST = "Host(`shop.example`)"


def ingress_route(*rules: dict[str, Any], place: str = "shop/web", **spec: Any) -> Any:
    """Return an IngressRoute."""
    return {"metadata": meta(place), "spec": {"routes": list(rules), **spec}}


def rule(match: str = HOST, **more: Any) -> dict[str, Any]:
    """Return one rule of an IngressRoute."""
    return {"match": match, "services": [{"name": "web", "port": 80}], **more}


def test_the_longest_rule_wins_unless_a_priority_says_otherwise() -> None:
    """Traefik sorts rules by length; a priority replaces that."""
    one, two = rule(), rule(f"{HOST} && PathPrefix(`/`)", services=[{"name": "b"}])
    found = traefik.routes([ingress_route(one, two)], [], "shop.example", "/")
    assert [r.service for r in found] == ["b", "web"]
    first = traefik.routes(
        [ingress_route(one | {"priority": 500}, two)], [], "shop.example", "/"
    )[0]
    assert first.service == "web"
    assert first.title == "IngressRoute shop/web"


def test_tls_and_entry_points_are_those_of_the_ingress_route() -> None:
    """An empty `tls` section is TLS with the default certificate."""
    item = ingress_route(rule(), tls={}, entryPoints=["websecure"])
    (route,) = traefik.routes([item], [], "shop.example", "/")
    assert (route.tls, route.entry_points) == (True, ("websecure",))
    assert not traefik.routes([ingress_route(rule())], [], "shop.example", "/")[0].tls


def test_a_rule_without_a_host_is_a_candidate_only_if_it_matches() -> None:
    """An expression that is not evaluated may be for any host."""
    items = [ingress_route(rule("HostRegexp(`.*`)")), ingress_route(rule("Path(`/`)"))]
    found = traefik.routes(items, [], "shop.example", "/")
    assert [r.host for r in found] == ["Path(`/`)"]


def test_middlewares_that_reject_or_do_not_exist_are_named() -> None:
    """Traefik drops a router whose middleware is missing."""
    names = [{"name": "office"}, {"name": "gzip"}, {"name": "gone"}, {"name": "a@file"}]
    middlewares = [
        {"metadata": meta("shop/office"), "spec": {"ipAllowList": {}}},
        {"metadata": meta("shop/gzip"), "spec": {}},
    ]
    item = ingress_route(rule(middlewares=names))
    (route,) = traefik.routes([item], middlewares, "shop.example", "/")
    rejecting, missing = route.notes
    assert rejecting == "Middleware shop/office (ipAllowList) can reject requests"
    assert missing.startswith("Middleware shop/gone does not exist")


def test_a_route_to_no_service_says_so() -> None:
    """A TraefikService is not followed."""
    item = ingress_route(rule(services=[{"name": "w", "kind": "TraefikService"}]))
    (route,) = traefik.routes([item], [], "shop.example", "/")
    assert route.service == ""
    assert "routes to TraefikService" in route.notes[0]


def test_every_host_of_every_rule_is_listed() -> None:
    """In either quotes, several in one matcher."""
    items = [
        ingress_route(rule("Host(`a.example`, 'b.example') || Host(\"c.example\")"))
    ]
    assert traefik.hosts(items) == {"a.example", "b.example", "c.example"}
