"""Hetzner's API on a real port: a project in Hetzner's own shapes."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlparse

from parallax.model.target import Reached, Target

NOW = datetime(2025, 11, 20, 12, 0, tzinfo=UTC)
FRONT = Target(
    name="front", url="https://front.example/", reached=Reached(load_balancer="lb-prod")
)
API = Target(
    name="api", url="https://api.example/", reached=Reached(load_balancer="lb-prod")
)
TOKEN = "s3cr3t-of-hetzner"
PLAIN = Target(name="plain", url="https://plain.example/")


def health(status: str, **more: object) -> list[dict[str, Any]]:
    """Make the health of one target on port 443."""
    return [{"listen_port": 443, "status": status, **more}]


BALANCER: dict[str, Any] = {
    "id": 7,
    "name": "lb-prod",
    "created": "2025-01-01T00:00:00+00:00",
    "labels": {},
    "protection": {"delete": False},
    "location": {"id": 1, "name": "fsn1"},
    "load_balancer_type": {"id": 1, "name": "lb11"},
    "public_net": {
        "enabled": True,
        "ipv4": {"ip": "203.0.113.20", "dns_ptr": "lb"},
        "ipv6": {"ip": "2001:db8::1", "dns_ptr": None},
    },
    "private_net": [{"network": 4711, "ip": "10.0.0.5"}],
    "algorithm": {"type": "round_robin"},
    "included_traffic": 1,
    "outgoing_traffic": None,
    "ingoing_traffic": None,
    "services": [
        {
            "protocol": "https",
            "listen_port": 443,
            "destination_port": 31695,
            "proxyprotocol": False,
            "http": {
                "cookie_name": "HCLBSTICKY",
                "cookie_lifetime": 300,
                "certificates": [897],
                "redirect_http": True,
                "sticky_sessions": True,
                "timeout_idle": 60,
            },
            "health_check": {
                "protocol": "http",
                "port": 31000,
                "interval": 15,
                "timeout": 10,
                "retries": 3,
                "http": {
                    "domain": None,
                    "path": "/healthz",
                    "response": "",
                    "status_codes": [200, "3??"],
                    "tls": False,
                },
            },
        }
    ],
    "targets": [
        {
            "type": "server",
            "server": {"id": 1},
            "use_private_ip": True,
            "health_status": health(
                "unhealthy", detail="unexpected_http_status", http_status_code=404
            ),
        },
        {
            "type": "label_selector",
            "label_selector": {"selector": "role=worker"},
            "use_private_ip": True,
            "targets": [
                {
                    "type": "server",
                    "server": {"id": 2},
                    "use_private_ip": True,
                    "health_status": health("healthy"),
                },
            ],
        },
        {
            "type": "ip",
            "ip": {"ip": "198.51.100.9"},
            "health_status": health("a word of tomorrow"),
        },
    ],
}


def server(number: int) -> dict[str, Any]:
    """Make one server of the project."""
    return {
        "id": number,
        "name": f"worker-{number}",
        "status": "running",
        "created": "2025-01-01T00:00:00+00:00",
        "public_net": {
            "ipv4": {
                "id": 100 + number,
                "ip": f"198.51.100.{number}",
                "blocked": False,
                "dns_ptr": "w",
            },
            "ipv6": None,
            "floating_ips": [],
            "firewalls": [],
        },
        "private_net": [
            {
                "network": 4711,
                "ip": f"10.0.0.11{number}",
                "alias_ips": [],
                "mac_address": "86:00:00:00:00:01",
            },
        ],
        "labels": {},
    }


CERTIFICATE: dict[str, Any] = {
    "id": 897,
    "name": "front",
    "type": "managed",
    "certificate": "-----BEGIN CERTIFICATE-----",
    "not_valid_before": "2025-09-01T00:00:00+00:00",
    "not_valid_after": "2025-11-30T00:00:00+00:00",
    "domain_names": ["front.example"],
    "fingerprint": "03:c7",
    "created": "2025-09-01T00:00:00+00:00",
    "labels": {},
    "status": {"issuance": "completed", "renewal": "failed", "error": None},
}
SOURCES = {"load_balancers": "balancers"}


def firewall(number: int, *rules: dict[str, Any]) -> dict[str, Any]:
    """Make one cloud firewall."""
    return {
        "id": number,
        "name": f"firewall-{number}",
        "labels": {},
        "created": "2025-01-01T00:00:00+00:00",
        "rules": list(rules),
        "applied_to": [{"type": "server", "server": {"id": 1}}],
    }


def rule(port: str, *sources: str, protocol: str = "tcp") -> dict[str, Any]:
    """Make a rule that allows an address."""
    return {
        "direction": "in",
        "protocol": protocol,
        "port": port,
        "source_ips": list(sources),
        "destination_ips": [],
        "description": None,
    }


type Reply = tuple[int, dict[str, str], bytes]


class Api:
    """Hetzner's API as far as it is read here; `reply` overrides."""

    def __init__(self) -> None:
        self.paths: list[str] = []
        self.tokens: list[str | None] = []
        self.reply: Callable[[], Reply] | None = None
        self.balancers: list[list[Any]] = [[BALANCER]]
        self.servers: list[list[Any]] = [[server(1)], [server(2)]]
        self.certificates: list[list[Any]] = [[CERTIFICATE]]
        self.firewalls: list[list[Any]] = [[]]
        self.zones: list[list[Any]] = [[]]
        self.rrsets: list[list[Any]] = [[]]
        self.totals: list[int] = []
        """The total that each page of load balancers reports; empty: none."""
        self.headers: dict[str, str] = {}
        self.broken: dict[str, Reply] = {}
        """Replies by list and page, e.g. `servers/2`."""
        self.url = ""

    def answer(self, path: str, token: str | None) -> Reply:
        """Answer one GET."""
        self.paths.append(path)
        self.tokens.append(token)
        if self.reply:
            return self.reply()
        url = urlparse(path)
        page = int(parse_qs(url.query).get("page", ["1"])[0])
        what = url.path.rsplit("/", 1)[1]
        if instead := self.broken.get(f"{what}/{page}"):
            return instead
        pages: list[list[Any]] = getattr(self, SOURCES.get(what, what))
        following = page + 1 if page < len(pages) else None
        pagination = {"page": page, "per_page": 50, "next_page": following}
        if self.totals and what == "load_balancers":
            pagination["total_entries"] = self.totals[page - 1]
        meta = {"pagination": pagination}
        return (
            200,
            self.headers,
            json.dumps({what: pages[page - 1], "meta": meta}).encode(),
        )


def error(code: int, word: str, **headers: str) -> Callable[[], Reply]:
    """Make Hetzner's error of a code."""
    body = {"error": {"code": word, "message": f"{word} it is", "details": None}}
    return lambda: (code, headers, json.dumps(body).encode())
