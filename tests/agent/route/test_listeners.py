"""Listeners: isolation by hostname, ListenerSets, query parameters, redirects."""

from typing import Any

import pytest

from parallax_agent.route import attachment, gateway
from tests.agent.route.test_discovery import shelf
from tests.agent.shapes import meta, seen

ALL = {"namespaces": {"from": "All"}}


def listener(name: str, hostname: str = "", port: int = 80, **more: Any) -> Any:
    """Return a listener of a Gateway."""
    host = {"hostname": hostname} if hostname else {}
    return {
        "name": name,
        "protocol": "HTTP",
        "port": port,
        "allowedRoutes": ALL,
        **host,
        **more,
    }


def gateway_of(*listeners: Any) -> Any:
    """Return the Gateway infra/public."""
    spec = {"gatewayClassName": "eg", "listeners": list(listeners)}
    return {"metadata": meta("infra/public"), "spec": spec}


def attached(section: str | None = None, **parent: Any) -> Any:
    """Return an HTTPRoute of shop.example at a listener."""
    reference = {"name": "public", "namespace": "infra", **parent}
    reference |= {"sectionName": section} if section else {}
    return {
        "metadata": meta("shop/web"),
        "spec": {
            "hostnames": ["shop.example"],
            "parentRefs": [reference],
            "rules": [{"backendRefs": [{"name": "web", "port": 80}]}],
        },
        "status": {"parents": [{"parentRef": reference, "controllerName": "eg"}]},
    }


@pytest.mark.parametrize(
    ("closer", "found"),
    [
        (listener("one", "shop.example"), False),
        (listener("wild", "*.example"), False),
        (listener("one", "other.example"), True),
        (listener("one", "shop.example", 8080), True),
        (listener("tls", "shop.example", protocol="TLS"), True),
    ],
)
def test_a_request_goes_to_the_closest_listener_of_its_port(
    closer: Any, *, found: bool
) -> None:
    """A route at another listener of the port does not get it."""
    item = gateway_of(listener("any"), closer)
    routes = gateway.routes([attached("any")], [item], "shop.example", "/")
    assert bool(routes) is found
    sentences = list(attachment.isolated([attached("any")], [item], "shop.example"))
    assert bool(sentences) is not found


def test_a_route_on_all_listeners_is_at_the_closest() -> None:
    """Without a section name it is attached to every listener."""
    item = gateway_of(listener("any"), listener("one", "shop.example"))
    (route,) = gateway.routes([attached()], [item], "shop.example", "/")
    assert route.service == "web"


def listener_set() -> Any:
    """Return a ListenerSet of the Gateway, with its own listener."""
    spec = {
        "parentRef": {"name": "public", "namespace": "infra"},
        "listeners": [listener("mine", "shop.example", 443, protocol="HTTPS")],
    }
    return {"metadata": meta("shop/mine"), "spec": spec}


def of_set() -> Any:
    """Return a route whose parent is the ListenerSet."""
    return attached(kind="ListenerSet", name="mine", namespace="shop")


def test_a_route_on_a_listener_set_is_at_its_gateway() -> None:
    """The listeners of a ListenerSet are the Gateway's."""
    (route,) = gateway.routes(
        [of_set()],
        [gateway_of(listener("any"))],
        "shop.example",
        "/",
        listener_sets=[listener_set()],
    )
    assert (route.gateway, route.listener, route.tls) == (
        ("infra", "public"),
        443,
        True,
    )


def test_a_listener_set_that_was_not_read_is_named() -> None:
    """Its Service is known, but not its Gateway."""
    gateways = [gateway_of(listener("any"))]
    objects = shelf(ingresses=[], httproutes=[of_set()], gateways=gateways)
    path = seen(objects)
    assert path.reading.ingress_name == "web"
    assert path.probed_way.tls
    lacking = "ListenerSet shop/mine does not exist or could not be read"
    assert any(lacking in p for p in path.reading.problems)
    objects.objects["listenersets"] = [listener_set()]
    path = seen(objects)
    assert path.route is not None
    assert path.route.gateway == ("infra", "public")


def test_query_parameters_of_the_url_are_compared() -> None:
    """A rule for other parameters does not match."""
    item = attached()
    item["spec"]["rules"][0]["matches"] = [
        {"queryParams": [{"name": "a", "value": "1"}]}
    ]
    gateways = [gateway_of(listener("any"))]
    found = gateway.routes([item], gateways, "shop.example", "/", query="a=1&b=2")
    assert [r.service for r in found] == ["web"]
    assert not gateway.routes([item], gateways, "shop.example", "/", query="a=2")
    assert not gateway.routes([item], gateways, "shop.example", "/")


def test_a_redirect_inside_a_backend_leads_to_no_service() -> None:
    """The filter responds, and not the Service."""
    item = attached()
    item["spec"]["rules"][0]["backendRefs"][0]["filters"] = [
        {"type": "RequestRedirect"}
    ]
    (route,) = gateway.routes(
        [item], [gateway_of(listener("any"))], "shop.example", "/"
    )
    assert route.service == ""
    assert "redirects requests" in route.notes[0]
