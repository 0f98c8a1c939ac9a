"""Specification by example: the golden mails, and the limits of every mail."""

from collections.abc import Callable
from pathlib import Path

import pytest

from parallax.model.alert import Alert
from parallax.model.finding import NotificationReason
from parallax.notify.mail import render
from parallax.notify.mail.footer import link_line
from parallax.notify.mail.scope import count
from parallax.notify.mail.subject import LIMIT
from tests.parallax.notify.mail.drawn import (
    DRAWN,
    LINK,
    RECORDINGS,
    five_hundred,
    forty,
    recorded,
)
from tests.parallax.notify.mail.golden import FOLDER, mails, written

MAILS = mails()
LOCKED = 40
"""Characters of a subject that a locked phone shows."""
FIRST = 12
"""Lines that decide."""
LONGEST = 56
BYTES = 4000


def test_each_golden_mail_has_its_file_and_no_file_is_left_over() -> None:
    """`python -m tests.parallax.notify.mail.golden` writes them."""
    assert {path.stem for path in FOLDER.glob("*.txt")} == set(MAILS)


@pytest.mark.parametrize("name", MAILS)
def test_a_golden_mail_stays_as_it_was_reviewed(name: str) -> None:
    """A change of a text is read in its file before it is sent."""
    expected = (FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    assert written(MAILS[name]) == expected


@pytest.mark.parametrize("name", DRAWN)
def test_a_drawn_group_keeps_the_limits(name: str) -> None:
    """Also with 500 targets, 40 places and 30 labels."""
    check(DRAWN[name]())


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
def test_a_recorded_mail_keeps_the_limits(path: Path) -> None:
    """Each run of the lab whose failure is confirmed."""
    alert = recorded(path)
    if alert is None:
        pytest.skip("the recorded failure alarms nobody")
    check(alert)


def check(alert: Alert) -> None:
    """Check the lengths, and what stands in the first lines."""
    mail = render(alert, LINK)
    lines = mail.body.splitlines()
    assert len(mail.subject) <= LIMIT
    assert scope(alert) in mail.subject[:LOCKED]
    assert link_line(LINK) in lines[:FIRST]
    assert len(lines) <= LONGEST
    assert len(mail.body.encode()) <= BYTES
    first = alert.finding.next_steps[:1]
    ended = (NotificationReason.RESOLVED, NotificationReason.MERGED)
    if alert.turn not in ended and first:
        assert (first[0].command or first[0].text) in lines[:FIRST]
    if not alert.finding.class_ or alert.turn is NotificationReason.RESOLVED:
        return
    text = "PARALLAX IS BLIND" if alert.finding.hop == "monitor" else "CAUSE ("
    assert any(line.startswith(text) for line in lines[:FIRST])


def scope(alert: Alert) -> str:
    """Return what a locked phone must show: the target, or how many."""
    joint = count(alert) > 1 and alert.turn is not NotificationReason.MERGED
    return f"{count(alert)} " if joint else alert.finding.target


@pytest.mark.parametrize("draw", [forty, five_hundred])
def test_a_large_group_makes_no_longer_mail_than_a_small_one(
    draw: Callable[[], Alert],
) -> None:
    """The other targets are counted."""
    few = len(render(DRAWN["two"]()).body.splitlines())
    assert len(render(draw()).body.splitlines()) <= few + 4


def test_a_mail_without_a_link_has_no_line_for_it() -> None:
    """A stack without the report has no page to lead to."""
    assert "Incident (see" not in render(DRAWN["two"]()).body
