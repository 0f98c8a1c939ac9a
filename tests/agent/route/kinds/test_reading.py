"""Kinds of controllers: read, not read, or not installed."""

from typing import Any

from tests.agent.route.test_discovery import TRAEFIK, shelf
from tests.agent.shapes import Shelf, explained, meta, seen

ROUTE = {
    "metadata": meta("shop/web"),
    "spec": {
        "routes": [
            {"match": "Host(`shop.example`)", "services": [{"name": "web", "port": 80}]}
        ],
        "tls": {},
    },
}


def without_ingress(*routes: Any) -> Shelf:
    """Return k3s's Traefik, and no Ingress."""
    objects = shelf(TRAEFIK, ingresses=[])
    if routes:
        objects.objects["ingressroutes"] = list(routes)
    return objects


def test_a_kind_that_is_read_leads_to_the_service() -> None:
    """Its hosts are in the list, and nothing is unread."""
    path = seen(without_ingress(ROUTE))
    assert path.route is not None
    assert path.route.title == "IngressRoute shop/web"
    assert path.reading.ingress_name == "web"
    assert path.reading.ingress_hosts == ("shop.example",)
    assert path.reading.unread_kinds == ()


def test_a_kind_without_permission_is_unread() -> None:
    """The reading names it, and the explanation says what to set."""
    forbidden = without_ingress()
    forbidden.forbid("ingressroutes")
    assert seen(forbidden).reading.unread_kinds == ("Traefik's IngressRoutes",)
    (problem,) = [p for p in explained(forbidden).problems if "IngressRoutes" in p]
    assert "403 Forbidden" in problem
    assert problem.endswith("set namespace and service in the target")


def test_a_kind_that_is_not_installed_hides_no_host() -> None:
    """A role without the rule gets 403; discovery tells that nothing is there."""
    lacking = without_ingress()
    lacking.forbid("ingressroutes")
    lacking.lacking.add("traefik.io/v1alpha1")
    assert seen(lacking).reading.unread_kinds == ()
    assert seen(without_ingress()).reading.unread_kinds == ()


def test_kinds_are_read_only_for_a_host_without_an_ingress() -> None:
    """An Ingress that names the host needs no other list."""
    known = shelf(TRAEFIK, ingressroutes=[ROUTE])
    assert seen(known).reading.unread_kinds is None
    assert ("ingressroutes", None) not in known.asked
