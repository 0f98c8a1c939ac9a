"""Specification of groups over time (`parallax.groups.tick`)."""

from dataclasses import replace

from parallax.groups.person import acknowledge, mute
from parallax.groups.take import take
from parallax.groups.tick import MOST, tick
from parallax.model.finding import NotificationReason, State
from parallax.model.group import Groups, Mute
from parallax.model.place import Place, PlaceKind
from tests.parallax.groups.incidents import (
    FIREWALL,
    OTHER,
    PORT,
    RULES,
    at,
    incident,
    resolved,
)
from tests.parallax.open_group import GROUP, member
from tests.parallax.sent_finding import NOON

REMINDER, GROWN = NotificationReason.REMINDER, NotificationReason.GROWN
CHANGED = NotificationReason.CAUSE_CHANGED
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


def test_a_revised_cause_is_mailed_when_the_last_mail_is_old_enough() -> None:
    """Five minutes after it, and not with the reminder after hours."""
    board = failing("a", "b")
    revised = [incident(one, 2, cause=FIREWALL) for one in ("a", "b")]
    for one in revised:
        board, due = take(board, one, at(2), RULES)
        assert due == ()
    assert tick(board, (), at(4), RULES)[1] == ()
    board, (mailed,) = tick(board, (), at(5), RULES)
    assert (mailed.turn, mailed.group.cause) == (CHANGED, FIREWALL)
    assert tick(board, (), at(60), RULES)[1] == ()


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


def test_a_target_that_no_mail_listed_is_told_when_the_others_stop_failing() -> None:
    """It joined while the first one recovered, which is the group's only mail."""
    board = failing("a")
    board, _ = take(board, incident("a", 2, State.RECOVERING), at(3), RULES)
    board, due = take(board, incident("b"), at(4), RULES)
    assert due == ()
    assert tick(board, (), at(4), RULES)[1] == ()
    board, (mailed,) = tick(board, (), at(5), RULES)
    assert (mailed.turn, mailed.lead) == (GROWN, "b")
    board, _ = take(board, resolved("a"), at(8), RULES)
    board, due = tick(board, (), at(30), RULES)
    assert due == ()
    assert [one.turn for one in tick(board, (), at(365), RULES)[1]] == [REMINDER]


def test_a_handover_waits_no_longer_after_many_mails() -> None:
    """Otherwise an alarm would wait for hours."""
    board = failing("a")
    board = replace(board, groups=(replace(board.groups[0], changes=9),))
    board, _ = take(board, incident("b"), at(1), RULES)
    board, _ = take(board, resolved("a"), at(2), RULES)
    assert [one.turn for one in tick(board, (), at(5), RULES)[1]] == [GROWN]
    assert tick(board, {"b"}, at(5), RULES)[1] == ()


def test_a_target_joins_without_a_mail_while_one_of_the_last_mail_fails() -> None:
    """One mail for one fault, whoever recovers meanwhile."""
    board = failing("a")
    board, _ = take(board, incident("b"), at(9), RULES)
    assert tick(board, (), at(60), RULES)[1] == ()
    board = replace(board, groups=(replace(board.groups[0], mailed=None),))
    board, due = tick(board, (), at(61), RULES)
    assert due == ()
    assert board.groups[0].mailed == ("a", "b")


def test_an_acknowledgment_covers_the_targets_that_failed_then() -> None:
    """Confirmed or not. A later one is mailed, and the acknowledgment is kept."""
    board = failing("a")
    board, _ = take(board, incident("b", 1, State.PENDING), at(1), RULES)
    board = acknowledge(board, board.groups[0], "ada", at(2))
    board, _ = take(board, incident("b", 2), at(9), RULES)
    board, due = tick(board, (), at(60), RULES)
    assert due == ()
    board, _ = take(board, incident("c"), at(61), RULES)
    board, (mailed,) = tick(board, (), at(62), RULES)
    assert (mailed.turn, mailed.lead) == (GROWN, "c")
    assert mailed.group.acknowledged == board.groups[0].acknowledged
    assert mailed.group.acknowledged
    assert tick(board, (), at(7 * HOURS), RULES)[1] == ()


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


def test_a_cause_that_no_member_shows_any_more_is_replaced() -> None:
    """The first that still fails gives its cause, and people learn it at once."""
    recovering = member("old", state=State.RECOVERING, cause=PORT)
    fails = member("new", cause=FIREWALL, place=OTHER)
    group = replace(GROUP, cause="gone", members=(recovering, fails))
    board, (due,) = tick(Groups(groups=(group,)), (), NOON, RULES)
    assert (due.turn, due.group.cause, due.group.place) == (CHANGED, FIREWALL, OTHER)
    assert tick(board, (), NOON, RULES)[1] == ()
