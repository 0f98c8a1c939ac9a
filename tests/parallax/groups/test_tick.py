"""Specification of groups over time (`parallax.groups.tick`)."""

from parallax.groups.person import acknowledge, mute
from parallax.groups.take import take
from parallax.groups.tick import MOST, tick
from parallax.model.finding import NotificationReason, State
from parallax.model.group import Groups, Mute
from parallax.model.place import Place, PlaceKind
from tests.parallax.groups.incidents import RULES, at, incident

REMINDER, GROWN = NotificationReason.REMINDER, NotificationReason.GROWN
HOURS = 60


def failing(*targets: str) -> Groups:
    """Return the groups after these targets failed together."""
    board = Groups()
    for target in targets:
        board, _ = take(board, incident(target), at(0), RULES)
    return board


def test_a_reminder_comes_when_the_last_mail_is_old() -> None:
    """One for the group, again after the same time."""
    board = failing("a", "b")
    for minutes, turns in [(359, []), (360, [REMINDER]), (361, []), (720, [REMINDER])]:
        board, due = tick(board, (), at(minutes), RULES)
        assert [one.turn for one in due] == turns


def test_an_acknowledged_group_sends_no_reminder_but_its_growth() -> None:
    """Somebody works on what was known then."""
    board = failing("a")
    board = acknowledge(board, board.groups[0], "ada", at(1))
    _, due = tick(board, (), at(7 * HOURS), RULES)
    assert due == ()
    for number in range(4):
        board, _ = take(board, incident(f"t{number}"), at(2), RULES)
    _, due = tick(board, (), at(8), RULES)
    assert [one.turn for one in due] == [GROWN]


def test_a_mute_that_ends_is_followed_by_a_mail_if_it_still_fails() -> None:
    """Otherwise the mute would have ended the alarm."""
    board = failing("a")
    quiet = Mute(subject=board.groups[0].id, until=at(60), by="ada", at=at(1))
    board = mute(board, quiet)
    board, due = tick(board, (), at(59), RULES)
    assert due == ()
    board, due = tick(board, (), at(60), RULES)
    assert [one.turn for one in due] == [REMINDER]
    assert board.mutes == ()


def test_targets_in_maintenance_send_nothing_until_it_ends() -> None:
    """One target outside of it is enough."""
    board = failing("a", "b")
    assert tick(board, {"a", "b"}, at(7 * HOURS), RULES)[1] == ()
    assert len(tick(board, {"a"}, at(7 * HOURS), RULES)[1]) == 1


def test_a_group_that_recovers_sends_no_reminder() -> None:
    """Its end follows after the quiet time."""
    board = failing("a")
    board, _ = take(board, incident("a", 2, State.RECOVERING), at(1), RULES)
    assert tick(board, (), at(7 * HOURS), RULES)[1] == ()


def test_one_call_sends_a_bounded_number() -> None:
    """They are stored in one transaction; the rest follows a minute later."""
    board = Groups()
    for number in range(MOST + 5):
        place = Place(kind=PlaceKind.TARGET, name=f"t{number}")
        one = incident(f"t{number}", place=place)
        board, _ = take(board, one, at(0), RULES)
    board, due = tick(board, (), at(6 * HOURS), RULES)
    assert len(due) == MOST
    assert len(tick(board, (), at(6 * HOURS + 1), RULES)[1]) == 5


def test_a_clock_that_was_ahead_does_not_hold_back_the_reminder() -> None:
    """The last mail counts from now."""
    board, _ = take(Groups(), incident("a"), at(100 * HOURS), RULES)
    board, due = tick(board, (), at(1), RULES)
    assert due == ()
    assert [one.turn for one in tick(board, (), at(362), RULES)[1]] == [REMINDER]
