"""Alerts: groups of failing targets, as `notify` publishes them.

In: a turn, a number of targets. Out: alerts. It does not: publish them.
"""

from dataclasses import replace
from typing import Any

from parallax.groups.alert import alone
from parallax.model.alert import Alert
from parallax.model.finding import NotificationReason, State
from parallax.model.group import Member
from parallax.model.place import Place, PlaceKind
from tests.parallax.sent_finding import FINDING, NOON

GROUP = "0b9c2f4e-6f2c-5a55-8d3f-0d6a3f1f7c11"


def member(number: int, **given: Any) -> Member:
    """Return a failing target of the load balancer."""
    name = f"shop-{number}"
    values = {
        "target": name,
        "url": f"https://{name}.example/",
        "incident": f"incident-{number}",
        "state": State.FIRING,
        "since": NOON,
        "status_code": 503,
        "cause": FINDING.cause,
        "places": (Place(kind=PlaceKind.LOAD_BALANCER, name="lb-1"),),
    }
    return Member(**(values | given))


def alert(
    turn: NotificationReason = NotificationReason.FIRING,
    number: int = 1,
    targets: int = 2,
    **given: Any,
) -> Alert:
    """Return one alert of a group at a load balancer; `number` counts its alerts."""
    made = alone(replace(FINDING, turn=turn))
    ended = turn in {NotificationReason.RESOLVED, NotificationReason.MERGED}
    members = tuple(member(n) for n in range(targets))
    changed = replace(
        made,
        id=f"{GROUP}-{number}",
        group=GROUP,
        number=number,
        place=Place(kind=PlaceKind.LOAD_BALANCER, name="lb-1"),
        members=() if ended else members,
        recovered=tuple(m.target for m in members) if ended else (),
    )
    return replace(changed, **given)
