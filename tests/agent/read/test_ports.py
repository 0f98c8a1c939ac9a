"""Which port of a Service is probed."""

import pytest

from parallax.model.probe import Role
from parallax.model.target import Target
from parallax_agent.hops import plan
from parallax_agent.hops.selection import VantagePoint
from parallax_agent.read.ports import requested_port
from parallax_agent.read.target_path import TargetPath
from tests.agent.route.test_discovery import NGINX, NGINX_CLASS, TRAEFIK, shelf
from tests.agent.shapes import Object, ingress, seen, service, slices

METRICS = ("metrics", 9090, None)


def web(*ports: tuple[str, int, int | None], **protocols: str) -> Object:
    """Return a Service; the rest is `appProtocol` by the port's name."""
    item = service("shop/web", *ports)
    for port in item["spec"]["ports"]:
        if port["name"] in protocols:
            port["appProtocol"] = protocols[port["name"]]
    return item


@pytest.mark.parametrize(
    ("item", "port"),
    [
        (web(METRICS), 9090),
        (web(METRICS, ("http", 80, None)), 80),
        (web(METRICS, ("web", 5000, None)), 5000),
        (web(METRICS, ("app", 8080, None)), 8080),
        (web(METRICS, ("app", 443, None)), 443),
        (web(METRICS, ("app", 5000, None), app="HTTP"), 5000),
        (web(METRICS, ("app", 5000, None), metrics="http", app="http"), 5000),
        (web(("https", 443, None), ("http", 80, None)), 80),
        (web(("a", 80, None), ("b", 5000, None), a="http", b="http"), 80),
    ],
)
def test_without_an_ingress_the_port_marked_as_http(item: Object, port: int) -> None:
    """By `appProtocol`, name or number; a metrics port only if it is the only one."""
    found, problem = requested_port(item, None, None)
    assert (found and found.port, problem) == (port, None)


@pytest.mark.parametrize(
    ("item", "has"),
    [
        (web(METRICS, ("api", 5000, None)), "9090 metrics, 5000 api"),
        (
            web(("a", 1, None), ("b", 2, None), a="http", b="http"),
            "1 a, 2 b",
        ),
    ],
)
def test_several_possible_ports(item: Object, has: str) -> None:
    """No port and no pod is probed, and the problem has the solution."""
    pods = slices("shop/web", "10.42.0.1")
    pods["ports"] = [{"name": "a", "port": 1}, {"name": "b", "port": 2}]
    path = seen(
        shelf(
            TRAEFIK,
            services=[item, TRAEFIK],
            ingresses=[],
            endpointslices=[pods],
        ),
        namespace="shop",
        service="web",
    )
    target = Target(name="shop", url="https://shop.example/")
    asks = plan.plan_requests(target, path, VantagePoint(node="one", cycle=0))
    assert {q.role for q in asks} == {Role.INGRESS, Role.INGRESS_OTHER}
    assert path.port is None
    assert path.reading.problems == (
        (
            f"Service shop/web has several ports ({has}) and no Ingress names one; "
            "name the port for users http"
        ),
    )


def test_a_port_that_the_service_lacks() -> None:
    """The Ingress names a port that does not exist."""
    path = seen(shelf(TRAEFIK, ingresses=[ingress(port="web")]))
    assert path.port is None
    assert path.reading.problems == (
        (
            "Ingress shop/web routes to port web of Service shop/web, which has only "
            "80 http; correct the Ingress"
        ),
    )


def through_nginx(item: Object, port: int | str) -> TargetPath:
    """Read a Service whose port an Ingress of ingress-nginx names."""
    return seen(
        shelf(
            NGINX,
            services=[item, NGINX],
            classes=(NGINX_CLASS,),
            ingresses=[ingress(port=port)],
        )
    )


def test_ingress_nginx_also_matches_the_target_port() -> None:
    """By number or name; for other controllers this is an error of the Ingress."""
    item = web(("http", 80, None))
    for target_port in (8080, "app"):
        item["spec"]["ports"][0]["targetPort"] = target_port
        path = through_nginx(item, target_port)
        assert (path.port and path.port.port, path.reading.problems) == (80, ())
        rules = [ingress(port=target_port)]
        path = seen(shelf(TRAEFIK, services=[item, TRAEFIK], ingresses=rules))
        assert path.port is None
        assert "correct the Ingress" in path.reading.problems[0]


def test_ingress_nginx_uses_the_first_matching_port() -> None:
    """In the Service's order; one's target port precedes another's number."""
    item = web(("first", 8080, None), ("second", 80, None))
    first, second = item["spec"]["ports"]
    first["targetPort"], second["targetPort"] = 80, 9000
    path = through_nginx(item, 80)
    assert path.port
    assert path.port.name == "first"


def test_an_ingress_nginx_without_a_class_is_known_by_its_service() -> None:
    """Without readable IngressClasses, the only controller is used."""
    item = web(("http", 80, None))
    item["spec"]["ports"][0]["targetPort"] = 8080
    path = seen(
        shelf(NGINX, services=[item, NGINX], classes=(), ingresses=[ingress(port=8080)])
    )
    assert path.port
    assert path.port.port == 80
