"""Balancer: the load balancer's settings with Hetzner's names, run by HAProxy.

In: the case's balancer and changes to it. Out: an HAProxy configuration, and the
targets' health from HAProxy's stats socket. It does not: serve the Hetzner API.
"""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab.case import BalancerService, Case, HealthCheckHttp, Server
from lab.edge.verdict import Verdict, verdict
from lab.programs.program import render
from lab.programs.stats_socket import ask

type Health = dict[tuple[int, str], Verdict]
"""Listen port and server name -> result of the health check."""
SOCKET = "haproxy.sock"
"""The file name in the run folder; the same as in `haproxy.cfg`."""
TIMEOUT_SERVER = 60
RETRIES = 3
"""Retries of a connection; HAProxy's own default."""


@dataclass(slots=True)
class Balancer:
    """The settings as they are now."""

    case: Case
    folder: Path
    services: tuple[BalancerService, ...] = ()
    servers: tuple[Server, ...] = ()
    private_network: bool = True
    """Whether it is attached to the private network; if not, it reaches no target."""
    timeout_server: int = TIMEOUT_SERVER
    retries: int = RETRIES

    def __post_init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Set everything to the values of the case."""
        self.services = self.case.balancer.services
        self.servers = self.case.nodes
        self.private_network = True
        self.timeout_server = TIMEOUT_SERVER
        self.retries = RETRIES

    def change(self, changes: dict[str, Any]) -> None:
        """Merge changes into every service, or those of one `listen_port`.

        These keys belong to no service: `targets`, the names of the target servers
        (`former`: the case's former nodes); `without`, a listen port to remove;
        `private_network`; `timeout_server` and `retries`, which Hetzner does not show.
        """
        changes = dict(changes)
        if "targets" in changes:
            self._set_targets(changes.pop("targets"))
        removed = changes.pop("without", None)
        self.services = tuple(s for s in self.services if s.listen_port != removed)
        self.private_network = changes.pop("private_network", self.private_network)
        self.timeout_server = changes.pop("timeout_server", self.timeout_server)
        self.retries = changes.pop("retries", self.retries)
        only = changes.pop("listen_port", None)
        self.services = tuple(
            BalancerService.model_validate(_merged(s.model_dump(), changes))
            if only in {None, s.listen_port}
            else s
            for s in self.services
        )

    def _set_targets(self, names: list[str] | str) -> None:
        case = self.case
        wanted = [s.name for s in case.former_nodes] if names == "former" else names
        self.servers = tuple(s for s in case.servers if s.name in wanted)

    @property
    def source(self) -> str:
        """Return the address from which it reaches its targets."""
        balancer = self.case.balancer
        return str(
            balancer.private_address if self.private_network else balancer.address
        )

    def config(self) -> str:
        """Return the HAProxy configuration."""
        balancer = self.case.balancer
        return render(
            "haproxy.cfg",
            folder=self.folder,
            certificate=self.folder / "balancer.pem",
            addresses=[balancer.address, balancer.private_address],
            source=self.source,
            timeout_server=self.timeout_server,
            retries=self.retries,
            services=[_service(s) for s in self.services],
            targets=self.servers,
        )

    async def health(self) -> Health:
        """Return the health of every target with Hetzner's names."""
        rows = await ask(self.folder / SOCKET, "show stat")
        table = csv.DictReader(rows.lstrip("# ").splitlines())
        return {
            (int(row["pxname"].removeprefix("service_")), row["svname"]): verdict(row)
            for row in table
            if row["pxname"].startswith("service_") and row["svname"] != "BACKEND"
        }

    async def statuses(self) -> set[str]:
        """Return the distinct health statuses of its targets."""
        return {verdict.status for verdict in (await self.health()).values()}

    async def worker(self) -> str:
        """Return the process id of the HAProxy worker that responds now."""
        info = await ask(self.folder / SOCKET, "show info")
        return next(x for x in info.splitlines() if x.startswith("Pid:"))


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
            "response": http.response,
            "pattern": f"^({codes})$",
            "tls": http.tls or check.protocol == "https",
        },
    }


def _merged(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in changes.items():
        old = merged.get(key)
        if isinstance(old, dict) and isinstance(value, dict):
            merged[key] = _merged(old, value)
        else:
            merged[key] = value
    return merged
