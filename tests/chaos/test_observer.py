"""The observer: it reports handlers that are wrong, and nothing else."""

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

from chaos.observer import KINDS

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
    assert _has("deciding", "loss", "mail-c: no alert")


def test_a_push_that_no_judgement_reads_is_reported() -> None:
    """Agents reported what they saw of the target."""
    assert _has("showing", "unjudged", "shop-a")


def test_a_button_that_does_nothing_is_reported() -> None:
    """The page accepted it, and the next page does not show it."""
    assert _has("showing", "act", "was accepted, and is not shown")


def test_what_is_not_done_again_after_all_faults_is_reported() -> None:
    """The uptime is not counted, and its dead letters cannot be replayed."""
    assert _has("showing", "stale", "uptime")
    assert _has("showing", "loss", "letter diagnose")


def test_a_target_whose_refusal_delays_another_one_is_reported() -> None:
    """All faults were about one target; the mail of the other one came late."""
    assert _has("target", "late", "topic: first alert of pay-d")


def test_a_channel_whose_refusal_delays_another_one_is_reported() -> None:
    """All faults were about the chat; mails came late."""
    assert _has("channel", "late", "topic: first alert of")


def test_every_invariant_is_broken_by_one_of_these() -> None:
    """A new one needs a handler that breaks it."""
    found = {kind for case in _seen().values() for kind, *_ in case}
    assert set(KINDS) <= found


def test_a_list_of_faults_plays_a_case_again() -> None:
    """The same violations, from the number of each step and the kind of its fault."""
    assert _seen()["again"] == _seen()["deciding"]


def test_the_search_finds_one_of_many() -> None:
    """The other six are left out, in halves and smaller parts."""
    (count,), *left = _seen()["searched"]
    assert int(count) == 7
    assert left == [["request:kill-before", "topic"]]
