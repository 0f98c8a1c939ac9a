"""Which Service an HTTPRoute routes a URL to."""

from typing import Any

import pytest

from parallax_agent.route.gateway import http_route_hosts, routes
from tests.agent.shapes import gateway, http_route, meta

BOTH = gateway(("http", "HTTP", 80, None), ("https", "HTTPS", 443, "*.example"))


def test_a_route_uses_the_listener_that_terminates_tls() -> None:
    """Of two listeners for the host, users arrive at the https one."""
    (found,) = routes([http_route(("web", 1))], [BOTH], "shop.example", "/cart")
    assert (found.kind, found.backend, found.port) == ("HTTPRoute", "shop/web", 80)
    assert (found.tls, found.listener) == (True, 443)
    assert (found.gateway, found.class_name) == (("infra", "eg"), "eg")
    assert found.controller == "gateway.envoyproxy.io/gatewayclass-controller"
    assert found.notes == ()


def test_a_section_name_picks_one_listener() -> None:
    """A reference with a section name or a port means only that listener."""
    for pick in ({"sectionName": "http"}, {"port": 80}):
        parent = {"name": "eg", "namespace": "infra"} | pick
        item = http_route(("web", 1), parent=parent)
        (found,) = routes([item], [BOTH], "shop.example", "/")
        assert (found.tls, found.listener) == (False, 80)


def test_listeners_of_another_host_or_protocol_do_not_count() -> None:
    """Without a listener for the host there is no route."""
    other = gateway(("https", "HTTPS", 443, "other.example"), ("t", "TLS", 8443, None))
    assert routes([http_route(("web", 1))], [other], "shop.example", "/") == []


@pytest.mark.parametrize(
    ("host", "path", "service"),
    [
        ("a.shop.example", "/", "exact"),
        ("b.shop.example", "/", "near"),
        ("x.b.shop.example", "/", "near"),
        ("c.example", "/", "far"),
        ("other.io", "/", "any"),
    ],
)
def test_the_closest_host_wins(host: str, path: str, service: str) -> None:
    """A name precedes wildcards, a longer wildcard a shorter one."""
    names = {"exact": ("a.shop.example",), "near": ("*.shop.example",)}
    names |= {"far": ("*.example",), "any": ()}
    items = [
        http_route((name, 1), hosts=h, place=f"shop/{name}")
        for name, h in reversed(names.items())
    ]
    every = gateway(("http", "HTTP", 80, None))
    assert routes(items, [every], host, path)[0].service == service


def match(**conditions: Any) -> dict[str, Any]:
    """Write one match of a rule."""
    return {"matches": [conditions]}


@pytest.mark.parametrize(
    ("path", "service"),
    [("/", "root"), ("/api/v1", "api"), ("/apis", "root"), ("/api", "exact")],
)
def test_the_closest_path_wins(path: str, service: str) -> None:
    """Exact before prefix, the longer prefix first."""
    api = {"type": "PathPrefix", "value": "/api"}
    items = [
        http_route(("root", 1), place="shop/root"),
        http_route(("api", 1), place="shop/api", **match(path=api)),
        http_route(
            ("exact", 1), place="shop/e", **match(path={**api, "type": "Exact"})
        ),
    ]
    assert routes(items, [BOTH], "shop.example", path)[0].service == service


@pytest.mark.parametrize(
    "conditions",
    [
        {"headers": [{"name": "x-beta", "value": "1"}]},
        {"queryParams": [{"name": "a", "value": "1"}]},
        {"method": "POST"},
    ],
)
def test_matches_with_more_conditions_are_left_out(conditions: dict[str, Any]) -> None:
    """A match on more than host and path does not apply to a probe."""
    item = http_route(("web", 1), **match(**conditions))
    assert routes([item], [BOTH], "shop.example", "/") == []


def test_weights_and_redirects() -> None:
    """The highest weight wins; a rule without backends redirects."""
    item = http_route(("canary", 10), ("web", 90), ("off", 0))
    (found,) = routes([item, http_route()], [BOTH], "shop.example", "/")
    assert found.service == "web"
    assert found.notes == ("web shares its requests with canary, which are not probed",)


