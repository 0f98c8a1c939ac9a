"""Of every kind of alert the page has all that the finding has."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from parallax.model.alert import Alert
from parallax.model.finding import ENDS
from parallax.model.judgement import NextStep
from parallax.report.page import incident_page
from parallax.report.path import page_words
from parallax.report.standing import Standing
from tests.parallax.notify.mail.drawn import DRAWN
from tests.parallax.report.html_tree import Page


def words(text: str) -> str:
    """Return a text with single spaces, and without backticks.

    The page may break lines elsewhere, and shows code as an element.
    """
    return " ".join(text.replace("`", "").split())


def of_step(step: NextStep) -> Iterator[str]:
    """Yield what a step states."""
    yield step.text
    if step.command:
        yield from (step.command, step.way_back or "")


def stated(alert: Alert) -> Iterator[str]:
    """Yield the texts of the alert that a reader must find."""
    finding = alert.finding
    steps = () if alert.turn in ENDS else finding.next_steps
    for step in steps:
        yield from of_step(step)
    for one in finding.assessments:
        yield from (one.cause, *(one.missing or one.evidence), one.hidden_by or "")
    for seen in finding.path:
        sides = (page_words(side.text) for side in (seen.outside, seen.inside) if side)
        yield from (seen.seen, *sides)
    for moment in finding.timeline:
        yield moment.text
    yield from (alert.group, finding.id, finding.runbook or "")


@pytest.mark.parametrize("name", DRAWN)
def test_the_page_has_all_that_the_finding_has(name: str) -> None:
    """In well-formed HTML, without its snapshot."""
    alert = DRAWN[name]()
    standing = Standing(alert=alert, group=None, mute=None, now=alert.at)
    read = Page(incident_page(standing, alert.at + timedelta(days=14)))
    assert read.problems == []
    shown = words("".join(read.texts))
    for text in stated(alert):
        assert words(text) in shown, text
