"""Ingress programs: the processes that serve for the ingress controller's pods.

In: the launcher and the cluster. Out: running programs with the controller's current
settings and endpoints. It does not: decide on any setting; `controller` does.
- `Nginx`: one process for all pods; it also has Traefik's pages
- `HAProxy`: one process for each pod, as in a cluster
"""

import asyncio
import signal
from typing import Protocol

import aiohttp

from lab.case import Node
from lab.inside.cluster import INGRESS_HEALTH_PORTS, Cluster
from lab.programs.launcher import Launcher
from lab.programs.stats_socket import ask
from lab.programs.wait import until

DEFAULT_BACKEND = ("127.0.0.1", 8181)
"""nginx's own backend; it also returns the configuration's generation."""


class IngressProgram(Protocol):
    """What serves for the pods."""

    async def start(self) -> None:
        """Start it with the current settings."""
        ...

    async def reload(self) -> None:
        """Return when it serves with the current settings and endpoints."""
        ...


def ingress_program(cluster: Cluster, launcher: Launcher) -> IngressProgram:
    """Return the program of the case's ingress."""
    if cluster.case.ingress.kind == "haproxy":
        return HAProxy(cluster, launcher)
    return Nginx(cluster, launcher)


class Nginx:
    """One nginx for all pods."""

    def __init__(self, cluster: Cluster, launcher: Launcher) -> None:
        self.cluster = cluster
        self.launcher = launcher
        self._generation = 0

    async def start(self) -> None:
        """Start it with the current settings."""
        folder, config = self.launcher.folder, self._write()
        arguments = ["-p", str(folder), "-e", str(folder / "ingress-error.log")]
        arguments += ["-c", config]
        await self.launcher.run("nginx", "nginx", *arguments, at=DEFAULT_BACKEND)

    def _write(self) -> str:
        self._generation += 1
        cluster, folder = self.cluster, self.launcher.folder
        text = cluster.controller.config(cluster.store, folder, self._generation)
        return self.launcher.write("nginx.conf", text)

    async def reload(self) -> None:
        """Reload it, and wait until no process has the old configuration."""
        self._write()
        nginx = self.launcher.programs["nginx"]
        old = nginx.workers()
        nginx.signal(signal.SIGHUP)
        host, port = DEFAULT_BACKEND
        url = f"http://{host}:{port}/generation"

        async def is_new() -> bool:
            new = await _text(url) == str(self._generation)
            return new and not old & nginx.workers()

        await until(is_new)


async def _text(url: str) -> str:
    async with aiohttp.request("GET", url) as response:
        return await response.text()


class HAProxy:
    """One HAProxy for each pod; its output is the pod's log."""

    def __init__(self, cluster: Cluster, launcher: Launcher) -> None:
        self.cluster = cluster
        self.launcher = launcher
        self._running: dict[str, str] = {}
        """Node -> its configuration."""

    async def start(self) -> None:
        """Start one for each node that runs a pod."""
        await self.reload()

    async def reload(self) -> None:
        """Start, reload and stop processes, each only where its pod has changed."""
        wanted = {node.name: node for node in self.cluster.controller.running_nodes()}
        for name in self._running.keys() - wanted.keys():
            del self._running[name]
            await self.launcher.end(_program(name))
        await asyncio.gather(*(self._bring_up(node) for node in wanted.values()))

    async def _bring_up(self, node: Node) -> None:
        cluster, name = self.cluster, node.name
        text = cluster.controller.pod_config(cluster.store, self.launcher.folder, node)
        path = self.launcher.write(f"{_program(name)}.cfg", text)
        before = self._running.get(name)
        self._running[name] = text
        if before is None:
            at = node.pod_address, INGRESS_HEALTH_PORTS["haproxy"]
            words = ("haproxy", "-W", "-db", "-f", path)
            await self.launcher.run(_program(name), *words, at=at)
        else:
            await self._replace_worker(name)

    async def _replace_worker(self, name: str) -> None:
        before = await self._worker(name)
        self.launcher.signal(_program(name), signal.SIGUSR2)

        async def is_new() -> bool:
            return await self._worker(name) != before

        await until(is_new)

    async def _worker(self, name: str) -> str:
        info = await ask(self.launcher.folder / f"{_program(name)}.sock", "show info")
        return next(x for x in info.splitlines() if x.startswith("Pid:"))


def _program(node: str) -> str:
    return f"ingress-{node}"
