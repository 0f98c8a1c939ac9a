"""The hops behind the ingress, in words."""

from typing import Any

import pytest

from parallax_agent.explain.explanation import as_text
from tests.agent.route.test_discovery import PODS, TRAEFIK, shelf
from tests.agent.shapes import explained, node, service, slices


@pytest.mark.parametrize(
    ("objects", "lines"),
    [
        (
            {"services": [service("shop/web", clusterIP="None"), TRAEFIK]},
            ["headless: no address of its own", "-- service"],
        ),
        ({"endpointslices": [slices("shop/web")]}, ["-- pods     0 of 0 ready"]),
        ({"nodes": [node("one", "10.0.0.1")]}, ["ok nodes    1 of 1 ready"]),
    ],
)
def test_steps_behind_the_ingress(objects: dict[str, Any], lines: list[str]) -> None:
    """Headless Services, and objects that do not exist."""
    text = "\n".join(as_text(explained(shelf(TRAEFIK, **objects))))
    assert [line for line in lines if line not in text] == []


def test_two_address_families() -> None:
    """Both addresses of a Service with two families."""
    web = service(
        "shop/web",
        ("http", 80, None),
        ipFamilies=["IPv4", "IPv6"],
        clusterIPs=["10.43.0.7", "fd43::7"],
    )
    found = explained(
        shelf(
            TRAEFIK,
            services=[web, TRAEFIK],
            endpointslices=[PODS, slices("shop/web", "fd42::1")],
            nodes=[node("one", "10.0.0.1", "fd00::1")],
        )
    )
    text = "\n".join(as_text(found))
    assert "two address families: 10.43.0.7 and fd43::7" in text
    assert "per cycle: 3 pod, 2 service" in text


@pytest.mark.parametrize(
    ("addresses", "asked"),
    [(("10.42.0.1", "10.42.1.1"), "2 pod, 1 service"), ((), "")],
)
def test_a_local_service(addresses: tuple[str, ...], asked: str) -> None:
    """`internalTrafficPolicy: Local`: only from nodes with a ready pod."""
    web = service("shop/web", ("http", 80, None), internalTrafficPolicy="Local")
    found = explained(
        shelf(
            TRAEFIK,
            services=[web, TRAEFIK],
            endpointslices=[slices("shop/web", *addresses)],
        )
    )
    text = "\n".join(as_text(found))
    note = "internal traffic policy Local: not probed from a node without a ready pod"
    assert note in text
    assert (" service" in text.rpartition("per cycle:")[2]) is bool(asked)
    assert asked in text
    assert found.problems == ()
