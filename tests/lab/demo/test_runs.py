"""Specification of `lab.demo.runs`: what a played fault led to."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lab.demo.runs import Mailed, Run, keep, mailed, read, verdict
from lab.stage.inbox import Mail
from parallax.model.wire import encode
from tests.parallax import scenarios as s

API = {"api": "pod-too-slow"}
MAIL = Mailed(
    subject="api",
    cause="pod-too-slow",
    complete=True,
    failed_at="2026-11-30T20:00:00.000+00:00",
    probe=0.0,
    investigated=18.0,
    judged=18.1,
    seconds=18.2,
)


def run(fault: str = "pod-too-slow", verdict: str = "right") -> Run:
    """Return a run with one mail."""
    return Run(
        case="a", fault=fault, verdict=verdict, expected=API, named=API, mails=[MAIL]
    )


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        (API, "right"),
        ({}, "no mail"),
        ({"api": "not-established"}, "not-established"),
        ({"api": "lb-no-target"}, "wrong"),
        (API | {"front": "not-established"}, "not-established"),
        (API | {"front": "lb-no-target"}, "wrong"),
    ],
)
def test_the_worst_answer_counts(named: dict[str, str], expected: str) -> None:
    """A wrong cause is worse than none, also for a target that was not hit."""
    assert verdict(API, named) == expected


def test_a_fault_that_is_played_again_replaces_its_run(tmp_path: Path) -> None:
    """Each fault has one line; others stay."""
    for one in (run(verdict="wrong"), run("pods-not-ready"), run()):
        keep(one, tmp_path)
    kept = read("a", tmp_path)
    assert [(r.fault, r.verdict) for r in kept] == [
        ("pod-too-slow", "right"),
        ("pods-not-ready", "right"),
    ]
    assert kept[0] == run()
    assert read("b", tmp_path) == []


def test_seconds_count_from_the_first_failed_probe_to_the_targets_mail() -> None:
    """Mails about other targets, earlier and later ones do not count."""
    snapshot = s.pod_error()
    began = snapshot.failing_since
    assert began is not None
    data = {
        "target": "keybuzz-api",
        "cause": "pod-answers-error",
        "since": began.isoformat(),
        "judged_at": (began + timedelta(seconds=18)).isoformat(),
        "snapshot": encode(snapshot),
    }
    mails = [
        Mail(
            "DOWN",
            "text",
            targets=(name,),
            sent_at=began + timedelta(seconds=after),
        )
        for name, after in (
            ("keybuzz-api", -40),
            ("front", 2),
            ("keybuzz-api", 19),
            ("keybuzz-api", 90),
        )
    ]
    found = mailed({"data": data}, mails)
    assert found is not None
    assert (found.judged, found.seconds) == (18.0, 19.0)
    assert mailed({"data": data}, []) is None


def test_the_slowest_mail_is_the_runs() -> None:
    """A run without a mail has no seconds."""
    slow = replace(MAIL, seconds=30.0)
    assert replace(run(), mails=[MAIL, slow]).seconds == 30.0
    assert replace(run(), mails=[]).seconds is None
    assert datetime.fromisoformat(MAIL.failed_at).tzinfo == UTC
