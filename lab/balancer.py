"""Balancer: the load balancer's settings in Hetzner's words, lived by HAProxy.

In: the case's balancer and changes to it. Out: an HAProxy configuration, and the
health that HAProxy's stats socket tells. It does not: speak the Hetzner API.
"""

import asyncio
import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab.case import BalancerService, Case, HealthCheckHttp
from lab.programs import render

type Health = dict[tuple[int, str], str]
"""Listen port and node name -> healthy, unhealthy or unknown."""


@dataclass(slots=True)
class Balancer:
    """The settings as they are now."""

    case: Case
    folder: Path
    services: tuple[BalancerService, ...] = ()
    nodes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Set everything as the case has it."""
        self.services = self.case.balancer.services
        self.nodes = tuple(n.name for n in self.case.nodes)

    def change(self, changes: dict[str, Any]) -> None:
        """Merge changes into every service, or those of one `listen_port`.

        `targets` instead names the nodes that remain targets.
        """
        changes = dict(changes)
        if "targets" in changes:
            self.nodes = tuple(changes.pop("targets"))
        only = changes.pop("listen_port", None)
        self.services = tuple(
            BalancerService.model_validate(_merged(s.model_dump(), changes))
            if only in {None, s.listen_port}
            else s
            for s in self.services
        )

    def config(self) -> str:
        """Return the HAProxy configuration."""
        balancer = self.case.balancer
        return render(
            "haproxy.cfg",
            folder=self.folder,
            certificate=self.folder / "balancer.pem",
            addresses=[balancer.address, balancer.private_address],
            source=balancer.private_address,
            services=[_service(s) for s in self.services],
            targets=[
                {"name": n.name, "address": n.address}
                for n in self.case.nodes
                if n.name in self.nodes
            ],
        )

    async def health(self) -> Health:
        """Return HAProxy's view of every server, in Hetzner's words."""
        rows = await self._ask("show stat")
        table = csv.DictReader(rows.lstrip("# ").splitlines())
        return {
            (int(row["pxname"].removeprefix("service_")), row["svname"]): _word(row)
            for row in table
            if row["pxname"].startswith("service_") and row["svname"] != "BACKEND"
        }

    async def worker(self) -> str:
        """Return the process id of the HAProxy worker that answers now."""
        told = await self._ask("show info")
        return next(x for x in told.splitlines() if x.startswith("Pid:"))

    async def _ask(self, question: str) -> str:
        reader, writer = await asyncio.open_unix_connection(
            self.folder / "haproxy.sock"
        )
        writer.write(f"{question}\n".encode())
        told = await reader.read()
        writer.close()
        return told.decode()


def _word(row: dict[str, str]) -> str:
    """Return Hetzner's word: a server that was never checked is `unknown`."""
    if row["check_status"].lstrip("* ") in {"INI", ""}:
        return "unknown"
    return "healthy" if row["status"].startswith("UP") else "unhealthy"


def _service(service: BalancerService) -> dict[str, Any]:
    check = service.health_check
    http = check.http or HealthCheckHttp()
    codes = "|".join(c.replace("?", ".").replace("*", ".*") for c in http.status_codes)
    return {
        "protocol": service.protocol,
        "mode": "tcp" if service.protocol == "tcp" else "http",
        "listen_port": service.listen_port,
        "destination_port": service.destination_port,
        "proxyprotocol": service.proxyprotocol,
        "check": {
            "protocol": check.protocol,
            "port": check.port,
            "retries": check.retries,
            "path": http.path,
            "domain": http.domain,
            "pattern": f"^({codes})$",
            "tls": http.tls or check.protocol == "https",
        },
    }


def _merged(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in changes.items():
        kept = merged.get(key)
        if isinstance(kept, dict) and isinstance(value, dict):
            merged[key] = _merged(kept, value)
        else:
            merged[key] = value
    return merged
