"""API: the Hetzner Cloud API as `hcloud` reads it; target health comes from HAProxy.

In: the case, the balancer. Out: an aiohttp application for `/v1/...`.
It does not: accept writes, or serve metrics. A fault may make it respond with an error.
Source: Hetzner Cloud API reference; shapes of hcloud-go's `schema/`.
"""

import uuid
from collections.abc import Awaitable, Callable

from aiohttp import web

from lab.case import Case, Server
from lab.cloud_controller import labels
from lab.edge.balancer import Balancer, Health
from lab.edge.hetzner.collection import collection, error
from lab.edge.hetzner.rate_limit import Limit
from lab.edge.hetzner.shapes import (
    CREATED,
    Item,
    balancer_type,
    location,
    record_set,
    server,
    service,
    zone,
)
from lab.edge.names import Names
from lab.edge.verdict import Verdict
from lab.facts import HETZNER_TOKEN

NOT_CHECKED = Verdict("unknown")

type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Hetzner:
    """The API of one project."""

    def __init__(self, case: Case, balancer: Balancer, names: Names) -> None:
        self.case = case
        self.names = names
        self.balancer = balancer
        self.answer: int | None = None
        """The status code of every response, set by a fault; None: serve requests."""
        self.detail = True
        """Whether a failed health check has its reason, as since hcloud 2.27."""
        self._limit = Limit()

    def reset(self) -> None:
        """Serve every request, with all details."""
        self.answer, self.detail = None, True

    def application(self) -> web.Application:
        """Return what aiohttp serves."""

        @web.middleware
        async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
            self._limit.take()
            if request.headers.get("Authorization") != f"Bearer {HETZNER_TOKEN}":
                return self._with_headers(error(401))
            if self.answer:
                return self._with_headers(error(self.answer))
            try:
                return self._with_headers(await handler(request))
            except web.HTTPNotFound:
                return self._with_headers(error(404))

        app = web.Application(middlewares=[guarded])
        sources = {
            "load_balancers": self._load_balancers,
            "servers": self._servers,
            "firewalls": self._firewalls,
            "certificates": self._certificates,
            "zones": self._zones,
        }
        for name, source in sources.items():
            collection(app, name, source)
        app.router.add_get("/v1/zones/{id}/rrsets", self._record_sets)
        return app

    def _with_headers(self, response: web.StreamResponse) -> web.StreamResponse:
        response.headers.update(self._limit.headers(response.status))
        response.headers["X-Correlation-Id"] = uuid.uuid4().hex[:16]
        return response

    async def _load_balancers(self) -> list[Item]:
        balancer = self.case.balancer
        health = await self.balancer.health()
        network = {"network": balancer.network_id, "ip": str(balancer.private_address)}
        return [
            {
                "id": balancer.id,
                "name": balancer.name,
                "created": CREATED,
                "labels": labels(self.case),
                "protection": {"delete": False},
                "location": location(),
                "load_balancer_type": balancer_type(),
                "public_net": {
                    "enabled": True,
                    "ipv4": {"ip": str(balancer.address), "dns_ptr": None},
                    "ipv6": {"ip": None, "dns_ptr": None},
                },
                "private_net": [network] if self.balancer.private_network else [],
                "algorithm": {"type": "round_robin"},
                "included_traffic": 20 * 1024**4,
                "outgoing_traffic": None,
                "ingoing_traffic": None,
                "services": [service(s) for s in self.balancer.services],
                "targets": self._targets(health),
            }
        ]

    def _targets(self, health: Health) -> list[Item]:
        """Return the targets; those of a label selector are one level down."""
        kind = self.case.balancer.targets
        servers = self.balancer.servers
        if kind != "label_selector":
            return [self._target(server, kind, health) for server in servers]
        selector = {"selector": self.case.balancer.selector}
        return [
            {
                "type": "label_selector",
                "label_selector": selector,
                "use_private_ip": self.case.balancer.use_private_ip,
                "targets": [self._target(s, "server", health) for s in servers],
            }
        ]

    def _target(self, server: Server, kind: str, health: Health) -> Item:
        which: Item = {"server": {"id": server.server_id}}
        if kind == "ip":
            which = {"ip": {"ip": str(server.address)}}
        ports = [s.listen_port for s in self.balancer.services]
        results = {p: health.get((p, server.name), NOT_CHECKED) for p in ports}
        private = kind == "server" and self.case.balancer.use_private_ip
        return {
            "type": kind,
            **which,
            "use_private_ip": private,
            "health_status": [self._health(p, r) for p, r in results.items()],
        }

    def _health(self, port: int, result: Verdict) -> Item:
        """Return a target's health for one port, without empty fields."""
        item: Item = {"listen_port": port, "status": result.status}
        if self.detail and result.detail:
            item["detail"] = result.detail
        if self.detail and result.http_status_code:
            item["http_status_code"] = result.http_status_code
        return item

    async def _servers(self) -> list[Item]:
        return [server(self.case, each) for each in self.case.servers]

    async def _firewalls(self) -> list[Item]:
        """Return no firewall: the case's nodes use UFW, on the node itself."""
        return []

    async def _zones(self) -> list[Item]:
        return [zone(i, name) for i, name in enumerate(self.case.zones, start=1)]

    async def _record_sets(self, request: web.Request) -> web.Response:
        """Return a zone's A records as its name server has them now."""
        zones = {
            text: z for z in await self._zones() for text in (str(z["id"]), z["name"])
        }
        found = zones.get(request.match_info["id"])
        if found is None:
            return error(404)
        wanted, case = request.query.get("name"), self.case
        sets = [
            record_set(found, _relative(host, found["name"]), address, self.names.ttl)
            for host, address in self.names.records.items()
            if case.zone_of(host) == found["name"]
        ]
        rows = [one for one in sets if wanted in {None, one["name"]}]
        return web.json_response({"rrsets": rows})

    async def _certificates(self) -> list[Item]:
        names = [app.host for app in self.case.apps]
        return [{"id": 1, "name": "lab", "type": "uploaded", "domain_names": names}]


def _relative(host: str, name: str) -> str:
    """Return a host's name in its zone; `@`: the zone's own name."""
    return host.removesuffix(name).removesuffix(".") or "@"
