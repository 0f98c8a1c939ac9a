"""Hetzner: the Cloud API as `hcloud` reads it, its health from HAProxy itself.

In: the case, the balancer. Out: an aiohttp application for `/v1/...`.
It does not: take writes, or serve metrics. A fault may make it answer an error.
Source: Hetzner Cloud API reference; shapes of hcloud-go's `schema/`.
"""

import time
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from lab.balancer import Balancer, Health
from lab.case import Case, Node
from lab.facts import HETZNER_TOKEN
from lab.hetzner_shapes import CREATED, balancer_type, location, server, service
from lab.kubernetes.selectors import matches_labels

LIMIT_AN_HOUR = 3600
PER_PAGE = 25
MOST_PER_PAGE = 50
ERRORS = {
    401: ("unauthorized", "unable to authenticate"),
    403: ("forbidden", "insufficient permissions for this request"),
    404: ("not_found", "resource not found"),
    429: ("rate_limit_exceeded", "limit of 3600 requests per hour reached"),
    500: ("server_error", "an internal server error occurred"),
    503: ("unavailable", "the service is currently unavailable"),
}

type Item = dict[str, Any]
type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Hetzner:
    """The API of one project."""

    def __init__(self, case: Case, balancer: Balancer) -> None:
        self.case = case
        self.balancer = balancer
        self.answer: int | None = None
        """A fault's status code for every request; None: answer truly."""
        self._used = 0

    def reset(self) -> None:
        """Answer truly."""
        self.answer = None

    def application(self) -> web.Application:
        """Return what aiohttp serves."""

        @web.middleware
        async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
            self._used += 1
            if request.headers.get("Authorization") != f"Bearer {HETZNER_TOKEN}":
                return self._with_headers(_error(401))
            if self.answer:
                return self._with_headers(_error(self.answer))
            try:
                return self._with_headers(await handler(request))
            except web.HTTPNotFound:
                return self._with_headers(_error(404))

        app = web.Application(middlewares=[guarded])
        sources = {
            "load_balancers": self._load_balancers,
            "servers": self._servers,
            "firewalls": self._firewalls,
            "certificates": self._certificates,
        }
        for name, source in sources.items():
            _serve(app, name, source)
        return app

    def _with_headers(self, response: web.StreamResponse) -> web.StreamResponse:
        response.headers["RateLimit-Limit"] = str(LIMIT_AN_HOUR)
        remaining = 0 if response.status == 429 else LIMIT_AN_HOUR - self._used  # noqa: PLR2004
        response.headers["RateLimit-Remaining"] = str(max(0, remaining))
        response.headers["RateLimit-Reset"] = str(int(time.time()) + 1)
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
                "labels": {},
                "protection": {"delete": False},
                "location": location(),
                "load_balancer_type": balancer_type(),
                "public_net": {
                    "enabled": True,
                    "ipv4": {"ip": str(balancer.address), "dns_ptr": None},
                    "ipv6": {"ip": None, "dns_ptr": None},
                },
                "private_net": [network],
                "algorithm": {"type": "round_robin"},
                "included_traffic": 20 * 1024**4,
                "outgoing_traffic": None,
                "ingoing_traffic": None,
                "services": [service(s) for s in self.balancer.services],
                "targets": self._targets(health),
            }
        ]

    def _targets(self, health: Health) -> list[Item]:
        """Return the targets; a label selector holds its servers one level down."""
        kind = self.case.balancer.targets
        nodes = [n for n in self.case.nodes if n.name in self.balancer.nodes]
        if kind != "label_selector":
            return [self._target(node, kind, health) for node in nodes]
        selector = {"selector": self.case.balancer.selector}
        return [
            {
                "type": "label_selector",
                "label_selector": selector,
                "use_private_ip": self.case.balancer.use_private_ip,
                "targets": [self._target(node, "server", health) for node in nodes],
            }
        ]

    def _target(self, node: Node, kind: str, health: Health) -> Item:
        which: Item = {"server": {"id": node.server_id}}
        if kind == "ip":
            which = {"ip": {"ip": str(node.address)}}
        told = [
            {"listen_port": port, "status": health.get((port, node.name), "unknown")}
            for port in (s.listen_port for s in self.balancer.services)
        ]
        private = kind == "server" and self.case.balancer.use_private_ip
        return {
            "type": kind,
            **which,
            "use_private_ip": private,
            "health_status": told,
        }

    async def _servers(self) -> list[Item]:
        return [server(self.case, node) for node in self.case.nodes]

    async def _firewalls(self) -> list[Item]:
        """Return none: the case's nodes are guarded by UFW, on the node."""
        return []

    async def _certificates(self) -> list[Item]:
        names = [app.host for app in self.case.apps]
        return [{"id": 1, "name": "lab", "type": "uploaded", "domain_names": names}]


def _serve(
    app: web.Application, name: str, source: Callable[[], Awaitable[list[Item]]]
) -> None:
    """Add a collection: list with filters and pages, and one by its id."""

    async def listed(request: web.Request) -> web.Response:
        items = [i for i in await source() if _meant(request, i)]
        page = int(request.query.get("page", "1"))
        size = min(int(request.query.get("per_page", PER_PAGE)), MOST_PER_PAGE)
        last = max(1, -(-len(items) // size))
        meta = {
            "page": page,
            "per_page": size,
            "previous_page": page - 1 if page > 1 else None,
            "next_page": page + 1 if page < last else None,
            "last_page": last,
            "total_entries": len(items),
        }
        cut = items[(page - 1) * size : page * size]
        return web.json_response({name: cut, "meta": {"pagination": meta}})

    async def one(request: web.Request) -> web.Response:
        wanted = request.match_info["id"]
        for item in await source():
            if str(item["id"]) == wanted:
                return web.json_response({name.removesuffix("s"): item})
        return _error(404)

    app.router.add_get(f"/v1/{name}", listed)
    app.router.add_get(f"/v1/{name}/{{id}}", one)


def _meant(request: web.Request, item: Item) -> bool:
    name = request.query.get("name")
    labels = request.query.get("label_selector", "")
    return name in {None, item["name"]} and matches_labels(
        labels, item.get("labels", {})
    )


def _error(code: int) -> web.Response:
    word, message = ERRORS[code]
    body = {"error": {"code": word, "message": message, "details": {}}}
    return web.json_response(body, status=code)
