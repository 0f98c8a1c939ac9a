"""Alert: what is published about a group.

In: what is due, the finding of the member that stands for all, the groups, the watched
targets. Out: an `Alert`.
It does not: decide that it is due, or write a text.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from uuid import UUID, uuid5

from parallax.groups.due import Due, pending_at
from parallax.groups.members import member_from
from parallax.model.alert import Alert, Unaffected
from parallax.model.finding import ENDS, Finding
from parallax.model.group import Group, Groups, Member
from parallax.model.place import Place, PlaceKind
from parallax.model.target import Target
from parallax.story.places import places
from parallax.story.rules import Rules

NAMED = 5
"""Names that are listed of the targets that are not affected."""
SHARED = (PlaceKind.LOAD_BALANCER, PlaceKind.CLUSTER, PlaceKind.ZONE)
"""By which place the others are counted, first that is known."""
NAMED_IN_FILE = frozenset(
    {PlaceKind.LOAD_BALANCER, PlaceKind.INGRESS, PlaceKind.SERVICE}
)
"""Objects that an entry of the targets file may name, or leave to be found."""


def alert_of(
    due: Due,
    finding: Finding,
    board: Groups,
    watched: Iterable[Target],
    rules: Rules,
) -> Alert:
    """Return the alert; `board` holds the groups after the change."""
    group, ended = due.group, due.turn in ENDS
    others = tuple(watched)
    pending = () if ended else pending_at(board, group)
    return Alert(
        id=str(uuid5(UUID(group.id), str(group.number))),
        group=group.id,
        number=group.number,
        turn=due.turn,
        at=due.at,
        cause=group.cause,
        place=group.place,
        since=group.since,
        members=group.members,
        pending=pending,
        recovered=group.recovered,
        moved=group.moved,
        was=due.was,
        watched=_watched(group, pending, others),
        unaffected=() if ended else unaffected(board, others),
        finding=replace(finding, turn=due.turn),
        severity=group.severity,
        labels=group.labels,
        acknowledged=group.acknowledged,
        muted=due.muted,
        merged_into=due.merged_into,
        joined_from=due.joined_from,
        next_mail_at=None if ended else _next_mail(group, due.at, rules),
    )


def alone(finding: Finding) -> Alert:
    """Return the alert of one finding without a group, as for a saved snapshot."""
    turn = finding.turn
    assert turn is not None  # noqa: S101 - the caller asks only for a mail
    place = finding.place or Place(kind=PlaceKind.TARGET, name=finding.target)
    ended = turn in ENDS
    return Alert(
        id=finding.id,
        group=finding.incident,
        number=1,
        turn=turn,
        at=finding.judged_at,
        cause=finding.cause,
        place=place,
        since=finding.since,
        members=() if ended else (member_from(finding),),
        recovered=(finding.target,) if ended else (),
        finding=finding,
        severity=finding.severity,
        labels=finding.labels,
        next_mail_at=finding.next_mail_at,
    )


def unaffected(board: Groups, watched: Iterable[Target]) -> tuple[Unaffected, ...]:
    """Return the watched targets without an open incident, by a place they share."""
    failing = {m.target for g in board.groups for m in g.members}
    failing |= {m.target for m in board.pending}
    by_place: dict[Place | None, list[str]] = {}
    for target in watched:
        if target.name not in failing:
            by_place.setdefault(_shared(target), []).append(target.name)
    return tuple(
        Unaffected(place=place, targets=len(names), names=tuple(names[:NAMED]))
        for place, names in by_place.items()
    )


@lru_cache(maxsize=20_000)
def _places(target: Target) -> tuple[Place, ...]:
    """Return the places in a target's entry, once: each alert counts all targets."""
    return places(target)


def _shared(target: Target) -> Place | None:
    known = {place.kind: place for place in _places(target)}
    return next((known[kind] for kind in SHARED if kind in known), None)


def _watched(
    group: Group, pending: Iterable[Member], watched: Iterable[Target]
) -> int | None:
    """Return how many watched targets use the place; None: the file does not tell.

    The file tells it if each failing target's own entry has the place, and if no entry
    of the same cluster leaves out which object of this kind it uses.
    """
    using = {t.name: t for t in watched if group.place in _places(t)}
    failing = {m.target for m in (*group.members, *pending)}
    if not group.members or not failing <= using.keys():
        return None
    clusters = {t.reached.cluster for t in using.values()}
    near = (t for t in watched if t.reached.cluster in clusters)
    if any(_leaves_out(group.place.kind, t) for t in near):
        return None
    return len(using)


def _leaves_out(kind: PlaceKind, target: Target) -> bool:
    """Say whether a target's entry leaves out an object that a request passes."""
    if kind not in NAMED_IN_FILE:
        return False
    if kind is PlaceKind.LOAD_BALANCER and target.reached.no_balancer:
        return False
    return all(place.kind is not kind for place in _places(target))


def _next_mail(group: Group, now: datetime, rules: Rules) -> datetime | None:
    if group.acknowledged:
        return None
    return now + timedelta(seconds=rules.reminder_seconds)
