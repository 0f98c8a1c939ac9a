"""Names: the authoritative name server of the zones (nsd), and resolvers (unbound).

In: the case, and the address that each name should have. Out: DNS responses, and
resolvers whose caches are refreshed or left as they are.
It does not: resolve any other name.
"""

import signal
from ipaddress import IPv4Address

import dns.asyncquery
import dns.exception
import dns.message

from lab.case import App, Case
from lab.parts import CONTROL_HOST
from lab.programs.launcher import Launcher
from lab.programs.program import command, render
from lab.programs.wait import until

TTL = 60
"""Seconds that a resolver may cache a record; the usual minimum of DNS providers."""


class Names:
    """The name server and the resolvers of the case."""

    def __init__(self, case: Case, launcher: Launcher) -> None:
        self.case = case
        self.launcher = launcher
        self.records: dict[str, str] = {}
        self.ttl = TTL
        self.resolvers = {
            "unbound": str(case.addresses.resolver),
            "unbound-2": str(case.addresses.second_resolver),
        }
        """Resolver's name -> address; the first is that of resolv.conf."""
        self._serial = 0
        self.reset()

    def reset(self) -> None:
        """Set the records to those of the case: CDN or balancer."""
        self.ttl = TTL
        self.records = {a.host: self.right(a) for a in self.case.apps}

    def right(self, app: App) -> str:
        """Return the address that an app's name should have."""
        case = self.case
        return str(case.addresses.cdn if app.cdn else case.balancer.address)

    async def start(self) -> None:
        """Start the name server, then the resolvers."""
        server = self.case.addresses.authoritative
        folder, zones = self.launcher.folder, self._zones
        self._write_zones()
        await self._start_server("nsd", server, zones)
        # A provider that had the zones once: it refuses queries for them.
        await self._start_server("nsd-old", self.case.addresses.old, (CONTROL_HOST,))
        for name, address in self.resolvers.items():
            text = render(
                "unbound.conf",
                name=name,
                resolver=address,
                authoritative=server,
                folder=folder,
                zones=zones,
            )
            config = self.launcher.write(f"{name}.conf", text)
            await self.launcher.run(
                name, "unbound", "-d", "-c", config, at=(address, 53)
            )

    async def _start_server(
        self, name: str, address: IPv4Address, zones: tuple[str, ...]
    ) -> None:
        """Start a name server that serves some of the zones."""
        text = render(
            "nsd.conf",
            name=name,
            authoritative=address,
            folder=self.launcher.folder,
            zones=zones,
        )
        config = self.launcher.write(f"{name}.conf", text)
        await self.launcher.run(name, "nsd", "-d", "-c", config, at=(address, 53))

    @property
    def _zones(self) -> tuple[str, ...]:
        """The case's zones, and that of the unrelated host: its own name."""
        return (*self.case.zones, CONTROL_HOST)

    def _write_zones(self) -> None:
        self._serial += 1
        places, zone_of = self.case.addresses, self.case.zone_of
        for zone in self._zones:
            own = [(h, a) for h, a in self.records.items() if zone_of(h) == zone]
            control = zone == CONTROL_HOST
            text = render(
                "zone",
                zone=zone,
                ttl=TTL if control else self.ttl,
                records=[(CONTROL_HOST, places.control)] if control else own,
                serial=self._serial,
                authoritative=places.authoritative,
            )
            self.launcher.write(f"zone-{zone}", text)

    async def set_record(
        self, host: str, address: str | None, ttl: int | None = None
    ) -> None:
        """Change a name's address at its zone's server; None deletes the record."""
        self.records.pop(host, None)
        if address is not None:
            self.records[host] = address
        self.ttl = ttl or TTL
        await self.apply()

    async def apply(self) -> None:
        """Reload the zones in the name server; the resolvers keep their caches."""
        self._write_zones()
        self.launcher.signal("nsd", signal.SIGHUP)
        server = str(self.case.addresses.authoritative)

        async def are_new() -> bool:
            found = [await _texts(zone, "SOA", server) for zone in self._zones]
            serials = [{text.split()[2] for text in texts} for texts in found]
            return all(str(self._serial) in known for known in serials)

        await until(are_new)

    async def delegate(self, address: str | None = None) -> None:
        """Let the resolvers query the zones at an address; None: the name server.

        As if the registrar named another server. The control's zone stays.
        """
        server = address or str(self.case.addresses.authoritative)
        for name in self.resolvers:
            for zone in self.case.zones:
                await self._control(name, "stub_add", zone, server)
            await self._control(name, "flush_infra", "all")
        await self.flush()

    async def flush(self) -> None:
        """Remove the zones from the cache of every resolver."""
        for name in self.resolvers:
            for zone in self.case.zones:
                await self._control(name, "flush_zone", zone)

    async def refresh(self, host: str, resolver: str) -> None:
        """Flush a name from a resolver's cache until it returns the zone's address."""
        wanted = [self.records[host]] if host in self.records else []

        async def holds() -> bool:
            await self._control(resolver, "flush", host)
            return await _texts(host, "A", self.resolvers[resolver]) == wanted

        await until(holds)

    async def refresh_all(self) -> None:
        """Refresh every name in the cache of every resolver."""
        await self.flush()
        for app in self.case.apps:
            for resolver in self.resolvers:
                await self.refresh(app.host, resolver)

    async def _control(self, resolver: str, *arguments: str) -> None:
        config = str(self.launcher.folder / f"{resolver}.conf")
        await command("unbound-control", "-c", config, *arguments)


async def _texts(name: str, kind: str, server: str) -> list[str]:
    """Return a server's records of a name as text; empty if it does not respond."""
    question = dns.message.make_query(name, kind)
    try:
        answer = await dns.asyncquery.udp(question, server, timeout=2)
    except (dns.exception.DNSException, OSError):
        return []  # it reloads its zone, or is busy: the caller tries again
    return [f"{record}" for found in answer.answer for record in found]
