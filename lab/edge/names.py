"""Names: the zone's own name server (nsd) and the resolvers (unbound).

In: the case and what each name shall say. Out: answers over DNS, and resolvers
that forget or keep what they know. It does not: answer any other name.
"""

import signal

import dns.asyncquery
import dns.exception
import dns.message

from lab.case import App, Case
from lab.programs.launcher import Launcher
from lab.programs.program import command, render
from lab.programs.wait import until

TTL = 60
"""Seconds that a resolver may keep a record; Hetzner's and others' usual least."""


class Names:
    """Who answers for the names of the case."""

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
        """Set the records as the case has them: CDN or balancer."""
        self.ttl = TTL
        self.records = {a.host: self.right(a) for a in self.case.apps}

    def right(self, app: App) -> str:
        """Return the address that an app's name should have."""
        case = self.case
        return str(case.addresses.cdn if app.cdn else case.balancer.address)

    async def start(self) -> None:
        """Start the name server, then the resolvers."""
        server = self.case.addresses.authoritative
        folder, zone = self.launcher.folder, self.case.zone
        self._write_zones()
        nsd = render("nsd.conf", authoritative=server, folder=folder, zone=zone)
        words = ["nsd", "-d", "-c", self.launcher.write("nsd.conf", nsd)]
        await self.launcher.run("nsd", *words, at=(server, 53))
        for name, address in self.resolvers.items():
            text = render(
                "unbound.conf",
                name=name,
                resolver=address,
                authoritative=server,
                folder=folder,
                zone=zone,
            )
            config = self.launcher.write(f"{name}.conf", text)
            await self.launcher.run(
                name, "unbound", "-d", "-c", config, at=(address, 53)
            )

    def _write_zones(self) -> None:
        self._serial += 1
        places = self.case.addresses
        common = {"serial": self._serial, "authoritative": places.authoritative}
        own = list(self.records.items())
        text = render("zone", zone=self.case.zone, ttl=self.ttl, records=own, **common)
        self.launcher.write("zone", text)
        others = [("control.example.net", places.control)]
        text = render("zone", zone="example.net", ttl=TTL, records=others, **common)
        self.launcher.write("zone-elsewhere", text)

    async def tell(self, host: str, address: str, ttl: int | None = None) -> None:
        """Let the zone's own server tell a name's address from now on."""
        self.records[host] = address
        self.ttl = ttl or TTL
        await self.apply()

    async def apply(self) -> None:
        """Let the name server read the zone anew; resolvers keep what they know."""
        self._write_zones()
        self.launcher.signal("nsd", signal.SIGHUP)
        server = str(self.case.addresses.authoritative)

        async def is_new() -> bool:
            told = await _texts(self.case.zone, "SOA", server)
            return any(text.split()[2] == str(self._serial) for text in told)

        await until(is_new)

    async def forget(self) -> None:
        """Let every resolver forget the zone."""
        for name in self.resolvers:
            await self._control(name, "flush_zone", self.case.zone)

    async def learn(self, host: str, resolver: str) -> None:
        """Let a resolver ask for a name anew until it holds what the zone says."""
        wanted = self.records[host]

        async def holds() -> bool:
            await self._control(resolver, "flush", host)
            return await _texts(host, "A", self.resolvers[resolver]) == [wanted]

        await until(holds)

    async def learn_all(self) -> None:
        """Let every resolver hold what the zone says of every name."""
        await self.forget()
        for app in self.case.apps:
            for resolver in self.resolvers:
                await self.learn(app.host, resolver)

    async def _control(self, resolver: str, *words: str) -> None:
        config = str(self.launcher.folder / f"{resolver}.conf")
        await command("unbound-control", "-c", config, *words)


async def _texts(name: str, kind: str, server: str) -> list[str]:
    """Return the records that a server tells of a name, as text; none: no answer."""
    question = dns.message.make_query(name, kind)
    try:
        answer = await dns.asyncquery.udp(question, server, timeout=2)
    except (dns.exception.DNSException, OSError):
        return []  # it reads its zone anew, or is busy: whoever waits asks again
    return [f"{record}" for found in answer.answer for record in found]