def test_a_route_that_was_not_accepted_comes_last() -> None:
    """Rejected by its controller, or without a status."""
    refused = http_route(("old", 1), place="shop/a", accepted="False")
    alone = http_route(("new", 1), place="shop/b", controller=None)
    taken = http_route(("web", 1), place="shop/c")
    first, *others = routes([refused, alone, taken], [BOTH], "shop.example", "/")
    assert first.service == "web"
    assert {n for r in others for n in r.notes} == {
        "the HTTPRoute has Accepted=False (Why)",
        "no controller has accepted the HTTPRoute",
    }


@pytest.mark.parametrize("section", ["http", "https"])
def test_the_accepted_listener_precedes_the_rejected_one(section: str) -> None:
    """Also if the rejected one terminates TLS."""
    parents = [
        {"name": "eg", "namespace": "infra", "sectionName": name}
        for name in ("http", "https")
    ]
    item = http_route(("web", 1))
    item["spec"]["parentRefs"] = parents
    item["status"]["parents"] = [
        {
            "parentRef": parent,
            "controllerName": "x",
            "conditions": [
                {
                    "type": "Accepted",
                    "status": str(parent["sectionName"] == section),
                }
            ],
        }
        for parent in parents
    ]
    (found,) = routes([item], [BOTH], "shop.example", "/")
    assert (found.tls, found.notes) == (section == "https", ())


@pytest.mark.parametrize(
    ("allowed", "takes"),
    [
        ({}, False),
        ({"namespaces": {"from": "Same"}}, False),
        ({"namespaces": {"from": "None"}}, False),
        ({"namespaces": {"from": "Selector"}}, True),
        ({"namespaces": {"from": "All"}, "kinds": [{"kind": "GRPCRoute"}]}, False),
        ({"namespaces": {"from": "All"}, "kinds": [{"kind": "HTTPRoute"}]}, True),
    ],
)
def test_a_listener_accepts_allowed_namespaces(
    allowed: dict[str, Any], *, takes: bool
) -> None:
    """By default only routes of its own namespace."""
    both = gateway(("http", "HTTP", 80, None), ("https", "HTTPS", 443, None))
    both["spec"]["listeners"][1]["allowedRoutes"] = allowed
    (found,) = routes([http_route(("web", 1))], [both], "shop.example", "/")
    assert found.tls is takes


def test_a_redirect_hides_other_rules_of_its_listener() -> None:
    """No other Service is used; at another listener it has no effect."""
    old = match(path={"type": "PathPrefix", "value": "/old"})
    redirect = http_route(
        place="shop/old", filters=[{"type": "RequestRedirect"}], **old
    )
    every = [http_route(("web", 1)), redirect]
    found, *_ = routes(every, [BOTH], "shop.example", "/old/x")
    assert (found.ingress, found.service) == ("old", "")
    assert found.notes == (
        (
            "HTTPRoute shop/old routes to RequestRedirect, which is not a Service; "
            "name the Service in the target"
        ),
    )
    redirect["spec"]["parentRefs"][0]["sectionName"] = "http"
    found, *others = routes(every, [BOTH], "shop.example", "/old/x")
    assert (found.service, others) == ("web", [])


def test_a_gateway_that_does_not_exist() -> None:
    """The route is returned, with a note."""
    (found,) = routes([http_route(("web", 1))], [], "shop.example", "/")
    assert found.notes == ("Gateway infra/eg does not exist or could not be read",)
    assert (found.service, found.tls) == ("web", False)


def test_mesh_routes_are_left_out() -> None:
    """A route attached to a Service instead of a Gateway is a mesh's."""
    parent = {"kind": "Service", "name": "web"}
    item = http_route(("web", 1), parent=parent)
    assert routes([item], [BOTH], "shop.example", "/") == []


def test_all_hosts() -> None:
    """Hosts of routes and of Ingresses together, sorted."""
    items = [http_route(hosts=("b.io", "*.c.io")), {"metadata": meta("x/y")}]
    assert http_route_hosts(items, "a.io", ("a.io",)) == ("*.c.io", "a.io", "b.io")
