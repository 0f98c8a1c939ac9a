"""Specification: a finding names only what its own snapshot proves when judged alone.

Each recording and drawn case is played as an incident is lived: the bare first probe,
the investigation, and the same once all agents are silent. See docs/decisions/0017.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest

from bench.accuracy.cases import cases
from bench.accuracy.recorded import recorded
from bench.accuracy.verdicts import snapshot_of
from parallax.cli.saved_snapshot import read_snapshot
from parallax.diagnose.judge import judge
from parallax.model.finding import Finding
from parallax.model.judgement import NOT_ESTABLISHED
from parallax.model.snapshot import Snapshot
from parallax.story.incident import advance
from parallax.story.rules import Rules

RULES = Rules(settle_seconds=0, reminder_seconds=60)
DRAWN = 120


def lived(snapshot: Snapshot) -> Iterator[Snapshot]:
    """Yield what an incident judges one after the other, until this snapshot is old."""
    now, run = snapshot.taken_at, snapshot.run
    if run is not None:
        early = now - timedelta(seconds=1)
        first = replace(run, probes=run.probes[:1])
        yield replace(snapshot, run=first, sightings=(), taken_at=early)
    yield snapshot
    yield replace(snapshot, taken_at=now + timedelta(seconds=61), reports=())
    blind = replace(snapshot, reports=(), balancer=None, sightings=())
    yield replace(blind, taken_at=now + timedelta(seconds=62))


def findings(snapshot: Snapshot) -> Iterator[Finding]:
    """Yield every finding of the incident that these snapshots make."""
    incident = None
    for moment in lived(snapshot):
        before = incident.number if incident else 0
        incident = advance(incident, judge(moment), moment, rules=RULES)
        if incident and incident.finding and incident.number > before:
            yield incident.finding


@cache
def situations() -> dict[str, Snapshot]:
    """Return the recordings and the drawn cases by id."""
    found = {run.id: run.snapshot for run in recorded()}
    found |= {case.id: snapshot_of(case) for case in cases("replay", DRAWN)}
    return found


@pytest.mark.parametrize("name", sorted(situations()))
def test_no_finding_names_what_its_own_snapshot_does_not_show(name: str) -> None:
    """Judged again, the snapshot of each failing finding gives the same cause."""
    for finding in findings(situations()[name]):
        assert finding.snapshot
        again = judge(finding.snapshot)
        if finding.state != "resolved" and again.cause != "none":
            assert finding.cause == again.cause


def test_a_finding_that_was_mailed_with_a_kept_cause_gets_none_now() -> None:
    """A lab run: its first probe suggested all nodes, and 8 of 11 users were served."""
    path = Path(__file__).parent / "incidents" / "kept-firewall.json"
    mailed = json.loads(path.read_text(encoding="utf-8"))["data"]
    assert mailed["cause"] == "node-firewall-blocks-load-balancer"
    own = read_snapshot(str(path))
    assert judge(own).cause == NOT_ESTABLISHED
    for finding in findings(own):
        assert finding.cause == NOT_ESTABLISHED
        assert finding.proof is None
