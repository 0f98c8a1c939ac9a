"""Servers: everything between a user and the nodes: names, CDN, balancer, firewall.

In: the case, and the settings that faults change. Out: running, configured programs.
It does not: start anything behind the nodes; `lab.inside.servers` does.
"""

import signal
from typing import TYPE_CHECKING, Any

from lab.case import Case
from lab.edge.balancer import Balancer
from lab.edge.cdn import Cdn
from lab.edge.hetzner.api import Hetzner
from lab.edge.names import Names
from lab.facts import HETZNER_PORT
from lab.programs.launcher import Launcher
from lab.programs.program import command, render
from lab.programs.wait import until

if TYPE_CHECKING:
    import asyncio


class Edge:
    """The outer half of the lab."""

    def __init__(self, case: Case, launcher: Launcher) -> None:
        self.case = case
        self.launcher = launcher
        self.names = Names(case, launcher)
        self.cdn = Cdn(case, launcher)
        self.balancer = Balancer(case, launcher.folder)
        self.hetzner = Hetzner(case, self.balancer, self.names)
        self.firewall: list[str] = []
        self.unreachable: frozenset[str] = frozenset()
        """What the monitor cannot reach: `hosts`, `resolvers`."""

    def start(self, group: "asyncio.TaskGroup") -> None:
        """Begin to start everything that does not need the inside."""
        group.create_task(self.names.start())
        group.create_task(self.cdn.start())
        group.create_task(self._start_elsewhere())
        places = self.case.addresses
        api = self.hetzner.application()
        group.create_task(self.launcher.serve(api, str(places.hetzner), HETZNER_PORT))

    async def _start_elsewhere(self) -> None:
        """Start what is not part of the case: the old balancer and the control host."""
        text = render(
            "elsewhere.cfg",
            folder=self.launcher.folder,
            old=self.case.addresses.old,
            control=self.case.addresses.control,
        )
        path = self.launcher.write("elsewhere.cfg", text)
        at = self.case.addresses.control, 443
        await self.launcher.run("elsewhere", "haproxy", "-db", "-f", path, at=at)

    async def start_balancer(self) -> None:
        """Start HAProxy; targets that do not listen yet are unhealthy.

        The drop rules are the network's, so they exist before the first request.
        """
        await self.apply_firewall()
        path = self.launcher.write("haproxy.cfg", self.balancer.config())
        at = self.case.balancer.address, self.case.listen_ports[0]
        await self.launcher.run("haproxy", "haproxy", "-W", "-db", "-f", path, at=at)

    async def change_balancer(self, changes: dict[str, Any]) -> None:
        """Change the balancer's settings, then HAProxy and its routes."""
        self.balancer.change(changes)
        await self.apply_firewall()
        await self._reload_balancer()

    async def _reload_balancer(self) -> None:
        """Reload HAProxy, and wait until the new worker responds."""
        before = await self.balancer.worker()
        self.launcher.write("haproxy.cfg", self.balancer.config())
        self.launcher.signal("haproxy", signal.SIGUSR2)

        async def is_new() -> bool:
            return await self.balancer.worker() != before

        await until(is_new)

    async def await_health_results(self) -> None:
        """Wait until HAProxy has a health check result for every target."""

        async def is_known() -> bool:
            return "unknown" not in await self.balancer.statuses()

        await until(is_known)

    async def await_health(self) -> None:
        """Wait until exactly the targets that should be healthy are."""
        serving = {node.name for node in self.case.serving}

        async def is_well() -> bool:
            results = (await self.balancer.health()).items()
            return all(
                result.status == ("healthy" if name in serving else "unhealthy")
                for (_, name), result in results
            )

        await until(is_well)

    async def apply_firewall(self) -> None:
        """Apply the nodes' firewall (UFW) and the drop rules of the network.

        A balancer outside the private network cannot reach private addresses, and the
        monitor cannot reach what is in `unreachable`.
        """
        places = self.case.addresses
        hosts = [self.case.balancer.address, places.cdn, places.old, places.control]
        resolvers = [places.resolver, places.second_resolver]
        cut_off = None if self.balancer.private_network else self.balancer.source
        nodes = [node.address for node in self.case.nodes]
        text = render(
            "firewall.nft",
            rules=self.firewall,
            cut_off=cut_off,
            nodes=nodes,
            dead=places.dead,
            hosts=hosts if "hosts" in self.unreachable else [],
            resolvers=resolvers if "resolvers" in self.unreachable else [],
        )
        await command("nft", "-f", "-", text=text)

    async def reset_network(self) -> None:
        """Reset firewall, Hetzner API and balancer to the case."""
        self.hetzner.reset()
        self.firewall.clear()
        self.unreachable = frozenset()
        self.balancer.reset()
        await self.apply_firewall()
        await self._reload_balancer()

    async def reset_names(self) -> None:
        """Reset the names, and refresh every resolver."""
        self.names.reset()
        await self.names.apply()
        await self.names.delegate()
        await self.names.refresh_all()
