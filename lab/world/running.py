"""Running: everything of the lab that runs, in one process and its children.

In: a case and a run folder, inside the lab's namespace. Out: the whole path from a
public name to a pod.
It does not: create the namespace (`lab.stage.namespace`) or read the command line.
"""

import asyncio
import ssl
from http import HTTPStatus

import aiohttp

from lab.case import App, Case
from lab.cloud_controller import annotations
from lab.edge.servers import Edge
from lab.facts import Facts
from lab.inside.servers import Inside
from lab.parts import CONTROL_HOST
from lab.programs.launcher import Launcher
from lab.programs.wait import until
from lab.world import network
from lab.world.certificates import Authority
from lab.world.public_url import await_status


class World:
    """The running lab."""

    def __init__(self, case: Case, facts: Facts) -> None:
        self.case = case
        self.facts = facts
        self.folder = facts.folder
        self.launcher = Launcher(self.folder)
        self.edge = Edge(case, self.launcher)
        self.inside = Inside(case, self.launcher)
        self.cluster = self.inside.cluster
        self.session: aiohttp.ClientSession

    async def start(self) -> None:
        """Start everything, in parallel where possible; return when all is healthy."""
        case, folder = self.case, self.folder
        await network.add_addresses(case)
        await network.bind_resolver(case, folder)
        self._write_certificates()
        context = ssl.create_default_context(cafile=str(self.facts.ca_file))
        # A new connection for each request, so that it takes the current path.
        connector = aiohttp.TCPConnector(
            ssl=context, force_close=True, use_dns_cache=False
        )
        self.session = aiohttp.ClientSession(connector=connector)
        async with asyncio.TaskGroup() as group:
            self.edge.start(group)
            group.create_task(self.inside.start())
        await self.edge.start_balancer()
        await self.await_health()
        self.cluster.backdate()

    def _write_certificates(self) -> None:
        self._authority = Authority(self.folder)
        hosts = [app.host for app in self.case.apps]
        for owner in ("balancer", "cdn", "old"):
            self.issue(owner, hosts)
        self.issue("control", [CONTROL_HOST])
        passed = self.case.tls_owner == "ingress"
        self.issue("ingress", hosts if passed else ["ingress.local"])

    def issue(self, owner: str, hosts: list[str]) -> None:
        """Write a part's certificate for some hosts; it reads the file on reload."""
        self._authority.issue(owner, hosts)

    def url(self, app: App) -> str:
        """Return an app's public URL."""
        return f"https://{app.host}{app.path}"

    async def clear(self) -> None:
        """Reset everything to the case, and wait until all is healthy."""
        edge = self.edge
        hosts = [app.host for app in self.case.apps]
        self.issue(self.case.tls_owner, hosts)
        if not self.edge.cdn.certified:
            self.issue("cdn", hosts)
            self.edge.cdn.present(right=True)
        await asyncio.gather(
            edge.reset_network(), edge.reset_names(), self.inside.clear()
        )
        await edge.cdn.reset()  # last: until now it may have stored what was odd
        await self.await_health()
        self.cluster.backdate()

    async def follow_balancer(self) -> None:
        """Set the annotations of the Service that keeps the balancer, if one does."""
        services = self.edge.balancer.services
        self.cluster.controller.balancer_annotations = annotations(self.case, services)
        await self.cluster.set_controller()

    async def await_health(self) -> None:
        """Wait until all pods are ready, all targets healthy, all URLs respond 200."""
        await until(self.cluster.ready)
        await self.edge.await_health()
        for app in self.case.apps:
            url = self.url(app)
            await await_status(self.session, url, lambda code: code == HTTPStatus.OK)

    async def stop(self) -> None:
        """Stop everything."""
        await self.session.close()
        await self.inside.stop()
        await self.launcher.stop()

    def check_running(self) -> None:
        """Raise ProgramError if any program has exited."""
        self.launcher.check_running()
