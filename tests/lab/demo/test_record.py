"""Record: the saved events are small, and in the form that `make record` writes."""

import json
from pathlib import Path

import pytest

from lab.demo.record import trimmed
from lab.demo.rows import in_rows
from parallax.model.snapshot import Snapshot
from parallax.model.wire import decode, encode

EVENTS = Path(__file__).parents[3] / "events"
RECORDED = sorted((EVENTS / "diagnose").glob("*.json"))
MOST_LINES = 6000


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_a_recording_is_saved_trimmed_and_in_rows(path: Path) -> None:
    """Saving it again gives the same file."""
    snapshot = decode(Snapshot, json.loads(path.read_text())["snapshot"])
    saved = {"snapshot": encode(trimmed(snapshot))}
    assert path.read_text() == f"{in_rows(saved)}\n"


def test_all_recordings_can_be_reviewed() -> None:
    """They stay below a size whose diff a person can read."""
    lines = sum(len(path.read_text().splitlines()) for path in RECORDED)
    assert lines <= MOST_LINES
