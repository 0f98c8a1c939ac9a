"""The hops up to the ingress, in words."""

from typing import Any

import pytest

from parallax_agent.explain.explanation import as_text
from parallax_agent.route.limits import NGINX
from tests.agent.route.test_discovery import TRAEFIK, WEB, shelf
from tests.agent.shapes import explained, ingress

PASSED = ingress(annotations={NGINX + "ssl-passthrough": "true"})


@pytest.mark.parametrize(
    ("objects", "lines"),
    [
        (
            {"ingresses": [ingress("*.example")]},
            ["wildcard host *.example, path / (Prefix)"],
        ),
        (
            {"ingresses": [ingress(None)]},
            ["a rule without a host matches every host, path / (Prefix)"],
        ),
        ({"services": [WEB]}, ["?? ingress  not decided", "Problems:"]),
        (
            {"ingresses": [ingress(), ingress(service="b", place="shop/b")]},
            [
                "takes precedence over Ingress shop/web",
                "each have a rule for shop.example/",
            ],
        ),
        ({"ingresses": [ingress()]}, ["TLS is not terminated here"]),
        (
            {"ingresses": [PASSED]},
            [
                "TLS is passed through to the pods",
                "port 443, NodePort 31443, https",
                "the pods use TLS (ssl-passthrough)",
            ],
        ),
    ],
)
def test_ingress_steps(objects: dict[str, Any], lines: list[str]) -> None:
    """Wildcards, duplicate rules, where TLS ends, an undecided ingress."""
    text = "\n".join(as_text(explained(shelf(TRAEFIK, **objects))))
    assert [line for line in lines if line not in text] == []
