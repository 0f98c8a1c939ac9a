"""Members: an incident as a group knows it, and who is where.

In: an incident; the groups. Out: a member; the groups with or without one.
It does not: decide what people learn.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from parallax.model.finding import Finding, Incident
from parallax.model.group import Group, Groups, Member, Seen
from parallax.model.incident_state import State
from parallax.model.place import Place, PlaceKind
from parallax.model.target import Severity

REMEMBERED = timedelta(days=14)
"""How long versions are remembered: as long as a dead letter is kept and replayed."""
MOST_REMEMBERED = 2000
"""Versions that are remembered: 110 KB of an item, for the newest incidents."""


def is_known(board: Groups, incident: Incident) -> bool:
    """Say whether this version, or a later one, was taken before.

    If somebody deleted the incident's item, its versions begin again; then a later
    beginning shows that it is new. A clock that was set back shows it of an old one.
    """
    seen = _seen(board, incident)
    if seen is None:
        return False
    other = incident.id not in (seen.incident, seen.before)
    later = other and incident.since > seen.since
    return incident.version <= seen.version and not later


def _seen(board: Groups, incident: Incident) -> Seen | None:
    found = (seen for seen in board.seen if seen.subject == incident.subject)
    return next(found, None)


def is_remembered(board: Groups, incident: Incident) -> bool:
    """Say whether an earlier version of this incident was taken, and is remembered."""
    seen = _seen(board, incident)
    return seen is not None and seen.incident == incident.id


def remember(board: Groups, incident: Incident, now: datetime) -> Groups:
    """Return the groups with this version as taken; old ones are forgotten.

    An incident that ended without an alarm is forgotten too: a late version of it is a
    pending one at most, and `keeping` removes that within a minute.
    """
    last = _seen(board, incident)
    others = [s for s in board.seen if s.subject != incident.subject]
    kept = tuple(s for s in others if now - s.at < REMEMBERED)[1 - MOST_REMEMBERED :]
    if incident.state is State.RESOLVED and incident.mailed_at is None:
        return replace(board, seen=kept)
    new = Seen(
        subject=incident.subject,
        incident=incident.id,
        version=incident.version,
        since=incident.since,
        at=now,
        before=_before(last, incident),
    )
    return replace(board, seen=(*kept, new))


def _before(last: Seen | None, incident: Incident) -> str | None:
    if last is None:
        return None
    return last.before if last.incident == incident.id else last.incident


def member_of(incident: Incident) -> Member | None:
    """Return an open incident as a member; None: it ended, or published nothing."""
    finding = incident.finding
    if incident.state is State.RESOLVED or finding is None:
        return None
    return replace(
        member_from(finding),
        state=incident.state,
        cause=incident.mailed_cause or finding.cause,
        place=_place_of(incident),
    )


def member_from(finding: Finding) -> Member:
    """Return the member that a finding describes."""
    return Member(
        target=finding.target,
        url=finding.url,
        incident=finding.incident,
        state=finding.state,
        since=finding.since,
        status_code=finding.symptom.status_code,
        error_type=finding.symptom.error_type,
        unmet=finding.symptom.unmet,
        cause=finding.cause,
        constancy=finding.symptom.constancy,
        difference=finding.symptom.difference,
        place=finding.place,
        places=finding.places,
        severity=finding.severity,
        labels=finding.labels,
    )


def _place_of(incident: Incident) -> Place:
    """Return the place that an incident's mailed cause blames.

    The newest finding may have another cause, and blame another place. A finding of an
    earlier release has no place; then the target stands for itself.
    """
    if incident.mailed_place:
        return incident.mailed_place
    finding = incident.finding
    if finding and finding.place:
        return finding.place
    return Place(kind=PlaceKind.TARGET, name=incident.subject)


def group_of(board: Groups, subject: str) -> Group | None:
    """Return the group that has this incident as a member."""
    return next((g for g in board.groups if is_in(g, subject)), None)


def is_in(group: Group, subject: str) -> bool:
    """Say whether a group has this incident as a member."""
    return any(m.target == subject for m in group.members)


def with_member(group: Group, member: Member) -> Group:
    """Return the group with this member, in its old position if it was there."""
    if is_in(group, member.target):
        members = tuple(
            member if m.target == member.target else m for m in group.members
        )
    else:
        members = (*group.members, member)
    return replace(
        for_all(group, [member]),
        members=members,
        recovered=_without(group.recovered, member.target),
        moved=_without(group.moved, member.target),
        since=min(group.since, member.since),
    )


def for_all(group: Group, failing: Iterable[Member]) -> Group:
    """Return the group with the severity and labels of these members too."""
    severities, labels = [group.severity], {*group.labels}
    for member in failing:
        severities.append(member.severity)
        labels |= {*member.labels}
    severity = min(severities, key=list(Severity).index)
    return replace(group, severity=severity, labels=tuple(sorted(labels)))


def without_member(group: Group, subject: str, *, moved: bool = False) -> Group:
    """Return the group without this member, which has recovered or `moved`."""
    recovered = _without(group.recovered, subject)
    elsewhere = _without(group.moved, subject)
    return replace(
        group,
        members=tuple(m for m in group.members if m.target != subject),
        recovered=recovered if moved else (*recovered, subject),
        moved=(*elsewhere, subject) if moved else elsewhere,
    )


def _without(names: tuple[str, ...], gone: str) -> tuple[str, ...]:
    return tuple(name for name in names if name != gone)


def with_group(board: Groups, group: Group) -> Groups:
    """Return the groups with this version of a group; an empty one is left out."""
    others = tuple(g for g in board.groups if g.id != group.id)
    if not group.members:
        return replace(board, groups=others)
    if len(others) == len(board.groups):
        return replace(board, groups=(*others, group))
    same = tuple(group if g.id == group.id else g for g in board.groups)
    return replace(board, groups=same)


def with_pending(board: Groups, member: Member) -> Groups:
    """Return the groups with this incident as a pending one."""
    others = without_pending(board, member.target).pending
    return replace(board, pending=(*others, member))


def without_pending(board: Groups, subject: str) -> Groups:
    """Return the groups without this pending incident."""
    others = tuple(m for m in board.pending if m.target != subject)
    return replace(board, pending=others)
