"""Record: the saved events are small, and in the form that `make record` writes."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from lab.demo.record import _save_finding, trimmed
from lab.demo.rows import in_rows
from parallax.model.finding import Finding, Incident, State
from parallax.model.snapshot import Snapshot
from parallax.model.wire import decode, encode
from parallax.snapshots.bucket import Bucket
from tests.parallax import scenarios as s
from tests.parallax.sent_finding import FINDING

EVENTS = Path(__file__).parents[3] / "events"
RECORDED = sorted((EVENTS / "diagnose").glob("*.json"))
MOST_LINES = 200
"""Lines of a recording, on average."""


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_a_recording_is_saved_trimmed_and_in_rows(path: Path) -> None:
    """Saving it again gives the same file."""
    snapshot = decode(Snapshot, json.loads(path.read_text())["snapshot"])
    saved = {"snapshot": encode(trimmed(snapshot))}
    assert path.read_text() == f"{in_rows(saved)}\n"


def test_a_recorded_finding_contains_its_snapshot(bucket: str, tmp_path: Path) -> None:
    """The lab's bucket is gone when the file is used."""
    reference = Bucket(bucket).save(s.wrong_port())
    incident = Incident(
        id="front",
        subject="front",
        state=State.FIRING,
        since=s.NOW,
        changed_at=s.NOW,
        cause="lb-health-check-wrong-port",
        finding=replace(FINDING, snapshot_ref=reference),
    )
    path = tmp_path / "firing.json"
    _save_finding(path, incident)
    saved = decode(Finding, json.loads(path.read_text())["finding"])
    assert saved == replace(FINDING, snapshot=trimmed(s.wrong_port()))


def test_all_recordings_can_be_reviewed() -> None:
    """They stay below a size whose diff a person can read."""
    lines = sum(len(path.read_text().splitlines()) for path in RECORDED)
    assert lines <= MOST_LINES * len(RECORDED)
