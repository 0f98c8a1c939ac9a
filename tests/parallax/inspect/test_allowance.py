"""The calls that are still allowed: a budget of our own, and the project's rest."""

from datetime import UTC, datetime, timedelta

import pytest
from requests import Response

from parallax.inspect.allowance import Allowance

START = datetime(2025, 11, 20, 12, 0, tzinfo=UTC)


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        """Return the current time of the clock."""
        return self.now

    def pass_by(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)


def answer(status: int = 200, **headers: object) -> Response:
    """Make an answer with the API's three headers."""
    made = Response()
    made.status_code = status
    for name, value in headers.items():
        made.headers[f"RateLimit-{name}"] = str(value)
    return made


@pytest.fixture
def clock() -> Clock:
    """Return a clock that does not advance."""
    return Clock()


def test_no_hour_holds_more_calls_than_its_budget(clock: Clock) -> None:
    """Asking whenever it may, from the first second to the last, stays within."""
    allowance = Allowance(600, clock)
    for _ in range(3600):
        if allowance.closed(1) is None:
            allowance.note(answer())
        clock.pass_by(1)
    assert 590 <= allowance.calls <= 600


def test_a_used_budget_states_when_the_next_reading_is(clock: Clock) -> None:
    """And at that time it does."""
    allowance = Allowance(600, clock)
    for _ in range(100):
        allowance.note(answer())
    assert allowance.closed(4) == (
        "Parallax's own budget of 600 calls per hour is used up;"
        " next reading at 12:00:29 UTC"
    )
    clock.pass_by(29)
    assert allowance.closed(4) is None


def test_calls_per_reading_of_more_calls_than_the_burst_is_made(clock: Clock) -> None:
    """A large project is read less often, and not never."""
    assert Allowance(60, clock).closed(50) is None


def test_the_cluster_s_share_is_left_alone(clock: Clock) -> None:
    """Below a fifth no call is made until a fifth is available again."""
    allowance = Allowance(600, clock)
    reset = int(START.timestamp()) + 3240
    allowance.note(answer(Limit=3600, Remaining=720, Reset=reset))
    assert allowance.closed(4) is None
    allowance.note(answer(Limit=3600, Remaining=360, Reset=reset))
    assert allowance.remaining == 360
    assert "the project has 360 of 3600 calls per hour left" in str(allowance.closed(4))
    assert "12:06:01" in str(allowance.closed(4))
    clock.pass_by(361)
    assert allowance.closed(4) is None


def test_a_reset_that_comes_sooner_is_taken(clock: Clock) -> None:
    """All is there at the reset."""
    allowance = Allowance(600, clock)
    reset = int(START.timestamp()) + 5
    allowance.note(answer(429, Limit=3600, Remaining=0, Reset=reset))
    assert "12:00:06" in str(allowance.closed(4))
    clock.pass_by(5)
    assert allowance.closed(4) is None


def test_refusals_without_a_time_are_backed_off_from(clock: Clock) -> None:
    """A minute, then two, to a quarter of an hour; an answer ends it."""
    allowance = Allowance(600, clock)
    seen: list[str] = []
    for _ in range(3):
        allowance.note(answer(429))
        seen.append(str(allowance.closed(4))[-12:])
    assert seen == ["12:01:01 UTC", "12:02:01 UTC", "12:04:01 UTC"]
    for _ in range(20):
        allowance.note(answer(429))
    assert "12:15:01" in str(allowance.closed(4))
    allowance.note(answer())
    assert allowance.closed(4) is None


@pytest.mark.parametrize("status", [200, 429])
def test_a_reset_that_is_always_a_moment_ahead_is_backed_off_from(
    clock: Clock, status: int
) -> None:
    """A clock that differs must not allow a reading at every event."""
    allowance, asked = Allowance(600, clock), 0
    for _ in range(720):
        if allowance.closed(4) is None:
            asked += 1
            soon = int(clock.now.timestamp()) + 1
            allowance.note(answer(status, Limit=3600, Remaining=10, Reset=soon))
        clock.pass_by(5)
    assert 5 <= asked <= 9


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("300", "12:05:01"),
        ("5", "12:01:01"),
        ("9" * 30, "13:00:01"),
        ("Thu, 20 Nov 2025 12:30:00 GMT", "12:01:01"),
    ],
)
def test_a_refusal_that_names_its_seconds_is_obeyed(
    clock: Clock, text: str, until: str
) -> None:
    """Never for less than the back-off, never for more than an hour."""
    allowance = Allowance(600, clock)
    refusal = answer(429)
    refusal.headers["Retry-After"] = text
    allowance.note(refusal)
    assert until in str(allowance.closed(4))


@pytest.mark.parametrize("odd", ["", "soon", "-1", "1e9", "9" * 30])
def test_headers_of_another_shape_close_nothing(clock: Clock, odd: str) -> None:
    """A header that cannot be read is ignored."""
    allowance = Allowance(600, clock)
    allowance.note(answer(Limit=odd, Remaining=odd, Reset=odd))
    assert allowance.closed(4) is None


def test_a_clock_that_jumps_back_gives_nothing_away(clock: Clock) -> None:
    """The budget neither grows nor shrinks by it."""
    allowance = Allowance(600, clock)
    for _ in range(100):
        allowance.note(answer())
    clock.pass_by(-3600)
    assert allowance.closed(1) is not None


def test_a_shortage_that_lasts_is_waited_out_longer_each_time(clock: Clock) -> None:
    """A minute, then two, though the refill alone would be there in seconds."""
    allowance = Allowance(600, clock)
    seen: list[str] = []
    for _ in range(3):
        for remaining in (714, 713):  # two responses in one reading
            allowance.note(answer(Limit=3600, Remaining=remaining))
        seen.append(str(allowance.closed(4))[-12:])
        clock.pass_by(900)
    assert seen == ["12:01:01 UTC", "12:17:01 UTC", "12:34:01 UTC"]
    allowance.note(answer(Limit=3600, Remaining=3000))
    allowance.note(answer(Limit=3600, Remaining=700))
    assert "12:46:01" in str(allowance.closed(4))


def test_calls_per_reading_waits_for_as_many_calls_as_the_largest_took(
    clock: Clock,
) -> None:
    """A large project needs more calls before a reading starts."""
    allowance = Allowance(600, clock)
    allowance.note_reading(8)
    allowance.note_reading(2)
    assert allowance.calls_per_reading == 8
