"""Specification of the queue's event: `parallax.notify.event` and its schema."""

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from parallax.causes import CAUSES
from parallax.diagnose.judge import judge
from parallax.model.finding import Finding, SnapshotRef
from parallax.model.judgement import NOT_ESTABLISHED
from parallax.model.schema import finding_schema, snapshot_schema, write
from parallax.model.snapshot import Snapshot
from parallax.model.wire import decode, encode
from parallax.notify.event import LIMIT, cloud_event
from parallax.story.incident import advance
from parallax.story.rules import Rules
from tests.parallax import scenarios as s

ROOT = Path(__file__).parents[3]
SAVED = sorted(path.stem for path in (ROOT / "events" / "diagnose").glob("*.json"))
"""The lab's recordings, each file named after its cause."""
SNAPSHOTS = {name: build() for name, build in s.FAULTS.items()} | {
    NOT_ESTABLISHED: replace(s.wrong_port(), reports=(), sightings=())
}


def finding(snapshot: Snapshot) -> Finding:
    """Return the first finding of a snapshot's incident."""
    incident = advance(None, judge(snapshot), snapshot, rules=Rules())
    assert incident
    assert incident.finding
    return incident.finding


def size(event: dict[str, Any]) -> int:
    """Return the bytes of an event."""
    return len(json.dumps(event, ensure_ascii=False).encode())


@pytest.mark.parametrize("cause", SNAPSHOTS)
def test_events_follow_the_published_schema(cause: str) -> None:
    """A real finding of each cause validates, and so does its snapshot."""
    event = json.loads(json.dumps(cloud_event(finding(SNAPSHOTS[cause]))))
    Draft202012Validator(finding_schema()).validate(event)
    Draft202012Validator(snapshot_schema()).validate(event["data"]["snapshot"])
    assert event["data"]["cause"] == cause
    assert event["data"]["target"] == "platform-api"
    assert (event["data"]["class"] is None) is (cause == NOT_ESTABLISHED)
    assert "hop" in event["data"]
    assert event["dataschema"] == "urn:parallax:schema:finding:v1"
    assert finding_schema()["$id"] == event["dataschema"]
    assert snapshot_schema()["$id"] == "urn:parallax:schema:snapshot:v1"


def test_the_committed_schemas_are_what_the_model_makes(tmp_path: Path) -> None:
    """`python -m parallax.model.schema docs/schema` changes nothing."""
    write(tmp_path)
    for made in tmp_path.iterdir():
        kept = ROOT / "docs" / "schema" / made.name
        assert kept.read_text() == made.read_text()


REFERENCE = SnapshotRef(
    url=f"s3://parallax-snapshots/snapshots/2026-11-30/{'0' * 64}.json.gz",
    sha256="0" * 64,
    bytes=17_000,
)


@pytest.mark.parametrize("version", ["present", "previous"])
def test_an_event_may_refer_to_its_snapshot(version: str) -> None:
    """It is valid by the schema of today, and by one that lacks the new fields."""
    short = replace(finding(s.wrong_port()), snapshot=None, snapshot_ref=REFERENCE)
    event = json.loads(json.dumps(cloud_event(short)))
    schema = finding_schema()
    if version == "previous":
        for name in ("snapshot_ref", "snapshot_problem", "request_id"):
            del schema["properties"]["data"]["properties"][name]
    Draft202012Validator(schema).validate(event)
    assert event["data"]["snapshot"] is None
    assert event["data"]["snapshot_ref"] == asdict(REFERENCE)
    assert decode(SnapshotRef, event["data"]["snapshot_ref"]) == REFERENCE
    assert event["data"]["snapshot_problem"] is None
    assert "snapshot_trimmed" not in event["data"]
    assert size(event) < 16_384


def test_an_event_without_a_snapshot_states_why() -> None:
    """The sentence is for a person; the schema allows it."""
    problem = "The snapshot was not stored: S3 did not respond within 3 seconds."
    lost = replace(finding(s.wrong_port()), snapshot=None, snapshot_problem=problem)
    event = json.loads(json.dumps(cloud_event(lost)))
    Draft202012Validator(finding_schema()).validate(event)
    assert event["data"]["snapshot_problem"] == problem
    assert event["data"]["snapshot_ref"] is None


def test_findings_of_earlier_releases_stay_readable() -> None:
    """They contain their snapshot, and no request id."""
    saved = json.loads((ROOT / "events/notify/firing.json").read_text())["finding"]
    read = decode(Finding, saved)
    assert read.snapshot is not None
    assert (read.snapshot_ref, read.snapshot_problem, read.request_id) == (None,) * 3
    event = json.loads(json.dumps(cloud_event(read)))
    Draft202012Validator(finding_schema()).validate(event)


def test_a_large_event_loses_bodies_and_then_the_past() -> None:
    """The removed parts are listed, and the rest stays."""
    x = s.wrong_port()
    assert x.run
    fat = tuple(replace(p, body="é" * 65536) for p in x.run.probes) * 8
    event = cloud_event(finding(replace(x, run=replace(x.run, probes=fat))))
    assert size(event) <= LIMIT + 8192
    assert event["data"]["snapshot_trimmed"] == ["readings", "headers", "bodies"]
    huge = replace(x, past=x.past * 4000)
    event = cloud_event(finding(huge))
    assert event["data"]["snapshot_trimmed"][-1] == "past"
    Draft202012Validator(finding_schema()).validate(json.loads(json.dumps(event)))


def test_a_large_cluster_keeps_a_snapshot_that_judges_the_same() -> None:
    """Sixty nodes' reports are reduced, not removed."""
    x = s.wrong_port()
    reports = tuple(
        replace(report, node=f"{report.node}-{n}")
        for n in range(12)
        for report in x.reports
    )
    many = replace(x, reports=reports)
    event = cloud_event(finding(many))
    assert event["data"]["snapshot_trimmed"][0] == "readings"
    assert "all" not in event["data"]["snapshot_trimmed"]
    thinned = decode(Snapshot, event["data"]["snapshot"])
    assert judge(thinned).cause == judge(many).cause == "lb-health-check-wrong-port"


@pytest.mark.parametrize("name", SAVED)
def test_each_saved_snapshot_has_the_cause_of_its_name(name: str) -> None:
    """`events/diagnose/<cause>[-<variant>].json` can be replayed."""
    saved = json.loads((ROOT / "events" / "diagnose" / f"{name}.json").read_text())
    begun = [c.id for c in CAUSES if f"{name}-".startswith(f"{c.id}-")]
    assert judge(decode(Snapshot, saved["snapshot"])).cause == max(begun, key=len)


def test_a_snapshot_survives_the_wire() -> None:
    """Encoded and decoded, its judgement is the same."""
    x = s.wrong_port()
    assert decode(Snapshot, json.loads(json.dumps(encode(x)))) == x
