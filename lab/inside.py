"""Inside: all that runs behind the balancer: ingress, pods, routes, Kubernetes.

In: the case, the launcher. Out: nginx and kube-proxy's
rules in step with the endpoints and the controller's settings.
It does not: know the way from the internet; `lab.world` does.
"""

import asyncio
import signal

import aiohttp

from lab.case import Case
from lab.cluster import Cluster
from lab.crowd import Crowd
from lab.facts import KUBERNETES_PORT
from lab.kubernetes.accounts import accounts
from lab.kubernetes.api import Api
from lab.launcher import Launcher
from lab.pods import Behavior
from lab.programs import command
from lab.proxy import services_rules
from lab.wait import until

DEFAULT_BACKEND = ("127.0.0.1", 8181)
"""The controller's own, which also tells the configuration's generation."""


class Inside:
    """The cluster with its ingress, and the API that tells of them."""

    def __init__(self, case: Case, launcher: Launcher) -> None:
        self.case = case
        self.launcher = launcher
        self.cluster = Cluster(case, launcher.folder)
        self.crowd = Crowd()
        self.overlay_broken = False
        self._generation = 0
        self._routing = asyncio.Lock()

    async def start(self) -> None:
        """Start the ingress, the pods, and the Kubernetes API."""
        folder, config = self.launcher.folder, self._write_ingress()
        words = ["-p", str(folder), "-e", str(folder / "ingress-error.log")]
        words += ["-c", config]
        await self.launcher.run("nginx", "nginx", *words, at=DEFAULT_BACKEND)
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
        """Bring kube-proxy's rules and the ingress up to date with the endpoints."""
        async with self._routing:
            await self._route()

    async def _route(self) -> None:
        policy = self.cluster.controller.policy
        rules = services_rules(
            self.case, self.cluster.store, policy, overlay_broken=self.overlay_broken
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

    async def control_ingress(self) -> None:
        """Make the controller's settings true, in the cluster and in nginx."""
        await self.cluster.set_controller()
        await self.route()

    async def clear(self) -> None:
        """Set everything back to the case; does not wait until all is well."""
        await self.crowd.leave()
        self.overlay_broken = False
        for app in self.case.apps:
            await self.cluster.behave(app, Behavior.WELL)
            await self.cluster.lead(app, app.port)
            await self.cluster.scale(app, on=True)
        self.cluster.controller.reset()
        await self.control_ingress()

    async def stop(self) -> None:
        """End crowd and pods; nginx and the API end with the launcher's others."""
        await self.crowd.leave()
        await self.cluster.stop()


async def _text(url: str) -> str:
    async with aiohttp.request("GET", url) as response:
        return await response.text()
