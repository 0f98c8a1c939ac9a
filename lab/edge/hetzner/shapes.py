"""Shapes: servers, services and types as the API's JSON.

In: the case's parts. Out: plain dicts. It does not: serve them.
Source: hcloud-go `schema/server.go`, `schema/load_balancer.go`.
"""

from typing import Any

from lab.case import BalancerService, Case, Server

CREATED = "2025-11-01T08:00:00+00:00"
LABELS = {"role": "worker"}

type Item = dict[str, Any]


def service(service: BalancerService) -> Item:
    """Return one service; `http` only where the protocol has it."""
    item = service.model_dump(mode="json", exclude_none=True)
    timeout_idle = item.pop("timeout_idle")
    http = item["health_check"].get("http")
    if http is not None:
        http.setdefault("domain", None)
        http["status_codes"] = list(http["status_codes"])
    if service.protocol != "tcp":
        item["http"] = {
            "cookie_name": "HCLBSTICKY",
            "cookie_lifetime": 300,
            "certificates": [1] if service.protocol == "https" else [],
            "redirect_http": False,
            "sticky_sessions": False,
            "timeout_idle": timeout_idle,
        }
    return item


def server(case: Case, machine: Server) -> Item:
    """Return one server with its place in the private network."""
    private = {
        "network": case.balancer.network_id,
        "ip": str(machine.address),
        "alias_ips": [],
        "mac_address": "86:00:ff:00:00:01",
    }
    number = 100 + case.servers.index(machine)
    public = {
        "ipv4": {
            "id": number,
            "ip": f"198.51.100.{number}",
            "blocked": False,
            "dns_ptr": "",
        },
        "ipv6": None,
        "floating_ips": [],
        "firewalls": [],
    }
    return {
        "id": machine.server_id,
        "name": machine.name,
        "status": "running",
        "created": CREATED,
        "labels": LABELS,
        "private_net": [private],
        "public_net": public,
        "protection": {"delete": False, "rebuild": False},
        "volumes": [],
        "load_balancers": [case.balancer.id],
        "rescue_enabled": False,
        "locked": False,
        "backup_window": None,
        "included_traffic": 0,
        "ingoing_traffic": 0,
        "outgoing_traffic": 0,
        "primary_disk_size": 160,
        "server_type": None,
        "datacenter": None,
        "image": None,
        "iso": None,
        "placement_group": None,
    }


def location() -> Item:
    """Return the balancer's location."""
    return {
        "id": 1,
        "name": "fsn1",
        "description": "Falkenstein DC Park 1",
        "country": "DE",
        "city": "Falkenstein",
        "latitude": 50.47612,
        "longitude": 12.370071,
        "network_zone": "eu-central",
    }


def balancer_type() -> Item:
    """Return the smallest load balancer type."""
    return {
        "id": 1,
        "name": "lb11",
        "description": "LB11",
        "max_connections": 10000,
        "max_services": 5,
        "max_targets": 25,
        "max_assigned_certificates": 10,
        "deprecated": None,
        "prices": [],
    }


def zone(number: int, name: str) -> Item:
    """Return a zone that is delegated to Hetzner's name servers."""
    servers = ["hydrogen.ns.hetzner.com.", "oxygen.ns.hetzner.com."]
    return {
        "id": number,
        "name": name,
        "created": CREATED,
        "mode": "primary",
        "ttl": 3600,
        "labels": {},
        "protection": {"delete": False},
        "status": "ok",
        "record_count": 1,
        "registrar": "other",
        "primary_nameservers": [],
        "authoritative_nameservers": {
            "assigned": servers,
            "delegated": servers,
            "delegation_last_check": CREATED,
            "delegation_status": "valid",
        },
    }


def record_set(of: Item, name: str, address: str, ttl: int) -> Item:
    """Return the A records of one name, relative to its zone."""
    return {
        "id": f"{name}/A",
        "name": name,
        "type": "A",
        "ttl": ttl,
        "labels": {},
        "protection": {"change": False},
        "records": [{"value": address, "comment": ""}],
        "zone": of["id"],
    }
