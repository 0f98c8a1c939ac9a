"""API: GET, LIST, WATCH and logs over HTTP, with kube-apiserver's responses.

In: a Store, logs, accounts. Out: an aiohttp application.
It does not: accept writes (405; `writes` adds them for helm), serve protobuf or
tables, or use TLS.
Source: Kubernetes API concepts, and the answers recorded in `lab/recorded/`.
"""

import base64
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from aiohttp import web

from lab.inside.kubernetes.answers import (
    failure,
    forbidden,
    no_such_path,
    not_found,
    unauthorized,
)
from lab.inside.kubernetes.kinds import ABSENT, KINDS
from lab.inside.kubernetes.logs import Log
from lab.inside.kubernetes.podlog import serve_log
from lab.inside.kubernetes.store import GoneError, Item, Key, Store
from lab.inside.kubernetes.watch import watch
from lab.selectors import SelectorError, matches_fields, matches_labels

VERSION = {"major": "1", "minor": "33", "gitVersion": "v1.33.1", "platform": "lab"}
OPEN_PATHS = {"/version", "/readyz", "/livez", "/healthz"}

type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Account:
    """The user of a token, and the resources it may read; None: all."""

    user: str
    resources: frozenset[str] | None = None


ACCOUNT = web.RequestKey("account", Account)


@dataclass(slots=True)
class Api:
    """One API server."""

    store: Store
    accounts: Mapping[str, Account]
    logs: dict[Key, Log] = field(default_factory=dict[Key, Log])
    kinds: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: KINDS)

    def application(self) -> web.Application:
        """Return what aiohttp serves."""

        @web.middleware
        async def authenticated(
            request: web.Request, handler: Handler
        ) -> web.StreamResponse:
            if request.path in OPEN_PATHS:
                return await handler(request)
            scheme, _, token = request.headers.get("Authorization", "").partition(" ")
            account = self.accounts.get(token) if scheme == "Bearer" else None
            if account is None:
                return unauthorized()
            if request.match_info.http_exception is not None:
                return no_such_path(request)
            request[ACCOUNT] = account
            return await handler(request)

        app = web.Application(middlewares=[authenticated])
        app.router.add_get("/version", _version)
        for path in ("/readyz", "/livez", "/healthz"):
            app.router.add_get(path, _ready)
        for path, handler in self._routes():
            app.router.add_get(path, handler)
        return app

    def _routes(self) -> Iterator[tuple[str, Handler]]:
        """Yield every path of the API groups with its handler."""
        scopes = ("", "/namespaces/{namespace}")
        for group, kinds in self.kinds.items():
            for (resource, kind), scope in product(kinds.items(), scopes):
                served = _Served(self, group, resource, kind)
                path = f"/{group}{scope}/{resource}"
                yield path, served.read_list
                yield f"{path}/{{name}}", served.read_one
        for group, resources in ABSENT.items():
            for resource, scope in product(resources, scopes):
                lacking = _Served(self, group, resource, "")
                yield f"/{group}{scope}/{resource}", lacking.read_none
        pods = _Served(self, "api/v1", "pods/log", "Pod")
        yield "/api/v1/namespaces/{namespace}/pods/{name}/log", pods.read_log


@dataclass(frozen=True, slots=True)
class _Served:
    """One resource of one group, as a set of handlers."""

    api: Api
    group: str
    resource: str
    kind: str

    def _refused(self, request: web.Request, verb: str) -> web.Response | None:
        account = request[ACCOUNT]
        if account.resources is None or self.resource in account.resources:
            return None
        return forbidden(request, account.user, verb, self.group, self.resource)

    async def read_one(self, request: web.Request) -> web.StreamResponse:
        if refused := self._refused(request, "get"):
            return refused
        name = request.match_info["name"]
        key = request.match_info.get("namespace", ""), name
        item = self.api.store.get(self.resource, key)
        if item is None:
            return not_found(self.resource, name)
        return web.json_response(item)

    async def read_none(self, request: web.Request) -> web.StreamResponse:
        return self._refused(request, "list") or no_such_path(request)

    async def read_log(self, request: web.Request) -> web.StreamResponse:
        if refused := self._refused(request, "get"):
            return refused
        key = request.match_info["namespace"], request.match_info["name"]
        if self.api.store.get("pods", key) is None or key not in self.api.logs:
            return not_found("pods", key[1])
        return await serve_log(request, self.api.logs[key])

    async def read_list(self, request: web.Request) -> web.StreamResponse:
        watching = request.query.get("watch") in {"true", "1"}
        if refused := self._refused(request, "watch" if watching else "list"):
            return refused
        try:
            matching = [
                i for i in self.api.store.items(self.resource) if _matches(request, i)
            ]
            if watching:
                version = self.group.split("/", 1)[1]
                empty = {"kind": self.kind, "apiVersion": version}
                return await watch(
                    request, self.api.store, self.resource, empty, _matches
                )
            items, meta = self._page(request, matching)
        except SelectorError as error:
            return failure(400, "BadRequest", str(error))
        except GoneError as error:
            return failure(410, "Expired", str(error))
        # Items of a list have no kind of their own; the list has it.
        bare = [{k: v for k, v in i.items() if k not in NOT_IN_LISTS} for i in items]
        version = self.group.split("/", 1)[1]
        head = {"kind": f"{self.kind}List", "apiVersion": version, "metadata": meta}
        return web.json_response(head | {"items": bare})

    def _page(
        self, request: web.Request, items: list[Item]
    ) -> tuple[list[Item], dict[str, Any]]:
        """Cut by `limit` and `continue`; the token holds version and offset."""
        version, start = self.api.store.version, 0
        if token := request.query.get("continue"):
            version, start = json.loads(base64.urlsafe_b64decode(token))
            self.api.store.check_version(version)
        limit = int(request.query.get("limit") or 0) or len(items)
        meta: dict[str, Any] = {"resourceVersion": str(version)}
        rest = len(items) - start - limit
        if rest > 0:
            after = json.dumps([version, start + limit]).encode()
            meta["continue"] = base64.urlsafe_b64encode(after).decode()
            meta["remainingItemCount"] = rest
        return items[start : start + limit], meta


NOT_IN_LISTS = {"kind", "apiVersion"}


def _matches(request: web.Request, item: Item) -> bool:
    """Whether an object matches the namespace and the selectors of a request."""
    meta = item["metadata"]
    namespace = request.match_info.get("namespace")
    return (
        (namespace is None or meta.get("namespace") == namespace)
        and matches_labels(
            request.query.get("labelSelector", ""), meta.get("labels") or {}
        )
        and matches_fields(request.query.get("fieldSelector", ""), item)
    )


async def _version(_: web.Request) -> web.Response:
    return web.json_response(VERSION)


async def _ready(_: web.Request) -> web.Response:
    return web.Response(text="ok")
