"""Arguments of controllers: Traefik's entry points, ports on the nodes."""

from typing import Any

from parallax.model.cluster import ServicePort
from parallax_agent.route.arguments import entry_points, for_port, node_ports


def pod(*args: str, ports: list[dict[str, Any]] | None = None, **spec: Any) -> Any:
    """Return a pod with one container."""
    container = {"name": "c", "args": list(args), "ports": ports or []}
    return {"spec": {"containers": [container], **spec}}


def test_entry_points_are_read_whatever_the_case() -> None:
    """Traefik's flags are case-insensitive; each TLS option switches TLS on."""
    item = pod(
        "--entrypoints.web.address=:8000/tcp",
        "--entryPoints.web.http.redirections.entryPoint.to=websecure",
        "--ENTRYPOINTS.websecure.address=:8443",
        "--entryPoints.websecure.http.tls.certResolver=le",
        "--entryPoints.websecure.proxyProtocol.insecure",
        "--log.level=INFO",
    )
    web, secure = entry_points([item])
    assert (web.name, web.port, web.tls) == ("web", 8000, False)
    assert web.redirects_to == "websecure"
    assert (secure.port, secure.tls, secure.trusted) == (8443, True, ("everyone",))
    off = pod("--entrypoints.websecure.http.tls=false")
    assert not entry_points([off])[0].tls


def test_an_entry_point_is_found_by_name_or_number() -> None:
    """A Service names the container's port, or has its number."""
    points = entry_points([pod("--entrypoints.websecure.address=:8443")])
    by_name = ServicePort(port=443, target_port="websecure", name="https")
    by_number = ServicePort(port=443, target_port="8443")
    other = ServicePort(port=80, target_port="web")
    assert for_port(points, by_name) is points[0]
    assert for_port(points, by_number) is points[0]
    assert for_port(points, other) is None
    assert for_port(points, None) is None


def test_ports_on_the_nodes() -> None:
    """By hostPort, or with hostNetwork by the container's port or the arguments."""
    by_host_port = [
        {"name": "http", "containerPort": 8000, "hostPort": 80},
        {"name": "https", "containerPort": 8443, "hostPort": 443},
        {"name": "webhook", "containerPort": 9443},
        {"name": "http3", "containerPort": 8443, "hostPort": 443, "protocol": "UDP"},
    ]
    assert node_ports([pod(ports=by_host_port)]) == {80: (80, 8000), 443: (443, 8443)}
    on_host = [{"containerPort": 80}, {"containerPort": 443}]
    assert node_ports([pod(ports=on_host, hostNetwork=True)]) == {
        80: (80, 80),
        443: (443, 443),
    }
    moved = pod("--https-port=9444", ports=on_host, hostNetwork=True)
    assert node_ports([moved])[443] == (9444, 9444)
    assert node_ports([pod(ports=on_host)]) == {}
