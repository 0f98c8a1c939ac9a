"""VirtualServices, and the Gateway that they are bound to."""

from typing import Any

from parallax_agent.route.kinds import istio
from tests.agent.shapes import meta

HTTPS = {"port": {"number": 443, "protocol": "HTTPS"}, "hosts": ["*.example"]}
HTTP = {"port": {"number": 80, "protocol": "HTTP"}, "hosts": ["*"]}
GATEWAY = {"metadata": meta("istio-system/public"), "spec": {"servers": [HTTP, HTTPS]}}


def virtual(*http: dict[str, Any], gateway: str = "istio-system/public") -> Any:
    """Return a VirtualService."""
    spec = {"hosts": ["shop.example"], "gateways": [gateway], "http": list(http)}
    return {"metadata": meta("shop/web"), "spec": spec}


def to(host: str, **uri: str) -> dict[str, Any]:
    """Return a rule to a host of the mesh."""
    match = {"match": [{"uri": uri}]} if uri else {}
    destination = {"host": host, "port": {"number": 80}}
    return match | {"route": [{"destination": destination}]}


def test_the_first_rule_that_matches_wins() -> None:
    """Rules are read in their order."""
    item = virtual(to("api", prefix="/api"), to("web.front.svc.cluster.local"))
    (api,) = istio.routes([item], [GATEWAY], "shop.example", "/api/x")
    (web,) = istio.routes([item], [GATEWAY], "shop.example", "/")
    assert (api.backend, web.backend) == ("shop/api", "front/web")
    assert (web.tls, web.listener, web.port) == (True, 443, 80)
    (exact,) = istio.routes(
        [virtual(to("a", exact="/x"))], [GATEWAY], "shop.example", "/x"
    )
    assert exact.service == "a"


def test_a_route_of_the_mesh_or_of_another_host_is_none() -> None:
    """Only a Gateway lets users in."""
    mesh, other = virtual(to("web"), gateway="mesh"), virtual(to("web"), gateway="none")
    assert not istio.routes([mesh, other], [GATEWAY], "shop.example", "/")
    assert not istio.routes([virtual(to("web"))], [GATEWAY], "other.example", "/")
    assert istio.hosts([mesh, virtual(to("web"))]) == {"shop.example"}
    with_header = virtual({"match": [{"headers": {"a": {}}}], **to("web")})
    with_header["spec"]["http"][0]["match"] = [{"headers": {"a": {}}}]
    assert not istio.routes([with_header], [GATEWAY], "shop.example", "/")


def test_a_redirect_leads_to_no_service() -> None:
    """It says so."""
    (route,) = istio.routes(
        [virtual({"redirect": {"uri": "/"}})], [GATEWAY], "shop.example", "/"
    )
    assert "routes to a redirect or to nothing" in route.notes[0]
