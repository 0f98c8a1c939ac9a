"""Open group: an open incident of two targets, and its last alert, for tests.

In: nothing. Out: values, and the same in the table. It does not: change a group.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from parallax.groups import person
from parallax.groups.table import DynamoGroups
from parallax.model.alert import Alert, Unaffected
from parallax.model.finding import Moment, NotificationReason, Response
from parallax.model.group import Group, Groups, Member, Mute
from parallax.model.incident_state import State
from parallax.model.judgement import (
    Answer,
    Assessment,
    Class,
    Constancy,
    Hop,
    HopSeen,
    HopState,
    NextStep,
)
from parallax.model.place import Place, PlaceKind
from tests.parallax.sent_finding import FINDING, NOON

GROUP_ID = "e3566463-0d54-5f3a-9c6e-0f0e6b1a2c3d"
OTHER_ID = "a1b2c3d4-0000-5000-8000-000000000001"
LB = Place(kind=PlaceKind.LOAD_BALANCER, name="lb-1")
COMMAND = (
    "kubectl -n ingress-nginx annotate service ingress-nginx-controller --overwrite"
    " load-balancer.hetzner.cloud/health-check-port=31695"
)
HOPS = tuple(
    HopSeen(hop=hop, state=state, seen=seen)
    for hop, state, seen in (
        (Hop.DNS, HopState.OK, "203.0.113.9"),
        (Hop.LOAD_BALANCER, HopState.FAULTY, "5 of 5 targets unhealthy"),
        (Hop.NODE, HopState.AFFECTED, "receives no request from lb-1"),
        (Hop.INGRESS, HopState.OK, "200 from inside"),
        (Hop.SERVICE, HopState.UNKNOWN, ""),
        (Hop.POD, HopState.OK, "25 of 25 got 200"),
    )
)


def member(target: str, **changes: Any) -> Member:
    """Return a failing target."""
    made = Member(
        target=target,
        url=f"https://{target}.example/",
        incident=f"{target}-1",
        state=State.FIRING,
        since=NOON,
        status_code=503,
        cause=FINDING.cause,
        places=(LB,),
    )
    return replace(made, **changes)


GROUP = Group(
    id=GROUP_ID,
    cause=FINDING.cause,
    place=LB,
    since=NOON,
    members=(member("front"), member("shop-api")),
    number=1,
    mailed_at=NOON,
    mailed_count=2,
)
_RESPONSE = Response(
    at=NOON,
    status_code=503,
    reason="Service Unavailable",
    first_line="<html><body><h1>503 Service Unavailable</h1>",
)
_SYMPTOM = replace(
    FINDING.symptom,
    constancy=Constancy.CONSTANT,
    failed=22,
    total=22,
    status_code=503,
    inside_total=10,
)
ALERT = Alert(
    id="1",
    group=GROUP_ID,
    number=1,
    turn=NotificationReason.FIRING,
    at=NOON + timedelta(seconds=37),
    cause=FINDING.cause,
    place=LB,
    since=NOON,
    members=GROUP.members,
    pending=(member("late", state=State.PENDING),),
    watched=3,
    unaffected=(Unaffected(place=None, targets=2, names=("docs", "blog")),),
    finding=replace(
        FINDING,
        symptom=_SYMPTOM,
        class_=Class.LOAD_BALANCER,
        hop=Hop.LOAD_BALANCER,
        title="The health check uses port 31999, the ingress listens on 31695",
        path=HOPS,
        next_steps=(
            NextStep(text="Set the port of the health check.", command=COMMAND),
        ),
        assessments=(
            Assessment(
                cause=FINDING.cause,
                answer=Answer.SUPPORTED,
                evidence=("Hetzner reports 5 of 5 targets unhealthy",),
            ),
        ),
        response=_RESPONSE,
        timeline=(Moment(at=NOON, text="first failed probe"),),
    ),
    next_mail_at=NOON + timedelta(hours=6),
)
BOARD = Groups(groups=(GROUP,), opened=1)
ENDED = replace(
    ALERT,
    number=2,
    turn=NotificationReason.RESOLVED,
    at=NOON + timedelta(hours=1),
    members=(),
    pending=(),
    recovered=("front", "shop-api"),
    unaffected=(),
    finding=replace(
        ALERT.finding, turn=NotificationReason.RESOLVED, state=State.RESOLVED
    ),
    next_mail_at=None,
)


def muted(
    board: Groups, subject: str, time: timedelta, by: str, reason: str = ""
) -> Groups:
    """Return the groups with something muted from noon on."""
    until = NOON + time
    new = Mute(subject=subject, until=until, by=by, at=NOON, reason=reason)
    return person.mute(board, new)


def store(table: str, board: Groups = BOARD, *alerts: Alert) -> Groups:
    """Store an open group and its last alert; return the groups as stored."""
    return DynamoGroups(table).put(board, alerts or (ALERT,))
