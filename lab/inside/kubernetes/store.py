"""Store: the cluster's objects with resource versions and a log of changes.

In: objects put and deleted. Out: lists, single objects, and changes since a
version. It does not: serve HTTP or interpret the objects.
"""

import asyncio
import copy
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

type Item = dict[str, Any]
type Key = tuple[str, str]
"""Namespace ("" for cluster-scoped objects) and name."""

KEPT_CHANGES = 1000
"""As in the API server's watch cache, an older version is gone (410)."""
FIRST_VERSION = 500


class GoneError(Exception):
    """A resource version that is older than the log of changes."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one object: ADDED, MODIFIED or DELETED."""

    version: int
    kind: str
    resource: str
    item: Item


class Store:
    """Objects by resource (the plural name of the URL) and key."""

    def __init__(self) -> None:
        self.version = FIRST_VERSION
        self._items: dict[str, dict[Key, Item]] = {}
        self._changes: deque[Change] = deque(maxlen=KEPT_CHANGES)
        self._oldest = FIRST_VERSION
        self._changed = asyncio.Event()

    def put(self, resource: str, item: Item) -> None:
        """Store an object if it differs from the stored one; it gets a new version."""
        key = _key(item)
        stored = self._items.setdefault(resource, {})
        before = stored.get(key)
        if before is not None and _bare(before) == _bare(item):
            return
        self._log("ADDED" if before is None else "MODIFIED", resource, item)
        stored[key] = self._changes[-1].item

    def delete(self, resource: str, key: Key) -> None:
        """Delete an object, if it exists."""
        item = self._items.get(resource, {}).pop(key, None)
        if item is not None:
            self._log("DELETED", resource, item)

    def _log(self, kind: str, resource: str, item: Item) -> None:
        self.version += 1
        stored = copy.deepcopy(item)
        stored["metadata"]["resourceVersion"] = str(self.version)
        if len(self._changes) == KEPT_CHANGES:
            self._oldest = self._changes[0].version
        self._changes.append(Change(self.version, kind, resource, stored))
        self._changed.set()
        self._changed = asyncio.Event()

    def get(self, resource: str, key: Key) -> Item | None:
        """Return one object or None; callers must not change it."""
        return self._items.get(resource, {}).get(key)

    def items(self, resource: str) -> list[Item]:
        """Return a resource's objects, ordered as etcd orders them: by key."""
        stored = self._items.get(resource, {})
        return [stored[key] for key in sorted(stored)]

    def compact(self) -> None:
        """Clear the log: every earlier version is gone (410)."""
        self.version += 1
        self._changes.clear()
        self._oldest = self.version

    def check_version(self, version: int) -> None:
        """Raise GoneError for a version that is older than the log."""
        if version < self._oldest:
            raise GoneError(f"too old resource version: {version} ({self._oldest})")

    async def changes(self, resource: str, since: int) -> AsyncIterator[Change]:
        """Yield a resource's changes after a version, without end. Raises GoneError."""
        while True:
            self.check_version(since)
            waiter = self._changed
            for change in [c for c in self._changes if c.version > since]:
                since = change.version
                if change.resource == resource:
                    yield change
            if since >= self.version:
                await waiter.wait()


def _key(item: Item) -> Key:
    return item["metadata"].get("namespace", ""), item["metadata"]["name"]


def _bare(item: Item) -> Item:
    """Return the object without the resource version, which the store sets."""
    meta = {k: v for k, v in item["metadata"].items() if k != "resourceVersion"}
    return item | {"metadata": meta}
