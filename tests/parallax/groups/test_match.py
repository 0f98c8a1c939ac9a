"""Specification of which failures are one fault: `parallax.groups.match`."""

from dataclasses import replace
from typing import Any

import pytest

from parallax.groups.due import Due
from parallax.groups.take import take
from parallax.groups.tick import tick
from parallax.model.finding import Incident, NotificationReason, State
from parallax.model.group import Groups
from parallax.model.judgement import NOT_ESTABLISHED
from parallax.model.place import Place, PlaceKind
from parallax.model.target import Severity
from tests.parallax.groups.incidents import LB, PORT, RULES, at, incident, resolved

FIRING, CHANGED = NotificationReason.FIRING, NotificationReason.CAUSE_CHANGED
GROWN, RESOLVED = NotificationReason.GROWN, NotificationReason.RESOLVED
INGRESS = Place(kind=PlaceKind.INGRESS, name="shop: ingress/nginx")
NO_RULE = "ingress-does-not-know-host"


def failing(target: str, minute: float, version: int = 1, **changes: Any) -> Incident:
    """Return an incident that began at a minute, behind the balancer and ingress."""
    fields = {"places": (LB, INGRESS), "since": at(minute)}
    fields |= {k: changes.pop(k) for k in ("severity", "labels") if k in changes}
    one = incident(target, version, since=at(minute), **changes)
    assert one.finding
    return replace(one, finding=replace(one.finding, **fields))


def story(*incidents: Incident) -> tuple[Groups, list[Due]]:
    """Take incidents, each in the minute in which it began."""
    board, due = Groups(), list[Due]()
    for one in incidents:
        board, new = take(board, one, max(one.since, at(0)), RULES)
        due += new
    return board, due


def turns(*incidents: Incident) -> list[NotificationReason]:
    """Return why each alert is due."""
    return [one.turn for one in story(*incidents)[1]]


@pytest.mark.parametrize(
    ("cause", "place", "minutes", "alerts"),
    [
        (PORT, LB, 300, 1),
        (NOT_ESTABLISHED, LB, 9, 1),
        (NOT_ESTABLISHED, LB, 11, 2),
        (NO_RULE, INGRESS, 9, 1),
        (NO_RULE, INGRESS, 11, 2),
    ],
)
def test_a_second_failure_is_one_fault_if_something_shows_it(
    cause: str, place: Place, minutes: float, alerts: int
) -> None:
    """The same cause of one object does; any other needs the time."""
    first = failing("a", 0, cause=cause, place=place)
    second = failing("b", minutes, cause=cause, place=place)
    assert turns(first, second) == [FIRING] * alerts


def test_a_failure_without_a_cause_belongs_to_the_fault_that_began_with_it() -> None:
    """The object is on its path. Later it is a fault of its own."""
    proven = failing("a", 0)
    assert turns(proven, failing("b", 2, cause=NOT_ESTABLISHED)) == [FIRING]
    assert turns(proven, failing("b", 60, cause=NOT_ESTABLISHED)) == [FIRING, FIRING]


def test_a_cause_that_a_further_target_brings_is_told() -> None:
    """The group had none; its targets use the object."""
    first = failing("a", 0, cause=NOT_ESTABLISHED)
    board, due = story(first, failing("b", 2))
    assert [one.turn for one in due] == [FIRING, CHANGED]
    (group,) = board.groups
    assert (group.cause, len(group.members)) == (PORT, 2)


def test_the_old_cause_of_a_member_takes_no_cause_back() -> None:
    """Its next version still has none, and the group keeps the cause."""
    first = failing("a", 0, cause=NOT_ESTABLISHED)
    again = failing("a", 0, 2, state=State.RECOVERING, cause=NOT_ESTABLISHED)
    board, due = story(first, failing("b", 2), again)
    assert [one.turn for one in due] == [FIRING, CHANGED]
    assert board.groups[0].cause == PORT


def test_the_place_is_that_of_the_mailed_cause() -> None:
    """The version with the mail was lost; the newest finding has no cause."""
    newest = failing("a", 0, 5, cause=NOT_ESTABLISHED, mailed_cause=PORT)
    assert newest.finding
    elsewhere = replace(newest.finding, place=INGRESS)
    board, _ = story(replace(newest, finding=elsewhere, mailed_place=LB))
    (group,) = board.groups
    assert (group.cause, group.place) == (PORT, LB)


def test_a_revised_cause_waits_if_the_last_mail_is_new() -> None:
    """Members that swing between two causes send no flood; the end is sent once."""
    causes = ["lb-no-target", PORT] * 10
    swings = [failing("a", 0, n + 2, cause=c) for n, c in enumerate(causes)]
    board, due = story(failing("a", 0), *swings, resolved("a", 99))
    assert [one.turn for one in due] == [FIRING, RESOLVED]
    assert board.groups == ()


def test_only_who_fails_outside_a_window_is_reminded_of() -> None:
    """The other one is healthy at the moment."""
    board, _ = story(failing("a", 0), failing("b", 0, 2, state=State.RECOVERING))
    assert tick(board, {"a"}, at(361), RULES)[1] == ()
    (due,) = tick(board, {"b"}, at(361), RULES)[1]
    assert due.turn is NotificationReason.REMINDER


def test_who_filters_on_severity_learns_a_more_severe_member() -> None:
    """The first mail was a warning; a subscription to critical ones got none."""
    first = failing("a", 0, severity=Severity.WARNING)
    assert turns(first, failing("b", 1, severity=Severity.CRITICAL)) == [FIRING, GROWN]
    assert turns(first, failing("b", 1, severity=Severity.WARNING)) == [FIRING]


def test_a_label_that_no_mail_had_is_mailed_when_the_last_one_is_old() -> None:
    """Its team filters on it; a member with known labels is not mailed."""
    first = failing("a", 0, labels=(("team", "a"),))
    board, due = story(first, failing("b", 1, labels=(("team", "b"),)))
    assert [one.turn for one in due] == [FIRING]
    assert tick(board, (), at(4), RULES)[1] == ()
    board, (grew,) = tick(board, (), at(6), RULES)
    assert (grew.turn, grew.group.labels) == (GROWN, (("team", "a"), ("team", "b")))
    board, more = take(board, failing("c", 7, labels=(("team", "b"),)), at(7), RULES)
    assert (more, tick(board, (), at(60), RULES)[1]) == ((), ())


def test_the_first_mail_has_the_labels_of_who_is_not_confirmed() -> None:
    """A team that filters on its label learns of the fault, and of its end."""
    waiting = failing("b", 0, state=State.PENDING, labels=(("team", "b"),))
    first = failing("a", 0, labels=(("team", "a"),))
    _, due = story(waiting, first, failing("b", 0, 2, labels=(("team", "b"),)))
    assert [one.turn for one in due] == [FIRING]
    assert due[0].group.labels == (("team", "a"), ("team", "b"))
