"""VirtualServers of F5's controller."""

from typing import Any

from parallax_agent.route.kinds import f5
from tests.agent.shapes import meta

UPSTREAMS = [
    {"name": "a", "service": "web", "port": 80},
    {"name": "b", "service": "api", "port": 8080},
]


def virtual(*routes: dict[str, Any], **spec: Any) -> Any:
    """Return a VirtualServer."""
    whole = {"host": "shop.example", "upstreams": UPSTREAMS, "routes": list(routes)}
    return {"metadata": meta("shop/web"), "spec": whole | spec}


def test_a_path_leads_to_its_upstream_s_service() -> None:
    """By pass, by proxy, or by the largest split."""
    item = virtual(
        {"path": "/", "action": {"pass": "a"}},
        {"path": "/api", "action": {"proxy": {"upstream": "b"}}},
        {
            "path": "=/half",
            "splits": [
                {"weight": 10, "action": {"pass": "a"}},
                {"weight": 90, "action": {"pass": "b"}},
            ],
        },
        {"path": "~ ^/regex", "action": {"pass": "b"}},
        tls={"secret": "t"},
    )
    best = {p: f5.routes([item], "shop.example", p)[0] for p in ("/", "/api", "/half")}
    assert {p: r.service for p, r in best.items()} == {
        "/": "web",
        "/api": "api",
        "/half": "api",
    }
    assert best["/"].tls
    assert not f5.routes([item], "other.example", "/")
    assert f5.hosts([item]) == {"shop.example"}


def test_a_path_without_an_upstream_says_so() -> None:
    """E.g. a VirtualServerRoute, which is not followed."""
    (route,) = f5.routes([virtual({"path": "/", "route": "x/y"})], "shop.example", "/")
    assert "routes to something else" in route.notes[0]
