"""Incidents: versions of incidents as the stream brings them, for tests of groups.

In: a target, its cause and place. Out: incidents. It does not: judge.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from parallax.model.finding import Incident, NotificationReason, State
from parallax.model.place import Place, PlaceKind
from parallax.story.rules import Rules
from tests.parallax.sent_finding import FINDING, NOON

RULES = Rules()
PORT, FIREWALL = "lb-health-check-wrong-port", "node-firewall-blocks-load-balancer"
LB = Place(kind=PlaceKind.LOAD_BALANCER, name="lb-1")
OTHER = Place(kind=PlaceKind.LOAD_BALANCER, name="lb-2")


def incident(
    target: str,
    version: int = 1,
    state: State = State.FIRING,
    cause: str = PORT,
    place: Place = LB,
    **changes: Any,
) -> Incident:
    """Return a version of a target's incident; a firing one was mailed.

    Its target's path has its place and nothing else.
    """
    turn = {State.FIRING: NotificationReason.FIRING}.get(state)
    finding = replace(
        FINDING,
        id=f"{target}-{version}",
        incident=f"i-{target}",
        target=target,
        url=f"https://{target}.example/",
        state=state,
        cause=cause,
        turn=turn,
        place=place,
        places=(place,),
    )
    mailed = state is not State.PENDING
    made = Incident(
        id=f"i-{target}",
        subject=target,
        state=state,
        since=NOON,
        changed_at=NOON,
        cause=cause,
        number=version,
        version=version,
        found_in=version,
        finding=finding,
        mailed_at=NOON if mailed else None,
        mailed_cause=cause if mailed else None,
    )
    return replace(made, **changes)


def resolved(target: str, version: int = 9, **changes: Any) -> Incident:
    """Return the last version of a target's incident."""
    return incident(target, version, State.RESOLVED, **changes)


def at(minutes: float) -> Any:
    """Return an instant, minutes after the first failure."""
    return NOON + timedelta(minutes=minutes)
