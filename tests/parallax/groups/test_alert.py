"""Specification of what is published about a group: `parallax.groups.alert`."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid5

import pytest

from parallax.groups.alert import NAMED, alert_of, alone, unaffected
from parallax.groups.due import Due
from parallax.groups.members import member_from
from parallax.model.alert import Alert, Unaffected
from parallax.model.finding import NotificationReason
from parallax.model.group import Acknowledged, Group, Groups
from parallax.model.place import Place, PlaceKind
from parallax.model.target import NO_BALANCER, Reached, Severity, Target
from parallax.story.rules import Rules
from tests.parallax.open_group import GROUP, LB, OTHER_ID, member
from tests.parallax.sent_finding import FINDING, NOON

FIRING, RESOLVED = NotificationReason.FIRING, NotificationReason.RESOLVED
RULES = Rules(reminder_seconds=3600)
REACHED = Reached(load_balancer="lb-1", cluster="shop")
LATE = replace(member("late"), places=(LB,))


def watched(*names: str, reached: Reached = REACHED) -> tuple[Target, ...]:
    """Return targets with one entry each."""
    return tuple(
        Target(name=name, url=f"https://{name}.example/", reached=reached)
        for name in names
    )


def due(group: Group = GROUP, turn: NotificationReason = FIRING) -> Due:
    """Return a change of a group that people learn at noon."""
    return Due(
        group=group,
        turn=turn,
        at=NOON,
        lead="front",
        was=7,
        muted=True,
        merged_into="one",
        joined_from="other",
    )


def counted(group: Group, *targets: Target) -> int | None:
    """Return how many watched targets an alert of a group says use its place."""
    return alert_of(due(group), FINDING, Groups(), targets, RULES).watched


FULL = replace(
    GROUP,
    number=5,
    severity=Severity.WARNING,
    labels=(("team", "shop"),),
    recovered=("past",),
    moved=("away",),
)


def test_an_alert_has_what_the_group_and_the_change_say() -> None:
    """Nothing is lost between what is due and what is published."""
    board = Groups(groups=(FULL,), pending=(LATE,))
    targets = watched("front", "shop-api", "late", "fine")
    assert alert_of(due(FULL), FINDING, board, targets, RULES) == Alert(
        id=str(uuid5(UUID(FULL.id), "5")),
        group=FULL.id,
        number=5,
        turn=FIRING,
        at=NOON,
        cause=FULL.cause,
        place=LB,
        since=FULL.since,
        members=FULL.members,
        pending=(LATE,),
        recovered=("past",),
        moved=("away",),
        was=7,
        watched=4,
        unaffected=(Unaffected(place=LB, targets=1, names=("fine",)),),
        finding=replace(FINDING, turn=FIRING),
        severity=Severity.WARNING,
        labels=(("team", "shop"),),
        acknowledged=None,
        muted=True,
        merged_into="one",
        joined_from="other",
        next_mail_at=NOON + timedelta(hours=1),
    )


@pytest.mark.parametrize("turn", [RESOLVED, NotificationReason.MERGED])
def test_an_end_counts_nobody_else_and_no_mail_follows(
    turn: NotificationReason,
) -> None:
    """What still fails is in other alerts."""
    board = Groups(groups=(GROUP,), pending=(LATE,))
    end = alert_of(due(turn=turn), FINDING, board, watched("fine"), RULES)
    assert (end.pending, end.unaffected, end.next_mail_at) == ((), (), None)
    assert end.finding.turn is turn


def test_no_mail_follows_an_acknowledgment() -> None:
    """And the alert names who works on it."""
    mine = replace(GROUP, acknowledged=Acknowledged(by="ana", at=NOON))
    found = alert_of(due(mine), FINDING, Groups(), (), RULES)
    assert (found.acknowledged, found.next_mail_at) == (mine.acknowledged, None)


def test_a_finding_alone_is_a_group_of_one() -> None:
    """As for a snapshot that somebody saved: the incident is the group."""
    finding = replace(
        FINDING,
        turn=FIRING,
        place=LB,
        severity=Severity.WARNING,
        labels=(("team", "shop"),),
        next_mail_at=NOON,
    )
    assert alone(finding) == Alert(
        id=finding.id,
        group=finding.incident,
        number=1,
        turn=FIRING,
        at=finding.judged_at,
        cause=finding.cause,
        place=LB,
        since=finding.since,
        members=(member_from(finding),),
        finding=finding,
        severity=Severity.WARNING,
        labels=(("team", "shop"),),
        next_mail_at=NOON,
    )


def test_a_finding_that_ended_alone_has_recovered() -> None:
    """Without a place, as of an earlier release, the target stands for itself."""
    found = alone(replace(FINDING, turn=RESOLVED, place=None))
    assert (found.members, found.recovered) == ((), (FINDING.target,))
    assert found.place == Place(kind=PlaceKind.TARGET, name=FINDING.target)


def test_who_is_not_affected_is_counted_by_the_place_they_share() -> None:
    """The first five are named; what fails in any group, or waits, is not counted."""
    many = [f"fine-{n}" for n in range(NAMED + 2)]
    cluster = watched("in-cluster", reached=Reached(cluster="shop"))
    alone_ = watched("elsewhere", reached=Reached())
    bare = Target(name="bare", url="https://203.0.113.9/")
    other = replace(GROUP, id=OTHER_ID, members=(member("down"),))
    board = Groups(groups=(GROUP, other), pending=(LATE,))
    targets = (*watched("front", "down", "late", *many), *cluster, *alone_, bare)
    assert unaffected(board, targets) == (
        Unaffected(place=LB, targets=NAMED + 2, names=tuple(many[:NAMED])),
        Unaffected(
            place=Place(kind=PlaceKind.CLUSTER, name="shop"),
            targets=1,
            names=("in-cluster",),
        ),
        Unaffected(
            place=Place(kind=PlaceKind.ZONE, name="elsewhere.example"),
            targets=1,
            names=("elsewhere",),
        ),
        Unaffected(place=None, targets=1, names=("bare",)),
    )


def test_the_targets_of_a_place_are_counted_if_the_file_tells_all() -> None:
    """Who fails, confirmed or not, and who does not; not those of another balancer."""
    both = watched("front", "shop-api", "fine")
    other = watched("far", reached=Reached(load_balancer="lb-2", cluster="shop"))
    assert counted(GROUP, *both, *other) == 3


def test_a_failing_target_that_the_file_does_not_place_ends_the_count() -> None:
    """Its snapshot found the balancer; others' entries may leave theirs out too."""
    unnamed = watched("shop-api", reached=Reached(cluster="shop"))
    assert counted(GROUP, *watched("front"), *unnamed) is None
    assert counted(GROUP, *watched("front")) is None
    assert counted(replace(GROUP, members=()), *watched("front")) is None


def test_an_entry_of_the_cluster_without_its_balancer_ends_the_count() -> None:
    """It may use this one; an entry of another cluster, or without one, does not."""
    both = watched("front", "shop-api")
    unnamed = watched("unnamed", reached=Reached(cluster="shop"))
    far = watched("far", reached=Reached(cluster="other"))
    none = Reached(load_balancer=NO_BALANCER, cluster="shop")
    direct = watched("direct", reached=none)
    assert counted(GROUP, *both, *unnamed) is None
    assert counted(GROUP, *both, *far, *direct) == 2


def test_a_cluster_s_targets_are_counted_although_no_balancer_is_named() -> None:
    """Each entry names its cluster, and leaves out nothing of this kind."""
    place = Place(kind=PlaceKind.CLUSTER, name="shop")
    entries = watched("front", "shop-api", "fine", reached=Reached(cluster="shop"))
    assert counted(replace(GROUP, place=place), *entries) == 3
