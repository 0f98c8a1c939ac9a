"""Snapshots: those that a person, S3 or an older version hands over.

In: recorded snapshots, plain and stored. Out: the entries of decoding, and of judging
what was decoded. It does not: download.
"""

import json

from fuzz.entries.recorded import dumped, snapshot_documents, snapshots
from fuzz.entry import Entry, Kind
from parallax.model.snapshot import Snapshot
from parallax.model.stored_snapshot import decode_snapshot, stored
from parallax.model.wire import encode
from parallax.notify.replay import replay


def _documents() -> list[bytes]:
    plain = [dumped(document) for document in snapshot_documents()[:5]]
    return plain + [dumped(encode(stored(one))) for one in snapshots()[:5]]


def _decoded(data: bytes) -> Snapshot | None:
    document = json.loads(data)
    return decode_snapshot(document) if isinstance(document, dict) else None


def _decode(data: bytes) -> None:
    _decoded(data)


def _judge(data: bytes) -> None:
    try:
        snapshot = _decoded(data)
    except (ValueError, RecursionError):
        return
    if snapshot is not None:
        replay(snapshot)


ENTRIES = (
    Entry(
        name="snapshot",
        seeds=_documents,
        call=_decode,
        allowed=(ValueError, RecursionError),
        kind=Kind.JSON,
        share=3,
    ),
    Entry(name="judged", seeds=_documents, call=_judge, kind=Kind.TYPED, share=1),
)
