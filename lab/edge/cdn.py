"""CDN: Varnish behind hitch, in front of the balancer.

In: the case, and the settings that a fault changes. Out: HTTPS and HTTP at one address.
It does not: purge its cache by itself; `reset` does.
"""

import signal

from lab.case import Case
from lab.programs.launcher import Launcher
from lab.programs.program import command, render

ORIGIN_PORT = 80
BOOT = "boot"
"""Varnish's name for the configuration that it started with: the right one."""
UNPRIVILEGED = ["unshare", "--user", "--map-user=1000", "--map-group=1000", "hitch"]
"""Hitch refuses to run as root, and the namespace has no other user. So it gets a user
namespace of its own; `lab.world.network` allows every user to bind low ports."""


class Cdn:
    """One CDN node."""

    def __init__(self, case: Case, launcher: Launcher) -> None:
        self.case = case
        self.launcher = launcher
        self._version = 0
        self._certified = True

    async def start(self) -> None:
        """Start the cache, then the TLS proxy in front of it."""
        address, folder = str(self.case.addresses.cdn), self.launcher.folder
        vcl = self._write(0, ORIGIN_PORT)
        sizes = ["-s", "malloc,32m", "-p", "thread_pools=1"]
        sizes += ["-p", "thread_pool_min=10", "-p", "thread_pool_max=100"]
        place = ["-n", self._directory, "-a", f"{address}:80", "-f", vcl, "-j", "none"]
        arguments = ["varnishd", "-F", *place, *sizes]
        await self.launcher.run("varnish", *arguments, at=(address, 80))
        text = render("hitch.conf", cdn=address, certificate=folder / "cdn.pem")
        config = f"--config={self.launcher.write('hitch.conf', text)}"
        await self.launcher.run("hitch", *UNPRIVILEGED, config, at=(address, 443))

    @property
    def _directory(self) -> str:
        return str(self.launcher.folder / "varnish")

    def _write(self, error_seconds: int, origin_port: int, refuses: int = 0) -> str:
        text = render(
            "varnish.vcl",
            origin=self.case.balancer.address,
            origin_port=origin_port,
            error_seconds=error_seconds,
            refuses=refuses,
        )
        return self.launcher.write(f"cdn{self._version}.vcl", text)

    async def use(
        self,
        *,
        error_seconds: int = 0,
        origin_port: int = ORIGIN_PORT,
        refuses: int = 0,
    ) -> None:
        """Cache errors for `error_seconds` (0: never), and use this origin port.

        `refuses`: the status code for all clients but browsers; 0: none.
        """
        self._version += 1
        path = self._write(error_seconds, origin_port, refuses)
        await self._admin("vcl.load", f"cdn{self._version}", path)
        await self._admin("vcl.use", f"cdn{self._version}")

    def present(self, *, right: bool) -> None:
        """Read the certificate again, which now has the CDN's names or has not."""
        self._certified = right
        self.launcher.signal("hitch", signal.SIGHUP)

    @property
    def certified(self) -> bool:
        """Whether the certificate has the CDN's names."""
        return self._certified

    async def reset(self) -> None:
        """Use the right origin, cache no errors, and empty the cache."""
        if self._version:
            await self._admin("vcl.use", BOOT)
        await self._admin("ban", "obj.status", "!=", "0")

    async def _admin(self, *arguments: str) -> None:
        await command("varnishadm", "-n", self._directory, *arguments)
