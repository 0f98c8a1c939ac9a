"""Servers: everything behind the balancer: ingress, pods, routes, Kubernetes API.

In: the case, the launcher. Out: the ingress and kube-proxy's rules, updated when
endpoints or the controller's settings change.
It does not: start anything between a user and the nodes; `lab.edge.servers` does.
"""

import asyncio

from lab.case import Case
from lab.facts import KUBERNETES_PORT
from lab.inside.background_load import BackgroundLoad
from lab.inside.cluster import Cluster
from lab.inside.ingress_programs import ingress_program
from lab.inside.kubernetes.accounts import accounts
from lab.inside.kubernetes.api import Api
from lab.inside.pods import Behavior
from lab.inside.proxy import Broken, services_rules
from lab.programs.launcher import Launcher
from lab.programs.program import command


class Inside:
    """The cluster with its ingress, and the Kubernetes API."""

    def __init__(self, case: Case, launcher: Launcher) -> None:
        self.case = case
        self.launcher = launcher
        self.cluster = Cluster(case, launcher.folder)
        self.ingress = ingress_program(self.cluster, launcher)
        self.background_load = BackgroundLoad()
        self.overlay_broken = False
        self.isolated = set[str]()
        """The names of apps that a NetworkPolicy isolates."""
        self.unproxied = set[str]()
        """The names of nodes on which kube-proxy is dead."""
        self._routing = asyncio.Lock()

    async def start(self) -> None:
        """Start the ingress, the pods, and the Kubernetes API."""
        await self.ingress.start()
        self.cluster.changed = self.route
        await self.cluster.start()
        api = Api(self.cluster.store, accounts(self.case), self.cluster.logs)
        address = str(self.case.addresses.kubernetes)
        await self.launcher.serve(api.application(), address, KUBERNETES_PORT)

    async def route(self) -> None:
        """Update kube-proxy's rules and the ingress to the current endpoints."""
        async with self._routing:
            await self._route()

    async def _route(self) -> None:
        controller = self.cluster.controller
        broken = Broken(
            overlay=self.overlay_broken,
            isolated=frozenset(self.isolated),
            unproxied=frozenset(self.unproxied),
        )
        store, policy = self.cluster.store, controller.policy
        rules = services_rules(self.case, store, policy, broken)
        await command("nft", "-f", "-", text=rules)
        await self.ingress.reload()

    async def apply_ingress_settings(self) -> None:
        """Apply the controller's settings to the cluster and to its program."""
        await self.cluster.set_controller()
        await self.route()

    async def clear(self) -> None:
        """Reset everything to the case; does not wait until everything is healthy."""
        await self.background_load.stop()
        self.overlay_broken = False
        self.isolated.clear()
        self.unproxied.clear()
        for app in self.case.apps:
            await self.cluster.behave(app, Behavior.WELL)
            await self.cluster.lead(app, app.port)
            await self.cluster.scale(app, on=True)
        self.cluster.controller.reset()
        await self.apply_ingress_settings()

    async def stop(self) -> None:
        """Stop background load and pods; the launcher stops the ingress and the API."""
        await self.background_load.stop()
        await self.cluster.stop()
