"""The observer: it reports handlers that are wrong, and nothing else."""

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@cache
def _seen() -> dict[str, list[list[str]]]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.chaos.broken"],
        cwd=ROOT,
        env=dict(os.environ) | {"PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def _has(case: str, kind: str, text: str) -> bool:
    return any(found == kind and text in shown for found, shown in _seen()[case])


def test_a_stack_without_faults_has_no_violation() -> None:
    """Nothing is reported of handlers that are right."""
    assert _seen()["whole"] == []


def test_a_dropped_message_is_a_loss() -> None:
    """The chat's topic got nothing, and the function marked it as sent."""
    assert _has("sending", "loss", "chat: firing")


def test_a_mail_that_is_sent_twice_is_a_duplicate() -> None:
    """No answer was lost, so nothing explains the second mail."""
    assert _has("sending", "duplicate", "topic: ")


def test_findings_in_another_order_are_a_reordering() -> None:
    """The second finding came after the third."""
    assert _has("sending", "order", "queue: shop-a")


def test_a_mark_before_the_mail_loses_it_if_the_function_ends() -> None:
    """The function ended between the mark and the mail; no retry sends it."""
    assert _has("deciding", "loss", "topic: ")


def test_a_group_that_does_not_end_is_stuck() -> None:
    """All targets are healthy, and the last alert says that they fail."""
    assert _has("deciding", "stuck", "shop-a")


def test_a_failure_that_is_not_judged_is_a_loss() -> None:
    """A target failed for minutes, and no alert named it."""
    whole = {text for kind, text in _seen()["deciding"] if kind in {"loss", "unjudged"}}
    assert any("mail-c" in text for text in whole)
