"""Edge: all that lies between a user and the nodes: names, CDN, balancer, firewall.

In: the case and what faults ask. Out: programs that run and are set as asked.
It does not: know what lies behind the nodes; `lab.world.running` puts both together.
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
        self.hetzner = Hetzner(case, self.balancer)
        self.firewall: list[str] = []
        self.hidden: frozenset[str] = frozenset()
        """What the monitor has no way to: `hosts`, `resolvers`."""

    def start(self, group: "asyncio.TaskGroup") -> None:
        """Begin to start all that needs nothing of the inside."""
        group.create_task(self.names.start())
        group.create_task(self.cdn.start())
        group.create_task(self._start_elsewhere())
        places = self.case.addresses
        api = self.hetzner.application()
        group.create_task(self.launcher.serve(api, str(places.hetzner), HETZNER_PORT))

    async def _start_elsewhere(self) -> None:
        """Start what is not the case's: the old server, and the control host."""
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
        """Start HAProxy; its targets should be there, or it finds them unhealthy."""
        path = self.launcher.write("haproxy.cfg", self.balancer.config())
        at = self.case.balancer.address, self.case.listen_ports[0]
        await self.launcher.run("haproxy", "haproxy", "-W", "-db", "-f", path, at=at)

    async def change_balancer(self, changes: dict[str, Any]) -> None:
        """Change the balancer's settings, and let HAProxy and its way follow."""
        self.balancer.change(changes)
        await self.apply_firewall()
        await self._reload_balancer()

    async def _reload_balancer(self) -> None:
        """Let HAProxy take new settings, and wait until the new worker answers."""
        before = await self.balancer.worker()
        self.launcher.write("haproxy.cfg", self.balancer.config())
        self.launcher.signal("haproxy", signal.SIGUSR2)

        async def is_new() -> bool:
            return await self.balancer.worker() != before

        await until(is_new)

    async def await_verdicts(self) -> None:
        """Wait until HAProxy has asked every target and its mind is made up."""

        async def is_known() -> bool:
            return "unknown" not in await self.balancer.words()

        await until(is_known)

    async def await_health(self) -> None:
        """Wait until HAProxy finds healthy who should be, and only those."""
        serving = {node.name for node in self.case.serving}

        async def is_well() -> bool:
            found = (await self.balancer.health()).items()
            return all(
                told.status == ("healthy" if name in serving else "unhealthy")
                for (_, name), told in found
            )

        await until(is_well)

    async def apply_firewall(self) -> None:
        """Set the nodes' firewall (UFW) and the ways to them as they stand.

        A balancer outside the private network has no way to its addresses, and the
        monitor none to what is hidden from it.
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
            hosts=hosts if "hosts" in self.hidden else [],
            resolvers=resolvers if "resolvers" in self.hidden else [],
        )
        await command("nft", "-f", "-", text=text)

    async def reset_ways(self) -> None:
        """Open the firewall, and let API and balancer be as the case has them."""
        self.hetzner.reset()
        self.firewall.clear()
        self.hidden = frozenset()
        self.balancer.reset()
        await self.apply_firewall()
        await self._reload_balancer()

    async def reset_names(self) -> None:
        """Set the names back, and let every resolver know."""
        self.names.reset()
        await self.names.apply()
        await self.names.learn_all()
