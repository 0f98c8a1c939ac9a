"""Specification of groups: one fault, one alert (`parallax.groups.take`)."""

from dataclasses import replace

from parallax.groups.due import Due
from parallax.groups.person import mute
from parallax.groups.take import take
from parallax.groups.tick import tick
from parallax.model.finding import Incident, NotificationReason, State
from parallax.model.group import Group, Groups, Mute
from parallax.model.judgement import NOT_ESTABLISHED
from parallax.model.place import Place, PlaceKind
from tests.parallax.groups.incidents import (
    FIREWALL,
    LB,
    OTHER,
    PORT,
    RULES,
    at,
    incident,
    resolved,
)

FIRING, RESOLVED = NotificationReason.FIRING, NotificationReason.RESOLVED
CHANGED, MERGED = NotificationReason.CAUSE_CHANGED, NotificationReason.MERGED
GROWN = NotificationReason.GROWN


def story(*steps: Incident | tuple[float, Incident]) -> tuple[Groups, list[Due]]:
    """Take incidents in order, each with its minute; return groups and alerts."""
    board, due = Groups(), list[Due]()
    for step in steps:
        minute, one = step if isinstance(step, tuple) else (0.0, step)
        board, new = take(board, one, at(minute), RULES)
        due += new
    return board, due


def turns(due: list[Due]) -> list[NotificationReason]:
    """Return why each alert is due."""
    return [one.turn for one in due]


def names(group: Group) -> list[str]:
    """Return the targets of a group."""
    return [member.target for member in group.members]


def test_forty_targets_of_one_balancer_are_one_alert() -> None:
    """They fail together: the first alert counts those that are not confirmed yet."""
    targets = [f"t{n}" for n in range(40)]
    board, due = story(
        *(incident(t, 1, State.PENDING) for t in targets),
        *(incident(t, 2) for t in targets),
        *((10, resolved(t)) for t in targets),
    )
    assert turns(due) == [FIRING, RESOLVED]
    assert due[0].group.mailed_count == 40
    assert board.groups == ()


def test_another_place_is_another_alert() -> None:
    """The same cause at another balancer is another fault."""
    _, due = story(incident("a"), incident("b", place=OTHER))
    assert turns(due) == [FIRING, FIRING]
    assert [one.group.place for one in due] == [LB, OTHER]


def test_a_failure_that_is_not_confirmed_alarms_nobody() -> None:
    """It may recover by itself; then nothing was sent."""
    _, due = story(incident("a", 1, State.PENDING), resolved("a", 2, mailed_at=None))
    assert due == []


def test_a_version_that_comes_twice_or_late_changes_nothing() -> None:
    """The stream delivers at least once."""
    first, second, last = (
        incident("a", 1, State.PENDING),
        incident("a", 2),
        resolved("a"),
    )
    board, due = story(first, second, second, first, last, second, first, last)
    assert turns(due) == [FIRING, RESOLVED]
    assert (board.groups, board.pending) == ((), ())


def test_a_lost_version_is_made_up_for_by_the_next() -> None:
    """What people learn follows from the state, not from each change of it."""
    _, due = story(incident("a", 7, State.RECOVERING), resolved("a"))
    assert turns(due) == [FIRING, RESOLVED]


def test_the_group_ends_with_its_last_member() -> None:
    """A target that recovers earlier is listed, and sends nothing."""
    board, due = story(incident("a"), incident("b"), resolved("a"))
    assert turns(due) == [FIRING]
    assert board.groups[0].recovered == ("a",)
    _, due = story(incident("a"), incident("b"), resolved("a"), resolved("b"))
    assert turns(due) == [FIRING, RESOLVED]
    assert due[-1].group.recovered == ("a", "b")


def test_a_target_that_joins_sends_nothing_unless_many_do() -> None:
    """The number doubles, and the last mail is old enough."""
    more = [incident(f"t{n}") for n in range(9)]
    _, due = story(incident("a"), *((1, one) for one in more))
    assert turns(due) == [FIRING]
    _, due = story(incident("a"), *((6, one) for one in more))
    assert turns(due) == [FIRING, GROWN]
    assert due[1].group.mailed_count == 4
    _, due = story(incident("a"), (6, incident("b")), (6, incident("c")))
    assert turns(due) == [FIRING]


def test_a_large_group_has_grown_when_its_number_has_doubled() -> None:
    """Three more of ten targets are not news; ten more are."""
    board, _ = story(*(incident(f"t{n}") for n in range(10)))
    board, due = tick(board, (), at(6), RULES)
    assert [one.group.mailed_count for one in due] == [10]
    for number in range(10, 20):
        board, due = take(board, incident(f"t{number}"), at(30), RULES)
        assert turns(list(due)) == ([GROWN] if number == 19 else [])


def test_a_cause_that_is_found_later_is_that_of_the_whole_group() -> None:
    """Forty targets, one alert without a cause and one with it."""
    targets = [f"t{n}" for n in range(40)]
    _, due = story(
        *(incident(t, 1, State.PENDING, NOT_ESTABLISHED) for t in targets),
        *(incident(t, 2, cause=NOT_ESTABLISHED) for t in targets),
        *((3, incident(t, 3, mailed_cause=PORT)) for t in targets),
    )
    assert turns(due) == [FIRING, CHANGED]
    assert due[1].group.cause == PORT


