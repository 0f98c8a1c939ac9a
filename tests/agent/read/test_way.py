"""The way in: the port, TLS, and what the controller's arguments say."""

from typing import Any

import pytest

from parallax_agent.read.way import traefik_config
from parallax_agent.route.arguments import entry_points
from tests.agent.route.test_discovery import TRAEFIK, shelf
from tests.agent.shapes import ingress, meta, seen

TLS = "--entryPoints.websecure.http.tls=true"
ONLY_WEB = {"traefik.ingress.kubernetes.io/router.entrypoints": "web"}


def traefik_pod(*args: str) -> Any:
    """Return a pod of Traefik."""
    labels = dict(TRAEFIK["spec"]["selector"])
    return {
        "metadata": meta("kube-system/traefik-0", labels=labels),
        "spec": {"nodeName": "one", "containers": [{"name": "t", "args": list(args)}]},
        "status": {"phase": "Running", "podIP": "10.42.0.9"},
    }


@pytest.mark.parametrize(
    ("args", "annotations", "url", "tls"),
    [
        ([TLS], {}, "https://shop.example/", True),
        ([TLS], {}, "http://shop.example/", False),
        ([TLS], ONLY_WEB, "https://shop.example/", False),
        ([], {}, "https://shop.example/", False),
    ],
)
def test_an_entry_point_may_end_tls_for_every_route(
    args: list[str], annotations: dict[str, str], url: str, *, tls: bool
) -> None:
    """An Ingress without a `tls` section then uses the default certificate."""
    item = ingress(annotations=annotations)
    path = seen(shelf(TRAEFIK, ingresses=[item], pods=[traefik_pod(*args)]), url)
    assert path.probed_way.tls is tls


def test_what_traefik_says_about_proxy_headers() -> None:
    """It accepts them from trusted addresses, and needs none."""
    trusting = traefik_pod("--entryPoints.web.proxyProtocol.trustedIPs=10.0.0.0/8")
    config = dict(traefik_config(entry_points([trusting])) or ())
    assert config == {
        "use-proxy-protocol": "accepted",
        "proxy-protocol-trusted-ips": "10.0.0.0/8",
    }
    plain = traefik_pod("--entryPoints.web.address=:8000")
    assert traefik_config(entry_points([plain])) == (("use-proxy-protocol", "false"),)
    assert traefik_config(entry_points([traefik_pod()])) is None
