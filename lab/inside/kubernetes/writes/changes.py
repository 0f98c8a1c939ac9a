"""Changes: create, apply, patch, replace and delete.

In: HTTP requests, a Store. Out: the stored object, or a `Status` with the error.
It does not: merge lists by their keys or track who owns a field. An applied object
replaces what its own earlier version had set; fields that were set by others stay.
Source: Kubernetes API concepts, "Server-side apply", "Resource operations".
"""

import base64
import copy
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import yaml
from aiohttp import web

from lab.inside.kubernetes.answers import failure, not_found
from lab.inside.kubernetes.store import Item, Key, Store
from lab.inside.kubernetes.writes import protobuf
from lab.inside.kubernetes.writes.kinds import Kind
from lab.inside.kubernetes.writes.rules import problems

APPLY = "application/apply-patch+yaml"
MERGE = "application/merge-patch+json"


@dataclass(slots=True)
class Changes:
    """The writes to one kind."""

    store: Store
    kind: Kind
    applied: dict[Key, Item] = field(default_factory=dict[Key, Item])
    """The last configuration that was applied to each object."""

    async def create(self, request: web.Request) -> web.Response:
        """Respond to POST: 201, 404 without the namespace, 409 if it exists."""
        item = await _object(request)
        key = self._key(request, item["metadata"]["name"])
        if self.store.get(self.kind.resource, key):
            details = {"name": key[1], "kind": self.kind.resource}
            message = f'{self.kind.resource} "{key[1]}" already exists'
            return failure(409, "AlreadyExists", message, details)
        return self._stored(request, key, item)

    async def replace(self, request: web.Request) -> web.Response:
        """Respond to PUT: 200, or 404 if it does not exist."""
        key = self._key(request)
        if self.store.get(self.kind.resource, key) is None:
            return not_found(self.kind.resource, key[1])
        return self._stored(request, key, await _object(request))

    async def patch(self, request: web.Request) -> web.Response:
        """Respond to PATCH: server-side apply, or a JSON merge patch."""
        key = self._key(request)
        stored = self.store.get(self.kind.resource, key)
        if request.content_type == APPLY:
            wanted: Item = yaml.safe_load(await request.read())
            base = _without(stored or {}, self.applied.get(key, {}))
            done = self._stored(request, key, _merged(base, wanted))
            if done.status < web.HTTPBadRequest.status_code:
                self.applied[key] = wanted
            return done
        if request.content_type != MERGE:
            message = f"{request.content_type} is not supported here"
            return failure(415, "UnsupportedMediaType", message)
        if stored is None:
            return not_found(self.kind.resource, key[1])
        return self._stored(request, key, _merged(stored, await request.json()))

    async def delete(self, request: web.Request) -> web.Response:
        """Respond to DELETE: 200, or 404 if it does not exist."""
        key = self._key(request)
        if self.store.get(self.kind.resource, key) is None:
            return not_found(self.kind.resource, key[1])
        self.store.delete(self.kind.resource, key)
        self.applied.pop(key, None)
        body = {"kind": "Status", "apiVersion": "v1", "status": "Success"}
        return web.json_response(body)

    def _key(self, request: web.Request, name: str | None = None) -> Key:
        place = request.match_info
        return place.get("namespace", ""), name or place["name"]

    def _stored(self, request: web.Request, key: Key, wanted: Item) -> web.Response:
        """Check and store an object; `dryRun` only checks it."""
        namespace = key[0]
        if namespace and self.store.get("namespaces", ("", namespace)) is None:
            return not_found("namespaces", namespace)
        before = self.store.get(self.kind.resource, key)
        item = _as_stored(self.kind, key, wanted, before)
        if causes := problems(self.kind, item, before):
            message = f'{self.kind.name} "{key[1]}" is invalid: {"; ".join(causes)}'
            return failure(422, "Invalid", message)
        if "dryRun" not in request.query:
            self.store.put(self.kind.resource, item)
            item = self.store.get(self.kind.resource, key) or item
        return web.json_response(item, status=200 if before else 201)


async def _object(request: web.Request) -> Item:
    """Return the object in a request's body, of either encoding."""
    if request.content_type == protobuf.CONTENT_TYPE:
        return protobuf.decoded(await request.read())
    return await request.json()


def _as_stored(kind: Kind, key: Key, wanted: Item, before: Item | None) -> Item:
    """Return the object with the fields that only the server sets."""
    item = copy.deepcopy(wanted)
    texts = item.pop("stringData", None) or {}
    if texts:
        encoded = {n: base64.b64encode(t.encode()).decode() for n, t in texts.items()}
        item["data"] = item.get("data", {}) | encoded
    own: dict[str, Any] = {
        "name": key[1],
        "uid": str(uuid.uuid4()),
        "creationTimestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "generation": 1,
    } | ({"namespace": key[0]} if key[0] else {})
    if before:
        kept = ("uid", "creationTimestamp", "generation")
        own |= {name: before["metadata"][name] for name in kept}
        own["generation"] += before.get("spec") != item.get("spec")
    item["metadata"] = {**item["metadata"], **own}
    item["metadata"].pop("managedFields", None)
    return {"kind": kind.name, "apiVersion": kind.api_version} | item


def _merged(base: Item, wanted: Item) -> Item:
    """Return a JSON merge patch's result; null removes a field (RFC 7386)."""
    made = dict(base)
    for name, value in wanted.items():
        if value is None:
            made.pop(name, None)
        elif isinstance(value, dict):
            below = made.get(name)
            made[name] = _merged(below if isinstance(below, dict) else {}, value)
        else:
            made[name] = value
    return made


def _without(item: Item, applied: Item) -> Item:
    """Return an object without what was applied before; other fields stay."""
    made: Item = {}
    for name, value in item.items():
        if name not in applied:
            made[name] = value
        elif isinstance(value, dict) and isinstance(applied[name], dict):
            made[name] = _without(value, applied[name])
    return made
