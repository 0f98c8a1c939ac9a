"""Specification by reported cases: snapshots made from public reports of incidents.

A case is a snapshot, `verdicts/<name>.json`, and its lesson, `verdicts/<name>.yaml`:
`why` in words, `source` (the public reports), `accept` (the causes that may be named;
`not-established` and `none` are causes here), and regular expressions that the mail
must (`says`) or must not (`says_not`) match. The mail is read without its line breaks.
"""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from parallax.cli.saved_snapshot import read_snapshot
from parallax.diagnose.judge import judge
from parallax.model.snapshot import Snapshot
from parallax.story.incident import advance
from parallax.story.rules import Rules
from tests.parallax.rendered import mail_of

FOLDER = Path(__file__).parent / "verdicts"
NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))


def lesson(name: str) -> dict[str, Any]:
    """Return what a case teaches."""
    return yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))


def snapshot(name: str) -> Snapshot:
    """Return a case's snapshot, as `parallax judge` reads it."""
    return read_snapshot(str(FOLDER / f"{name}.json"))


def mail(saved: Snapshot) -> str:
    """Return the subject and body of the incident's first mail, in one line."""
    settled = Rules(settle_seconds=saved.settle_seconds)
    incident = advance(None, judge(saved), saved, rules=settled)
    if incident is None or incident.finding is None:
        return ""
    sent = mail_of(incident.finding)
    return " ".join(f"{sent.subject}\n{sent.body}".split())


@pytest.mark.parametrize("name", NAMES)
def test_a_reported_case_is_judged_as_it_teaches(name: str) -> None:
    """The named cause is one that the case accepts."""
    case = lesson(name)
    assert judge(snapshot(name)).cause in case["accept"], case["why"]


@pytest.mark.parametrize("name", NAMES)
def test_the_mail_states_what_was_seen(name: str) -> None:
    """It holds the clue, and no sentence that the evidence does not carry."""
    case, text = lesson(name), mail(snapshot(name))
    for clue in case.get("says", ()):
        assert re.search(clue, text), (clue, text)
    for claim in case.get("says_not", ()):
        assert not re.search(claim, text), (claim, text)
