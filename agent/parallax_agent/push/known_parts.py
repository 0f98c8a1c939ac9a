"""Known parts: which parts of readings `ingest` has, and which it asked for.

In: pushes that are sent, and what `ingest` answered. Out: the parts to send with a
push. It does not: send, or remember anything after the process ends.

A part goes with the first report that refers to it, and again when `ingest` lacks it.
A heartbeat refers to the list of nodes without sending it: one of all agents sends it
when `ingest` requests it.
"""

import threading
from collections import OrderedDict
from collections.abc import Collection, Iterator

from parallax.model.push import Push, ReadingPart

MOST = 4096
"""Digests that are remembered as stored; each has 32 characters."""
KEPT_PARTS = 64
"""Parts that are kept at least; `ingest` requests a part within seconds."""


class KnownParts:
    """The parts of one process; one thread adds them, another sends."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._parts: OrderedDict[str, ReadingPart] = OrderedDict()
        self._stored: OrderedDict[str, None] = OrderedDict()
        self._wanted: frozenset[str] = frozenset()

    def remember(self, parts: Collection[ReadingPart]) -> None:
        """Keep the parts of a push, for as long as `ingest` may ask for them."""
        with self._lock:
            for one in parts:
                self._parts[one.digest] = one
                self._parts.move_to_end(one.digest)
            while len(self._parts) > max(KEPT_PARTS, 2 * len(parts)):
                self._parts.popitem(last=False)

    def needed(self, push: Push) -> tuple[ReadingPart, ...]:
        """Return the parts to send with a push."""
        referred = set(_of_reports(push))
        digests = (referred - self._stored.keys()) | self._wanted
        with self._lock:
            every = {**self._parts, **{part.digest: part for part in push.readings}}
        return tuple(part for digest, part in every.items() if digest in digests)

    def note(
        self, push: Push, sent: Collection[ReadingPart], lacking: Collection[str]
    ) -> None:
        """Record that a push was stored with these parts, and what `ingest` lacks."""
        named = {*_of_reports(push), *(part.digest for part in sent)}
        if push.heartbeat and push.heartbeat.nodes:
            named.add(push.heartbeat.nodes)
        for digest in named:
            self._stored[digest] = None
            self._stored.move_to_end(digest)
        for digest in lacking:
            self._stored.pop(digest, None)
        with self._lock:
            wanted = self._wanted - {part.digest for part in sent} | set(lacking)
            self._wanted = frozenset(wanted & self._parts.keys())
        while len(self._stored) > MOST:
            self._stored.popitem(last=False)


def _of_reports(push: Push) -> Iterator[str]:
    for report in push.reports:
        ref = report.reading_ref
        if ref is not None:
            yield ref.target
            if ref.nodes is not None:
                yield ref.nodes
