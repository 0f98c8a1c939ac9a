"""Cluster: objects of the Kubernetes API, and what `ingest` answers an agent.

In: objects that a real API server served. Out: the entries of a watch's lines, of a
target's whole reading, and of the instructions. It does not: call the API.

An API server checks an object against its schema, so the values change and keep their
types in the reading's entry; a watch must survive any line.
"""

import json
from datetime import UTC, datetime
from typing import Any, cast

from fuzz.entries.recorded import dumped
from fuzz.entry import ROOT, Entry, Kind
from parallax.model.target import Target
from parallax.model.wire import Json
from parallax_agent.push.instructions import knows_no_v2, read_instructions
from parallax_agent.read.target_path import read_path
from parallax_agent.watch.reflector import Reflector, _key
from parallax_agent.watch.resources import RESOURCES, WatchSpec, prune

RECORDED = ROOT / "tests/agent/recorded/all-ready"
LISTS = ("daemonsets", "endpointslices", "ingressclasses", "ingresses", "nodes",
         "pods", "services")  # fmt: skip
NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
TARGET = Target(name="api", url="https://platform-api.keybuzz.io/")


class _Shelf:
    """Lists of objects that the caches of watches hold, cut down as they do it."""

    def __init__(self, lists: dict[str, list[Json]]) -> None:
        self._lists = lists
        self.problems: dict[str, str] = {}

    def prefetch(self, _wanted: object) -> None:
        """Have everything already."""

    def items(self, resource: str, namespace: str | None) -> list[Json] | None:
        """Return the objects that have a name, as the cache holds them."""
        found: dict[Any, Json] = {}
        for item in self._lists.get(resource, []):
            key = _key(item)
            if key and namespace in {None, key[0]}:
                found[key] = prune(item, RESOURCES[resource].shape)
        return list(found.values())

    on_demand = items

    def lacks_group(self, _group: str) -> bool:
        """Say that the API has every group."""
        return False

    def config_map(self, _namespace: str, _name: str) -> dict[str, str] | None:
        """Return an empty ConfigMap."""
        return {}


def _read(data: bytes) -> None:
    shelf = _Shelf(json.loads(data))
    read_path(TARGET, cast("Any", shelf), node="worker-01", now=NOW)


def _cluster() -> list[bytes]:
    lists = {
        name: json.loads((RECORDED / f"{name}.json").read_bytes())["items"][:4]
        for name in LISTS
    }
    return [dumped(lists)]


def _watch() -> list[bytes]:
    lists = json.loads(_cluster()[0])
    return [
        b"\n".join(dumped({"type": kind, "object": item}) for item in items[:2])
        for items in lists.values()
        for kind in ("ADDED", "DELETED", "ERROR")
    ]


class WatchEndedError(Exception):
    """The error that `Reflector.run` catches; the list is read again."""


def _line(data: bytes) -> None:
    reflector = Reflector(cast("Any", None), WatchSpec("pods", "a"))
    for line in data.splitlines():
        try:
            reflector._apply(json.loads(line))
        except Exception as error:  # noqa: BLE001 - as `run` does
            reflector._handle_failure(error)


def _instructions(data: bytes) -> None:
    read_instructions(data)
    knows_no_v2(data)


ANSWER = {
    "message": "stored 1",
    "next_seconds": 30,
    "full": ["api"],
    "interval_seconds": 15,
    "intervals": {"api": 5},
    "readings": ["0" * 64],
}
ENTRIES = (
    Entry(name="cluster-objects", seeds=_cluster, call=_read, kind=Kind.TYPED, share=2),
    Entry(name="watch-line", seeds=_watch, call=_line, share=4),
    Entry(
        name="instructions",
        seeds=lambda: [dumped(ANSWER), dumped({"message": "unknown schema 'v2'"})],
        call=_instructions,
        kind=Kind.JSON,
        share=40,
    ),
)
