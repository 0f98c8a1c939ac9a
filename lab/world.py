"""World: everything of the lab that runs, in one process and its children.

In: a case and a run folder, inside the lab's namespace. Out: the whole path,
and a control socket that takes `inject`, `clear` and `stop`.
It does not: make the namespace (`lab.namespace`) or read the command line.
"""

import asyncio
import signal
import ssl

import aiohttp
from aiohttp import web

from lab import network, verbs
from lab.balancer import Balancer
from lab.case import App, Case
from lab.certificates import Authority
from lab.cluster import INGRESS_HEALTH_PORT, Cluster
from lab.facts import HETZNER_PORT, KUBERNETES_PORT, Facts
from lab.fault import load_fault
from lab.hetzner import Hetzner
from lab.kubernetes.accounts import accounts
from lab.kubernetes.api import Api
from lab.pods import Behavior
from lab.programs import Program, command, render
from lab.proxy import ingress_config, services_rules
from lab.wait import until

UNPRIVILEGED = ["unshare", "--user", "--map-user=1000", "--map-group=1000", "hitch"]
"""Hitch refuses to work as root, and there is no other user in the namespace: so it
gets a user namespace of its own; `lab.network` lets everybody have low ports."""


class World:
    """The running lab."""

    def __init__(self, case: Case, facts: Facts) -> None:
        self.case = case
        self.facts = facts
        self.folder = facts.folder
        self.cluster = Cluster(case, self.folder)
        self.balancer = Balancer(case, self.folder)
        self.hetzner = Hetzner(case, self.balancer)
        self.firewall: list[str] = []
        self.records: dict[str, str] = {}
        self.session: aiohttp.ClientSession
        self._programs: dict[str, Program] = {}
        self._runners: list[web.AppRunner] = []
        self._serial = 1
        self._vcl = 0
        self._generation = 0

    async def start(self) -> None:
        """Start everything, side by side where it can be; return when all is well."""
        case, folder = self.case, self.folder
        await network.raise_addresses(case)
        await network.bind_resolver(case, folder)
        self._write_certificates()
        context = ssl.create_default_context(cafile=str(self.facts.ca_file))
        # A connection for each question: what is asked is the path of now.
        connector = aiohttp.TCPConnector(
            ssl=context, force_close=True, use_dns_cache=False
        )
        self.session = aiohttp.ClientSession(connector=connector)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._start_dns())
            group.create_task(self._start_cdn())
            group.create_task(self._start_inside())
        await self._start_balancer()
        await self.await_health()

    def _write_certificates(self) -> None:
        authority = Authority(self.folder)
        hosts = [app.host for app in self.case.apps]
        for owner in ("balancer", "cdn"):
            authority.issue(owner, hosts)
        authority.issue("ingress", ["ingress.local"])

    async def _run(self, name: str, *words: str, at: tuple[object, int]) -> None:
        program = self._programs[name] = Program(name, list(words), self.folder)
        await program.start()
        await program.listens(str(at[0]), at[1])

    def _write(self, name: str, text: str) -> str:
        path = self.folder / name
        path.write_text(text)
        return str(path)

    async def _start_dns(self) -> None:
        places = self.case.addresses
        self._reset_records()
        self._write_zone()
        common = {"folder": self.folder, "zone": self.case.zone}
        nsd = render("nsd.conf", authoritative=places.authoritative, **common)
        at = places.authoritative, 53
        await self._run("nsd", "nsd", "-d", "-c", self._write("nsd.conf", nsd), at=at)
        unbound = render(
            "unbound.conf",
            resolver=places.resolver,
            authoritative=places.authoritative,
            **common,
        )
        path = self._write("unbound.conf", unbound)
        at = places.resolver, 53
        await self._run("unbound", "unbound", "-d", "-c", path, at=at)

    def _reset_records(self) -> None:
        cdn, balancer = str(self.case.addresses.cdn), str(self.case.balancer.address)
        self.records = {a.host: cdn if a.cdn else balancer for a in self.case.apps}

    def _write_zone(self) -> None:
        text = render(
            "zone",
            zone=self.case.zone,
            serial=self._serial,
            authoritative=self.case.addresses.authoritative,
            records=list(self.records.items()),
        )
        self._serial += 1
        self._write("zone", text)

    async def apply_zone(self) -> None:
        """Let the name server read the zone anew, and the resolver forget it."""
        self._write_zone()
        self._programs["nsd"].signal(signal.SIGHUP)
        config = str(self.folder / "unbound.conf")
        await command("unbound-control", "-c", config, "flush_zone", self.case.zone)

    async def _start_cdn(self) -> None:
        cdn = str(self.case.addresses.cdn)
        workdir = str(self.folder / "varnish")
        vcl = self._write("cdn.vcl", self._vcl_text(0))
        sizes = ["-s", "malloc,32m", "-p", "thread_pools=1"]
        sizes += ["-p", "thread_pool_min=10", "-p", "thread_pool_max=100"]
        place = ["-n", workdir, "-a", f"{cdn}:80", "-f", vcl, "-j", "none"]
        await self._run("varnish", "varnishd", "-F", *place, *sizes, at=(cdn, 80))
        pem = self.folder / "cdn.pem"
        config = self._write(
            "hitch.conf", render("hitch.conf", cdn=cdn, certificate=pem)
        )
        await self._run("hitch", *UNPRIVILEGED, f"--config={config}", at=(cdn, 443))

    def _vcl_text(self, error_seconds: int) -> str:
        origin = self.case.balancer.address
        return render("varnish.vcl", origin=origin, error_seconds=error_seconds)

    async def use_cdn(self, error_seconds: int) -> None:
        """Make the CDN store errors for some seconds, or pass them (0)."""
        self._vcl += 1
        name = f"cdn{self._vcl}"
        path = self._write(f"{name}.vcl", self._vcl_text(error_seconds))
        await self._varnishadm("vcl.load", name, path)
        await self._varnishadm("vcl.use", name)

    async def _varnishadm(self, *words: str) -> None:
        await command("varnishadm", "-n", str(self.folder / "varnish"), *words)

    async def _start_inside(self) -> None:
        """Start the ingress, the pods, and the two APIs."""
        config, log = self._write_ingress(), str(self.folder / "ingress-error.log")
        words = ["-p", str(self.folder), "-e", log, "-c", config]
        await self._run("nginx", "nginx", *words, at=(self._first_ingress, 80))
        self.cluster.changed = self.route
        await self.cluster.start()
        places = self.case.addresses
        api = Api(self.cluster.store, accounts(self.case), self.cluster.logs)
        await self._serve(api.application(), str(places.kubernetes), KUBERNETES_PORT)
        await self._serve(self.hetzner.application(), str(places.hetzner), HETZNER_PORT)

    @property
    def _first_ingress(self) -> str:
        return next(str(n.pod_address) for n in self.case.nodes if n.ingress)

    def _write_ingress(self) -> str:
        self._generation += 1
        store, generation = self.cluster.store, self._generation
        text = ingress_config(self.case, store, self.folder, generation)
        return self._write("nginx.conf", text)

    async def _serve(self, application: web.Application, host: str, port: int) -> None:
        runner = web.AppRunner(
            application,
            access_log=None,
            handler_cancellation=True,
            shutdown_timeout=0.2,
        )
        self._runners.append(runner)
        await runner.setup()
        await web.TCPSite(runner, host, port).start()

    async def route(self) -> None:
        """Bring kube-proxy's rules and the ingress up to date with the endpoints."""
        store = self.cluster.store
        await command("nft", "-f", "-", text=services_rules(self.case, store))
        self._write_ingress()
        nginx = self._programs["nginx"]
        old = nginx.workers()
        nginx.signal(signal.SIGHUP)
        url = f"http://{self._first_ingress}:{INGRESS_HEALTH_PORT}/healthz"

        async def is_new() -> bool:
            new = await self._text(url) == str(self._generation)
            return new and not old & nginx.workers()

        await until(is_new)

    async def _text(self, url: str) -> str:
        async with self.session.get(url) as response:
            return await response.text()

    async def _start_balancer(self) -> None:
        path = self._write("haproxy.cfg", self.balancer.config())
        at = self.case.balancer.address, self.case.listen_ports[0]
        await self._run("haproxy", "haproxy", "-W", "-db", "-f", path, at=at)

    async def reload_balancer(self) -> None:
        """Let HAProxy take new settings, and wait until the new worker answers."""
        before = await self.balancer.worker()
        self._write("haproxy.cfg", self.balancer.config())
        self._programs["haproxy"].signal(signal.SIGUSR2)

        async def is_new() -> bool:
            return await self._worker() not in {before, None}

        await until(is_new)

    async def _worker(self) -> str | None:
        try:
            return await self.balancer.worker()
        except (OSError, StopIteration):
            return None

    async def apply_firewall(self) -> None:
        """Set the nodes' firewall (UFW) to the rules as they stand."""
        await command(
            "nft", "-f", "-", text=render("firewall.nft", rules=self.firewall)
        )

    def url(self, app: App) -> str:
        """Return an app's public URL."""
        return f"https://{app.host}{app.path}"

    async def inject(self, fault_id: str) -> None:
        """Do what a fault says and wait until the outside sees it."""
        fault = load_fault(fault_id, self.case)
        for verb, arguments in fault.actions:
            await verbs.VERBS[verb](self, arguments)
        for app in self.case.apps:
            if app.name in fault.expected:
                await verbs.answers(self, self.url(app), lambda code: code != 200)  # noqa: PLR2004
        await self._await_balancer()

    async def _await_balancer(self) -> None:
        """Wait until HAProxy has asked every target and its mind is made up."""

        async def is_known() -> bool:
            return "unknown" not in (await self.balancer.health()).values()

        await until(is_known)

    async def clear(self) -> None:
        """Set everything back to the case and wait until all is well."""
        self.hetzner.answer = None
        self.firewall.clear()
        await self.apply_firewall()
        for app in self.case.apps:
            await self.cluster.behave(app, Behavior.WELL)
            await self.cluster.scale(app, on=True)
        self._reset_records()
        await self.apply_zone()
        await self.use_cdn(0)
        await self._varnishadm("ban", "obj.status", "!=", "0")
        self.balancer.reset()
        await self.reload_balancer()
        await self.await_health()

    async def await_health(self) -> None:
        """Wait until pods are ready, targets healthy and every URL answers 200."""

        async def is_well() -> bool:
            return set((await self.balancer.health()).values()) == {"healthy"}

        await until(self.cluster.ready)
        await until(is_well)
        for app in self.case.apps:
            await verbs.answers(self, self.url(app), lambda code: code == 200)  # noqa: PLR2004

    async def stop(self) -> None:
        """End everything."""
        await self.session.close()
        for runner in self._runners:
            await runner.cleanup()
        await self.cluster.stop()
        stops = (program.stop() for program in self._programs.values())
        await asyncio.gather(*stops, return_exceptions=True)

    def must_live(self) -> None:
        """Raise ProgramError if any program has ended by itself."""
        for program in self._programs.values():
            program.must_live()
