"""Servers: everything behind the balancer: ingress, pods, routes, Kubernetes API.

In: the case, the launcher. Out: nginx and kube-proxy's rules, updated when endpoints
or the controller's settings change.
It does not: start anything between a user and the nodes; `lab.edge.servers` does.
"""

import asyncio
import signal

import aiohttp

from lab.case import Case
from lab.facts import KUBERNETES_PORT
from lab.inside.background_load import BackgroundLoad
from lab.inside.cluster import Cluster
from lab.inside.kubernetes.accounts import accounts
from lab.inside.kubernetes.api import Api
from lab.inside.pods import Behavior
from lab.inside.proxy import services_rules
from lab.programs.launcher import Launcher
from lab.programs.program import command
from lab.programs.wait import until

DEFAULT_BACKEND = ("127.0.0.1", 8181)
"""The controller's own backend; it also returns the configuration's generation."""


class Inside:
    """The cluster with its ingress, and the Kubernetes API."""

    def __init__(self, case: Case, launcher: Launcher) -> None:
        self.case = case
        self.launcher = launcher
        self.cluster = Cluster(case, launcher.folder)
        self.background_load = BackgroundLoad()
        self.overlay_broken = False
        self.isolated = set[str]()
        """The names of apps that a NetworkPolicy isolates."""
        self._generation = 0
        self._routing = asyncio.Lock()

    async def start(self) -> None:
        """Start the ingress, the pods, and the Kubernetes API."""
        folder, config = self.launcher.folder, self._write_ingress()
        arguments = ["-p", str(folder), "-e", str(folder / "ingress-error.log")]
        arguments += ["-c", config]
        await self.launcher.run("nginx", "nginx", *arguments, at=DEFAULT_BACKEND)
        self.cluster.changed = self.route
        await self.cluster.start()
        api = Api(self.cluster.store, accounts(self.case), self.cluster.logs)
        address = str(self.case.addresses.kubernetes)
        await self.launcher.serve(api.application(), address, KUBERNETES_PORT)

    def _write_ingress(self) -> str:
        self._generation += 1
        cluster, folder = self.cluster, self.launcher.folder
        text = cluster.controller.config(cluster.store, folder, self._generation)
        return self.launcher.write("nginx.conf", text)

    async def route(self) -> None:
        """Update kube-proxy's rules and the ingress to the current endpoints."""
        async with self._routing:
            await self._route()

    async def _route(self) -> None:
        policy = self.cluster.controller.policy
        rules = services_rules(
            self.case,
            self.cluster.store,
            policy,
            overlay_broken=self.overlay_broken,
            isolated=frozenset(self.isolated),
        )
        await command("nft", "-f", "-", text=rules)
        self._write_ingress()
        nginx = self.launcher.programs["nginx"]
        old = nginx.workers()
        nginx.signal(signal.SIGHUP)
        host, port = DEFAULT_BACKEND
        url = f"http://{host}:{port}/generation"

        async def is_new() -> bool:
            new = await _text(url) == str(self._generation)
            return new and not old & nginx.workers()

        await until(is_new)

    async def apply_ingress_settings(self) -> None:
        """Apply the controller's settings to the cluster and to nginx."""
        await self.cluster.set_controller()
        await self.route()

    async def clear(self) -> None:
        """Reset everything to the case; does not wait until everything is healthy."""
        await self.background_load.stop()
        self.overlay_broken = False
        self.isolated.clear()
        for app in self.case.apps:
            await self.cluster.behave(app, Behavior.WELL)
            await self.cluster.lead(app, app.port)
            await self.cluster.scale(app, on=True)
        self.cluster.controller.reset()
        await self.apply_ingress_settings()

    async def stop(self) -> None:
        """Stop background load and pods; the launcher stops nginx and the API."""
        await self.background_load.stop()
        await self.cluster.stop()


async def _text(url: str) -> str:
    async with aiohttp.request("GET", url) as response:
        return await response.text()
