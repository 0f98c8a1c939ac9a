"""Recorded: inputs from the recordings in the repository.

In: files. Out: their bytes, or the model's values in them. It does not: damage them.
"""

import json
from functools import cache
from typing import Any

from fuzz.entry import ROOT
from parallax.model.snapshot import Snapshot
from parallax.model.stored_snapshot import decode_snapshot

CAPTURES = ROOT / "tests/captures"
EVENTS = ROOT / "events"
MOST = 12
"""Recordings of one kind; more make no other paths, and slow the start."""


@cache
def snapshot_documents() -> tuple[dict[str, Any], ...]:
    """Return the JSON of recorded snapshots, every third of them."""
    files = sorted((EVENTS / "diagnose").glob("*.json"))[::3][:MOST]
    return tuple(json.loads(file.read_bytes())["snapshot"] for file in files)


@cache
def snapshots() -> tuple[Snapshot, ...]:
    """Return recorded snapshots."""
    return tuple(decode_snapshot(document) for document in snapshot_documents())


def dumped(value: object) -> bytes:
    """Return a value as JSON."""
    return json.dumps(value).encode()
