"""Specification of the windows that `parallax targets` shows."""

from datetime import UTC, datetime, timedelta

import pytest

from parallax.cli.window_lines import window_lines
from parallax.model.target import Maintenance, Recurring, Target

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def line(window: Maintenance | Recurring) -> str:
    """Return the line of a target's only window."""
    once = (window,) if isinstance(window, Maintenance) else ()
    again = (window,) if isinstance(window, Recurring) else ()
    target = Target(
        name="a", url="https://a.example/", maintenance=once, recurring=again
    )
    (shown,) = window_lines(target, NOW)
    return shown


@pytest.mark.parametrize(
    ("hours", "state"),
    [(0, "; open now"), (1, ""), (-1, "; open now"), (-2, "; over"), (-3, "; over")],
)
def test_a_window_with_two_instants_is_over_open_or_to_come(
    hours: int, state: str
) -> None:
    """It lasts two hours."""
    starts = NOW + hours * HOUR
    shown = line(Maintenance(starts_at=starts, ends_at=starts + 2 * HOUR, reason="new"))
    text = f"{starts:%Y-%m-%d %H:%M} UTC to {starts + 2 * HOUR:%Y-%m-%d %H:%M} UTC: new"
    assert shown == text + state


@pytest.mark.parametrize(
    ("rule", "shown"),
    [
        (
            Recurring(
                weekdays=(5,),
                begins=1320,
                ends=240,
                time_zone="Europe/Berlin",
                reason="b",
            ),
            "saturday 22:00 to 04:00 Europe/Berlin: b; next 2026-12-05 22:00 CET",
        ),
        (
            Recurring(begins=0, ends=1440, time_zone="UTC", reason="r"),
            "daily 00:00 to 24:00 UTC: r; open until 2026-12-01 00:00 UTC",
        ),
        (
            Recurring(
                weekdays=(4,),
                days_of_month=(4,),
                begins=0,
                ends=60,
                time_zone="UTC",
                reason="r",
            ),
            "friday on day 4 of the month 00:00 to 01:00 UTC: r; next 2026-12-04 00:00 UTC",  # noqa: E501
        ),
    ],
)
def test_a_recurring_window_has_its_end_or_its_next_begin(
    rule: Recurring, shown: str
) -> None:
    """In its own time zone."""
    assert line(rule) == shown
