"""Specification of the mail's paragraphs: `parallax.notify.paragraph`."""

from datetime import UTC, datetime, timedelta

import pytest

from parallax.notify.paragraph import WIDTH, bullets, fill, hung, minute, span, stacked


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


def test_lines_keep_the_width_and_names_are_not_broken() -> None:
    """All lines have the same indentation; a URL is never broken."""
    url = "https://platform-api.keybuzz.io/" + "x" * 90
    lines = hung("  - ", f"{'word ' * 20}{url}").splitlines()
    assert all(len(line) <= WIDTH for line in lines if "http" not in line)
    assert all(line.startswith("    ") for line in lines[1:])
    assert url in fill(url)


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
    assert fill(text) == expected


def test_a_minute_has_its_date_on_another_day() -> None:
    """A proof of yesterday must not look like one of today."""
    at = datetime(2025, 11, 20, 23, 59, 58, tzinfo=UTC)
    assert minute(at, at) == "23:59 UTC"
    assert minute(at, at + timedelta(hours=1)) == "2025-11-20 23:59 UTC"


def test_empty_parts_leave_no_empty_line() -> None:
    """Empty parts are skipped."""
    assert stacked("a", "", "b") == "a\nb"
