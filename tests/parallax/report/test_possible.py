"""What remains possible without a cause: how many, and the first of them."""

from dataclasses import replace

from parallax.model.judgement import (
    NOT_ESTABLISHED,
    Answer,
    Assessment,
    Candidate,
    Lead,
)
from parallax.report.possible import possible
from tests.parallax.open_group import ALERT

UNKNOWN = tuple(
    Assessment(cause=f"cause-{n}", answer=Answer.UNKNOWN, missing=("no report",))
    for n in range(36)
)


def text(*missing: str) -> str:
    """Return the part with a candidate for each text that is missing."""
    some = tuple(
        Candidate(cause=f"cause-{n}", title=f"Title {n}", missing=(one,))
        for n, one in enumerate(missing)
    )
    lead = Lead(observation="503", candidates=some)
    finding = replace(
        ALERT.finding, cause=NOT_ESTABLISHED, lead=lead, assessments=UNKNOWN
    )
    part = possible(finding)
    return "" if part is None else " ".join(part.itertext())


def test_the_title_says_how_many_are_not_shown() -> None:
    """Three of 36 are not all."""
    assert text("a", "b", "c").startswith("Still possible: 36; the first three:")


def test_what_all_lack_is_stated_once() -> None:
    """And what each lacks beside it, if that differs."""
    assert text("a log", "a log").count("Missing: a log.") == 1
    different = text("a log", "whether a node is down")
    assert "Missing: a log." in different
    assert "Not known: whether a node is down." in different


def test_an_established_cause_leaves_nothing_possible() -> None:
    """Nor does a judgement without candidates."""
    assert possible(ALERT.finding) is None
    assert text() == ""
