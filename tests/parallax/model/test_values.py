"""Values that nothing can use or store, and the snapshots that have them."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from parallax.diagnose.judge import judge
from parallax.evidence.balancer import same_address
from parallax.model.probe import Phases
from parallax.model.stored_snapshot import decode_snapshot
from parallax.model.values import LARGEST, value_problems

RECORDED = Path(__file__).resolve().parents[3] / "events/diagnose/pods-not-ready.json"


@pytest.fixture
def document() -> dict[str, Any]:
    """Return a recorded snapshot's JSON."""
    return json.loads(RECORDED.read_bytes())["snapshot"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (datetime(2026, 1, 1), "a time with a time zone"),  # noqa: DTZ001 - that is the fault
        (datetime(1, 1, 1, tzinfo=UTC), "a year from 1970 to 2199"),
        (float("nan"), "a finite number"),
        (LARGEST * 2, "a number up to 10,000,000,000"),
        ("\ud800", "text without half of a surrogate pair"),
    ],
)
def test_each_value_that_cannot_be_used_is_named(value: object, expected: str) -> None:
    """With the path of its field."""
    assert list(value_problems((value,))) == [f"0: expected {expected}"]


def test_ordinary_values_are_no_problem() -> None:
    """To any depth."""
    assert not list(value_problems((Phases(connect=0.1), datetime.now(UTC), "a", 1)))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("taken_at", "2026-11-27T04:33:47"),
        ("taken_at", "0001-01-01T00:00:00Z"),
        ("failing_since", "9999-12-31T23:59:59Z"),
        ("settle_seconds", 1e300),
    ],
)
def test_a_snapshot_with_such_a_value_is_refused(
    document: dict[str, Any], field: str, value: object
) -> None:
    """In words that name the field, instead of an error of the judging."""
    with pytest.raises(ValueError, match=field):
        decode_snapshot(document | {field: value})


def test_a_run_without_probes_is_refused(document: dict[str, Any]) -> None:
    """No run of ours is without its first one."""
    run = document["run"] | {"probes": []}
    with pytest.raises(ValueError, match="at least one probe"):
        decode_snapshot(document | {"run": run})


def test_an_address_that_is_none_ends_no_judgement(document: dict[str, Any]) -> None:
    """An agent's key holder may report any text as a node's address."""
    snapshot = decode_snapshot(document)
    reports = tuple(
        replace(
            report,
            reading=report.reading
            and replace(
                report.reading,
                nodes=tuple(
                    replace(node, internal_ip="no address")
                    for node in report.reading.nodes or ()
                ),
            ),
            probes=tuple(replace(p, peer_address="none") for p in report.probes),
        )
        for report in snapshot.reports
    )
    assert judge(replace(snapshot, reports=reports)).symptom
    assert same_address("x", "x")
    assert not same_address("x", "::1")
