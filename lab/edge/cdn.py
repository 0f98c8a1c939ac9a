"""CDN: Varnish behind hitch, in front of the balancer.

In: the case, and what a fault wants of it. Out: https and http at one address.
It does not: purge by itself; `reset` does.
"""

from lab.case import Case
from lab.programs.launcher import Launcher
from lab.programs.program import command, render

ORIGIN_PORT = 80
BOOT = "boot"
"""Varnish's name for the settings that it started with: the right ones."""
UNPRIVILEGED = ["unshare", "--user", "--map-user=1000", "--map-group=1000", "hitch"]
"""Hitch refuses to work as root, and there is no other user in the namespace: so it
gets a user namespace of its own; `lab.world.network` lets everybody have low ports."""


class Cdn:
    """One CDN node."""

    def __init__(self, case: Case, launcher: Launcher) -> None:
        self.case = case
        self.launcher = launcher
        self._version = 0

    async def start(self) -> None:
        """Start the cache, then what speaks TLS before it."""
        address, folder = str(self.case.addresses.cdn), self.launcher.folder
        vcl = self._write(0, ORIGIN_PORT)
        sizes = ["-s", "malloc,32m", "-p", "thread_pools=1"]
        sizes += ["-p", "thread_pool_min=10", "-p", "thread_pool_max=100"]
        place = ["-n", self._place, "-a", f"{address}:80", "-f", vcl, "-j", "none"]
        words = ["varnishd", "-F", *place, *sizes]
        await self.launcher.run("varnish", *words, at=(address, 80))
        text = render("hitch.conf", cdn=address, certificate=folder / "cdn.pem")
        config = f"--config={self.launcher.write('hitch.conf', text)}"
        await self.launcher.run("hitch", *UNPRIVILEGED, config, at=(address, 443))

    @property
    def _place(self) -> str:
        return str(self.launcher.folder / "varnish")

    def _write(self, error_seconds: int, origin_port: int) -> str:
        text = render(
            "varnish.vcl",
            origin=self.case.balancer.address,
            origin_port=origin_port,
            error_seconds=error_seconds,
        )
        return self.launcher.write(f"cdn{self._version}.vcl", text)

    async def use(
        self, *, error_seconds: int = 0, origin_port: int = ORIGIN_PORT
    ) -> None:
        """Store errors for some seconds or pass them (0), and ask this origin port."""
        self._version += 1
        path = self._write(error_seconds, origin_port)
        await self._tell("vcl.load", f"cdn{self._version}", path)
        await self._tell("vcl.use", f"cdn{self._version}")

    async def reset(self) -> None:
        """Ask the right origin, store no error, and forget all that is stored."""
        if self._version:
            await self._tell("vcl.use", BOOT)
        await self._tell("ban", "obj.status", "!=", "0")

    async def _tell(self, *words: str) -> None:
        await command("varnishadm", "-n", self._place, *words)
