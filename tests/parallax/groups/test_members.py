"""Specification of members: `parallax.groups.members`."""

from dataclasses import replace

from parallax.groups.members import member_from, member_of, without_member
from parallax.groups.take import take
from parallax.model.finding import Incident
from parallax.model.group import Groups, Member
from parallax.model.judgement import Constancy, Difference
from parallax.model.target import Severity
from tests.parallax.groups.incidents import (
    FIREWALL,
    OTHER,
    RULES,
    at,
    incident,
    resolved,
)
from tests.parallax.open_group import GROUP
from tests.parallax.sent_finding import FINDING


def routed(
    target: str, severity: Severity, version: int = 1, **labels: str
) -> Incident:
    """Return an incident of a target with a severity and labels."""
    made = incident(target, version)
    assert made.finding
    pairs = tuple(sorted(labels.items()))
    finding = replace(made.finding, severity=severity, labels=pairs)
    return replace(made, finding=finding)


def taken(*incidents: Incident) -> Groups:
    """Return the groups after some incidents."""
    board = Groups()
    for one in incidents:
        board, _ = take(board, one, at(0), RULES)
    return board


def test_a_member_knows_how_its_target_fails() -> None:
    """How often, and on which side: the mail counts both."""
    made = incident("a")
    assert made.finding
    symptom = replace(made.finding.symptom, constancy=Constancy.INTERMITTENT)
    member = member_of(replace(made, finding=replace(made.finding, symptom=symptom)))
    assert member
    assert member.constancy is Constancy.INTERMITTENT
    assert member.difference is Difference.EXTERNAL_ONLY


def test_a_group_has_the_highest_severity_and_all_labels_until_its_end() -> None:
    """Who learned the beginning learns the end: both stay when a member leaves."""
    board = taken(
        routed("a", Severity.WARNING, team="shop"),
        routed("b", Severity.CRITICAL, team="web"),
        routed("c", Severity.INFO),
        resolved("b"),
    )
    (group,) = board.groups
    assert group.severity is Severity.CRITICAL
    assert group.labels == (("team", "shop"), ("team", "web"))
    assert (group.recovered, group.moved) == (("b",), ())


def test_who_moved_has_not_recovered() -> None:
    """It is in another group; when it comes back, it is a member again."""
    moves = incident("b", 2, cause=FIREWALL, place=OTHER)
    board = taken(incident("a"), incident("b"), moves)
    assert [(g.recovered, g.moved) for g in board.groups] == [((), ("b",)), ((), ())]
    back = taken(incident("a"), incident("b"), moves, incident("b", 3))
    (group,) = back.groups
    assert [m.target for m in group.members] == ["a", "b"]
    assert group.moved == ()


def test_growth_is_told_with_the_number_of_before() -> None:
    """Two targets were counted by the first mail."""
    board, due = Groups(), ()
    for name in ("a", "b", "c", "d", "e"):
        board, new = take(board, incident(name), at(0 if name == "a" else 30), RULES)
        due += new
    assert [one.was for one in due] == [0, 1]
    assert due[-1].group.mailed_count == 4


def test_who_leaves_a_group_twice_is_listed_once() -> None:
    """As recovered, or as moved, and never as both."""
    away = without_member(GROUP, "front", moved=True)
    assert (away.recovered, away.moved) == ((), ("front",))
    assert without_member(away, "front", moved=True) == away
    back = without_member(away, "front")
    assert (back.recovered, back.moved) == (("front",), ())
    assert without_member(back, "front") == back
    assert [m.target for m in back.members] == ["shop-api"]


def test_a_member_has_what_its_finding_shows() -> None:
    """Each field of the symptom too: mails and pages show them."""
    symptom = replace(
        FINDING.symptom,
        status_code=200,
        error_type="timeout",
        unmet="slower than 2 s",
        constancy=Constancy.INTERMITTENT,
        difference=Difference.EXTERNAL_ONLY,
    )
    finding = replace(
        FINDING,
        url="https://front.example/",
        symptom=symptom,
        place=OTHER,
        places=(OTHER,),
        severity=Severity.WARNING,
        labels=(("team", "shop"),),
    )
    assert member_from(finding) == Member(
        target=finding.target,
        url="https://front.example/",
        incident=finding.incident,
        state=finding.state,
        since=finding.since,
        status_code=200,
        error_type="timeout",
        unmet="slower than 2 s",
        cause=finding.cause,
        constancy=Constancy.INTERMITTENT,
        difference=Difference.EXTERNAL_ONLY,
        place=OTHER,
        places=(OTHER,),
        severity=Severity.WARNING,
        labels=(("team", "shop"),),
    )
