"""Watch: changes as a stream of JSON lines, with bookmarks and 410.

In: a request, the store, the request's selection. Out: a streamed response.
It does not: end before the client does, or before `timeoutSeconds`.
Source: Kubernetes API concepts, "Efficient detection of changes"; a version that
is gone is an ERROR event inside a 200, as in the watch cache of 1.36.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

from aiohttp import web

from lab.inside.kubernetes.answers import status
from lab.inside.kubernetes.store import Change, GoneError, Item, Key, Store

BOOKMARK_SECONDS = 10.0
LONGEST_SECONDS = 1800.0
YES = {"true", "1"}

type Matches = Callable[[web.Request, Item], bool]


async def watch(
    request: web.Request, store: Store, resource: str, empty: Item, matches: Matches
) -> web.StreamResponse:
    """Respond to a watch; `empty` is an object of the kind without content."""
    stream = web.StreamResponse(headers={"Content-Type": "application/json"})
    await stream.prepare(request)
    seconds = float(request.query.get("timeoutSeconds") or LONGEST_SECONDS)
    lock = asyncio.Lock()

    async def send(kind: str, item: Item) -> None:
        async with lock:
            line = json.dumps({"type": kind, "object": item}) + "\n"
            await stream.write(line.encode())

    async def send_bookmarks() -> None:
        while request.query.get("allowWatchBookmarks") in YES:
            await asyncio.sleep(BOOKMARK_SECONDS)
            await send("BOOKMARK", _bookmark(empty, store.version))

    bookmarks = asyncio.create_task(send_bookmarks())
    try:
        with contextlib.suppress(TimeoutError, ConnectionError):
            async with asyncio.timeout(seconds):
                async for kind, item in _events(
                    request, store, resource, empty, matches
                ):
                    await send(kind, item)
    finally:
        bookmarks.cancel()
        await asyncio.gather(bookmarks, return_exceptions=True)
    return stream


async def _events(
    request: web.Request, store: Store, resource: str, empty: Item, matches: Matches
) -> AsyncIterator[tuple[str, Item]]:
    """Yield the present objects (unless a version was given), then the changes."""
    version = request.query.get("resourceVersion") or "0"
    initial = request.query.get("sendInitialEvents") in YES
    since = store.version if version == "0" or initial else int(version)
    present = [i for i in store.items(resource) if matches(request, i)]
    known = {_key(i) for i in present}
    if version == "0" or initial:
        for item in present:
            yield "ADDED", item
    if initial:
        end = {"k8s.io/initial-events-end": "true"}
        yield "BOOKMARK", _bookmark(empty, since, end)
    try:
        async for change in store.changes(resource, since):
            kind = _event_type(change, known, is_match=matches(request, change.item))
            if kind:
                yield kind, change.item
    except GoneError as error:
        yield "ERROR", status(410, "Expired", str(error))


def _event_type(change: Change, known: set[Key], *, is_match: bool) -> str | None:
    """Return the event type that a watch gets for a change; None: no event."""
    key = _key(change.item)
    if change.kind == "DELETED" or not is_match:
        seen = key in known or (change.kind == "DELETED" and is_match)
        known.discard(key)
        return "DELETED" if seen else None
    kind = "MODIFIED" if key in known and change.kind != "ADDED" else "ADDED"
    known.add(key)
    return kind


def _bookmark(
    empty: Item, version: int, annotations: dict[str, Any] | None = None
) -> Item:
    meta: dict[str, Any] = {"resourceVersion": str(version)}
    return empty | {
        "metadata": meta | ({"annotations": annotations} if annotations else {})
    }


def _key(item: Item) -> Key:
    return item["metadata"].get("namespace", ""), item["metadata"]["name"]
