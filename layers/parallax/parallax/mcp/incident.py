"""Incident: groups of failing targets as the fields of an answer.

In: the open groups, an instant. Out: facts, and texts that people or clusters wrote.
It does not: read the groups.
"""

from collections.abc import Sequence
from datetime import datetime

from parallax.groups.person import mute_of
from parallax.mcp import untrusted
from parallax.mcp.answer import Fields
from parallax.mcp.finding import TITLES
from parallax.model.group import Acknowledged, Group, Groups, Member, Mute
from parallax.model.incident_state import State

PAGE, TARGETS = 10, 10
"""Incidents of one page, and targets of one incident."""


class TargetFacts(Fields):
    """A target of an incident."""

    name: str
    url: str | None
    state: str
    since: datetime
    status_code: int | None
    error_type: str | None


class IncidentFacts(Fields):
    """An open incident. `targets` are the first ones of `target_count`."""

    id: str
    state: str
    since: datetime
    cause: str
    cause_title: str
    severity: str
    place_kind: str
    target_count: int
    targets: list[TargetFacts]
    recovered_count: int
    acknowledged_at: datetime | None
    muted_until: datetime | None


class IncidentObserved(Fields):
    """Names and texts that a cluster or a person gave."""

    place: str
    acknowledged_by: str | None
    muted_by: str | None
    mute_reason: str | None


class BoardFacts(Fields):
    """The open incidents of a stack, one page of them.

    `unconfirmed` are targets whose failure is not confirmed yet. Of `muted_targets` no
    mails are sent now, whatever incident they are in.
    """

    now: datetime
    total: int
    next_offset: int | None
    incidents: list[IncidentFacts]
    unconfirmed_count: int
    unconfirmed: list[str]
    muted_targets: list[str]


class BoardObserved(Fields):
    """The texts by the id of their incident."""

    incidents: dict[str, IncidentObserved]


def incident_facts(board: Groups, group: Group, now: datetime) -> IncidentFacts:
    """Return the facts of one open group."""
    mute, failing = mute_of(board, group, now), State.FIRING
    is_failing = any(member.state is failing for member in group.members)
    return IncidentFacts(
        id=group.id,
        state="failing" if is_failing else "recovering",
        since=group.since,
        cause=group.cause,
        cause_title=TITLES.get(group.cause, ""),
        severity=group.severity.value,
        place_kind=group.place.kind.value,
        target_count=len(group.members),
        targets=[target_facts(member) for member in group.members[:TARGETS]],
        recovered_count=len(group.recovered),
        acknowledged_at=group.acknowledged and group.acknowledged.at,
        muted_until=mute and mute.until,
    )


def incident_observed(board: Groups, group: Group, now: datetime) -> IncidentObserved:
    """Return the texts of one open group."""
    return _observed(group.place.name, group.acknowledged, mute_of(board, group, now))


def ended_observed(place: str) -> IncidentObserved:
    """Return the texts of a group that has ended."""
    return _observed(place, None, None)


def target_facts(member: Member) -> TargetFacts:
    """Return the facts of one target."""
    return TargetFacts(
        name=untrusted.name(member.target),
        url=untrusted.url(member.url),
        state=member.state.value,
        since=member.since,
        status_code=member.status_code,
        error_type=member.error_type and untrusted.name(member.error_type),
    )


def board_facts(board: Groups, now: datetime, offset: int) -> BoardFacts:
    """Return one page of the open groups."""
    page = board.groups[offset : offset + PAGE]
    after, ids = offset + len(page), {group.id for group in board.groups}
    muted = [m.subject for m in board.mutes if now < m.until and m.subject not in ids]
    return BoardFacts(
        now=now,
        total=len(board.groups),
        next_offset=after if after < len(board.groups) else None,
        incidents=[incident_facts(board, group, now) for group in page],
        unconfirmed_count=len(board.pending),
        unconfirmed=names([member.target for member in board.pending]),
        muted_targets=names(muted),
    )


def board_observed(board: Groups, now: datetime, offset: int) -> BoardObserved:
    """Return the texts of the same page."""
    page = board.groups[offset : offset + PAGE]
    texts = {group.id: incident_observed(board, group, now) for group in page}
    return BoardObserved(incidents=texts)


def names(targets: Sequence[str]) -> list[str]:
    """Return the names of the first targets."""
    return [untrusted.name(target) for target in targets[:TARGETS]]


def _observed(
    place: str, done: Acknowledged | None, mute: Mute | None
) -> IncidentObserved:
    return IncidentObserved(
        place=untrusted.name(place),
        acknowledged_by=done and untrusted.name(done.by),
        muted_by=mute and untrusted.name(mute.by),
        mute_reason=untrusted.sentence(mute.reason) if mute and mute.reason else None,
    )