def test_a_finding_without_a_cause_moves_nobody() -> None:
    """Evidence may be missing for a while; the mailed cause stays."""
    again = incident("a", 2, cause=NOT_ESTABLISHED, mailed_cause=PORT)
    board, due = story(incident("a"), incident("b"), again)
    assert turns(due) == [FIRING]
    assert len(board.groups[0].members) == 2


def test_a_cause_of_one_target_leaves_the_others_where_they_are() -> None:
    """It opens a group of its own, which names the one before."""
    service = Place(kind=PlaceKind.SERVICE, name="shop: web/api")
    own = incident("b", 2, cause="pods-not-ready", place=service)
    board, due = story(incident("a"), incident("b"), own)
    assert turns(due) == [FIRING, FIRING]
    assert due[1].joined_from == due[0].group.id
    assert [names(one.group) for one in due] == [["a"], ["b"]]
    assert len(board.groups) == 2


def test_groups_with_one_cause_become_one() -> None:
    """The empty one ends once, and names the other."""
    moved = incident("b", 2, cause=PORT, place=LB)
    board, due = story(incident("a"), incident("b", cause=FIREWALL), moved)
    assert turns(due) == [FIRING, FIRING, MERGED]
    assert due[2].group.id == due[1].group.id
    assert due[2].merged_into == due[0].group.id
    assert names(board.groups[0]) == ["a", "b"]


def test_a_muted_group_is_silent_and_its_end_is_known() -> None:
    """No mail; a system that keeps an open alert still closes it."""
    board, due = story(incident("a"))
    quiet = Mute(subject=due[0].group.id, until=at(60), by="ada", at=at(0))
    board, more = take(mute(board, quiet), trending("a", 2), at(9), RULES)
    assert more == ()
    assert board.groups[0].held_back
    _, (end,) = take(board, resolved("a"), at(20), RULES)
    assert (end.turn, end.muted) == (RESOLVED, True)


def test_a_muted_incident_hides_no_other_cause() -> None:
    """It opens a group of its own; the muted one ends without a mail."""
    board, due = story(incident("a"), incident("b"))
    old = due[0].group.id
    board = mute(board, Mute(subject=old, until=at(60), by="ada", at=at(0)))
    board, new = take(board, incident("a", 2, cause=FIREWALL), at(9), RULES)
    assert [(o.turn, o.joined_from, o.muted) for o in new] == [(FIRING, old, False)]
    board, end = take(board, incident("b", 2, cause=FIREWALL), at(9), RULES)
    assert [(o.turn, o.merged_into, o.muted) for o in end] == [
        (MERGED, new[0].group.id, True)
    ]
    board, end = take(board, resolved("b", cause=FIREWALL), at(20), RULES)
    _, (end,) = take(board, resolved("a", cause=FIREWALL), at(20), RULES)
    assert (end.turn, end.muted) == (RESOLVED, False)


def test_the_first_cause_of_a_muted_incident_is_no_other_cause() -> None:
    """The mute of the target holds back all of them."""
    board, due = story(incident("a", cause=NOT_ESTABLISHED))
    quiet = Mute(subject=due[0].group.id, until=at(60), by="ada", at=at(0))
    named = incident("a", 2, cause=FIREWALL)
    assert take(mute(board, quiet), named, at(9), RULES)[1] == ()
    board, _ = story(incident("a"))
    board = mute(board, replace(quiet, subject="a"))
    assert take(board, named, at(9), RULES)[1] == ()


def test_nobody_learns_the_end_of_what_was_muted_from_the_beginning() -> None:
    """The target was muted before it failed."""
    quiet = Mute(subject="a", until=at(60), by="ada", at=at(0))
    board = mute(Groups(), quiet)
    for version in (incident("a"), resolved("a")):
        board, due = take(board, version, at(1), RULES)
        assert due == ()


def test_one_target_that_is_not_muted_is_enough() -> None:
    """The mute of a target does not silence the others of its group."""
    board = mute(Groups(), Mute(subject="a", until=at(60), by="ada", at=at(0)))
    board, first = take(board, incident("a"), at(0), RULES)
    board, second = take(board, incident("b"), at(9), RULES)
    assert first == ()
    assert turns(list(second)) == [FIRING]


def test_a_deleted_incident_begins_again() -> None:
    """An operator deleted the item; its versions begin at one, its failure is later."""
    again = replace(incident("a", 1), id="i-new", since=at(5))
    _, due = story(incident("a", 7), resolved("a", 8), (5, again))
    assert turns(due) == [FIRING, RESOLVED, FIRING]


def test_a_new_failure_without_an_end_of_the_last_stays_in_its_group() -> None:
    """The end was lost; nothing has shown that the target recovered."""
    again = replace(incident("a", 9, State.PENDING), id="i-new", since=at(5))
    board, due = story(incident("a", 7), (5, again))
    assert turns(due) == [FIRING]
    assert names(board.groups[0]) == ["a"]


def test_a_trend_is_mailed_if_it_is_that_of_the_first_member() -> None:
    """The others have the same trend, and their mails would repeat it."""
    _, due = story(
        incident("a"), incident("b"), (9, trending("b", 2)), (9, trending("a", 2))
    )
    assert turns(due) == [FIRING, NotificationReason.TREND_CHANGED]
    assert due[1].lead == "a"
    _, due = story(incident("a"), incident("b"), (1, trending("a", 2)))
    assert turns(due) == [FIRING]


def trending(target: str, version: int) -> Incident:
    """Return a version whose finding has a new trend."""
    one = incident(target, version)
    assert one.finding
    turn = NotificationReason.TREND_CHANGED
    return replace(one, finding=replace(one.finding, turn=turn))
