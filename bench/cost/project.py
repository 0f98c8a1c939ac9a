"""Project: the lists of a Hetzner project with one load balancer, as the API's JSON.

In: the number of nodes. Out: load balancers, servers, certificates and firewalls.
It does not: serve them.
Source of the shapes: hcloud-go, `schema/load_balancer.go` and `schema/server.go`.
"""

from collections.abc import Callable
from typing import Any

BALANCER = "edge"
MOST_TARGETS = 25
"""Targets of the smallest load balancer type."""
CREATED = "2025-11-01T08:00:00+00:00"

type Json = dict[str, Any]


def project(nodes: int) -> Callable[..., list[Json]]:
    """Return a function that returns a list by its name."""
    servers = [_server(number) for number in range(min(nodes, MOST_TARGETS))]

    def lists(name: str, *, healthy: bool) -> list[Json]:
        match name:
            case "load_balancers":
                return [_balancer(servers, healthy=healthy)]
            case "servers":
                return servers
            case "certificates":
                return [{"id": 1, "name": "shop", "domain_names": ["shop.example.com"]}]
            case _:
                return []

    return lists


def _server(number: int) -> Json:
    return {
        "id": 40_000 + number,
        "name": f"worker-{number + 1:02d}",
        "status": "running",
        "created": CREATED,
        "labels": {"role": "worker"},
        "private_net": [{"network": 7, "ip": f"10.0.0.{number + 2}", "alias_ips": []}],
        "public_net": {
            "ipv4": {"id": number, "ip": f"198.51.100.{number + 2}", "blocked": False},
            "ipv6": None,
            "floating_ips": [],
            "firewalls": [],
        },
        "load_balancers": [9],
    }


def _balancer(servers: list[Json], *, healthy: bool) -> Json:
    word = "healthy" if healthy else "unhealthy"
    health = [{"listen_port": 443, "status": word}]
    return {
        "id": 9,
        "name": BALANCER,
        "created": CREATED,
        "labels": {},
        "public_net": {
            "enabled": True,
            "ipv4": {"ip": "198.51.100.1", "dns_ptr": None},
            "ipv6": {"ip": None, "dns_ptr": None},
        },
        "private_net": [{"network": 7, "ip": "10.0.0.1"}],
        "algorithm": {"type": "round_robin"},
        "services": [
            {
                "protocol": "tcp",
                "listen_port": 443,
                "destination_port": 30443,
                "proxyprotocol": False,
                "health_check": {
                    "protocol": "tcp",
                    "port": 30443,
                    "interval": 15,
                    "timeout": 10,
                    "retries": 3,
                },
            }
        ],
        "targets": [
            {
                "type": "server",
                "server": {"id": server["id"]},
                "use_private_ip": True,
                "health_status": health,
            }
            for server in servers
        ],
    }
