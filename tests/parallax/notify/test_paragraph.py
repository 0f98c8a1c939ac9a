"""Specification of the mail's paragraphs: `parallax.notify.paragraph`."""

from datetime import UTC, datetime, timedelta

import pytest

from parallax.notify.paragraph import (
    bullets,
    minute,
    paragraph,
    second,
    sentence,
    span,
    stacked,
)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (-5, "0 s"),
        (45, "45 s"),
        (720, "12 min"),
        (11100, "3 h 5 min"),
        (187200, "2 d 4 h"),
    ],
)
def test_a_duration_has_two_units_at_most(seconds: int, expected: str) -> None:
    """A negative duration, of a clock that was set back, is zero."""
    assert span(timedelta(seconds=seconds)) == expected


def test_a_paragraph_is_one_line() -> None:
    """The reader's program wraps it; a line break in a text begins no line."""
    assert paragraph("one\n  two\tthree") == "one two three"
    url = "https://platform-api.keybuzz.io/" + "x" * 90
    assert bullets("Seen", [f"{'word ' * 20}{url}\nINJECTED"]).count("\n") == 1


def test_a_sentence_ends_once_and_keeps_its_first_letter() -> None:
    """A name at the beginning is case-sensitive."""
    assert sentence("shop-lb has no target") == "shop-lb has no target."
    assert sentence("Is it?") == "Is it?"


def test_an_empty_list_is_nothing() -> None:
    """No title without entries."""
    assert bullets("Ruled out", ()) == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Who is it.. Nobody..", "Who is it. Nobody."),
        ("Purge https://x/a/../b and wait...", "Purge https://x/a/../b and wait..."),
        ("cd /srv/..", "cd /srv/.."),
    ],
)
def test_only_a_sentence_that_ends_twice_loses_a_full_stop(
    text: str, expected: str
) -> None:
    """A path and three dots stay."""
    assert paragraph(text) == expected


def test_a_minute_has_its_date_on_another_day() -> None:
    """A proof of yesterday must not look like one of today."""
    at = datetime(2025, 11, 20, 23, 59, 58, tzinfo=UTC)
    assert minute(at, at) == "23:59 UTC"
    assert minute(at, at + timedelta(hours=1)) == "2025-11-20 23:59 UTC"
    assert second(at, at) == "23:59:58"
    assert second(at, at + timedelta(hours=1)) == "2025-11-20 23:59:58"


def test_empty_parts_leave_no_empty_line() -> None:
    """Empty parts are skipped."""
    assert stacked("a", "", "b") == "a\nb"
