"""Incidents: failures in public words, from one run to the next.

In: the incidents of the last run, the services now, an instant. Out: the incidents with
what began, changed or ended since.
It does not: name a cause or a place, or say that a service works again without a recent
successful request to it.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256

from parallax.model.judgement import Difference
from parallax.notify.paragraph import span
from parallax.status_page.public import PublicTarget, Service
from parallax.status_page.status_file import PublicIncident, Update, UpdateKind

KEPT = timedelta(days=90)
MOST = 100
"""Incidents in the file; the oldest go first."""
MOST_UPDATES = 50
LISTED = 4
"""Services that a sentence names."""
DOWN = "not available"
_FAILING = (Service.NOT_AVAILABLE, Service.RECOVERING)


def next_incidents(
    last: Sequence[PublicIncident], services: Sequence[PublicTarget], now: datetime
) -> tuple[PublicIncident, ...]:
    """Return the incidents after this run, the newest first."""
    groups = _failing_groups(services)
    working = {one.key for one in services if one.service is Service.OPERATIONAL}
    working -= {key for keys in groups.values() for key in keys}
    shown = {one.key for one in services}
    found: list[PublicIncident] = []
    covered: set[str] = set()
    for incident in sorted(last, key=lambda one: one.begun_at):
        if incident.resolved_at is not None:
            found.append(incident)
            continue
        own = [name for name, keys in groups.items() if keys & {*incident.affected}]
        failing = {key for name in own for key in groups.pop(name)}
        # Without a successful request, nobody knows that a service works again.
        unsure = {k for k in incident.affected if k in shown and k not in working}
        taken = {key for keys in groups.values() for key in keys}
        fails = (failing | unsure) - taken - covered
        found.append(_changed(incident, fails, working, covered, now))
        covered |= fails
    since = {one.key: one.state.member.since for one in services if one.state.member}
    new = groups.values()
    found += [_begun(keys, min(since[key] for key in keys), now) for keys in new]
    recent = [one for one in found if now - (one.resolved_at or now) <= KEPT]
    newest = sorted(recent, key=lambda one: one.begun_at, reverse=True)
    return tuple(newest[:MOST])


def _failing_groups(services: Sequence[PublicTarget]) -> dict[str, set[str]]:
    """Return the services that fail for users, by the incident that they share."""
    groups: dict[str, set[str]] = {}
    for one in services:
        state = one.state
        if one.service not in _FAILING or state.group is None or state.member is None:
            continue
        if state.member.difference is not Difference.INTERNAL_ONLY:
            groups.setdefault(state.group.id, set()).add(one.key)
    return groups


def _begun(keys: set[str], since: datetime, now: datetime) -> PublicIncident:
    affected = tuple(sorted(keys))
    at = min(since, now)
    name = sha256(f"{now.isoformat()} {affected}".encode()).hexdigest()[:12]
    text = f"{names(affected)} {_be(affected)} not available."
    update = Update(
        at=at, kind=UpdateKind.BEGUN, text=text, services=affected, state=DOWN
    )
    return PublicIncident(
        id=name,
        begun_at=at,
        affected=affected,
        services=affected,
        updates=(update,),
    )


def _changed(
    incident: PublicIncident,
    failing: set[str],
    working: set[str],
    covered: set[str],
    now: datetime,
) -> PublicIncident:
    """Return the incident now; `covered` belongs to earlier ones."""
    before = {*incident.affected}
    if failing == before:
        return incident
    recovered, new = before - failing, failing - before
    if not failing:
        end, state = "It is no longer reported here.", "no longer reported"
        if before <= working:
            end, state = f"{names(before)} {_verb(before)} again.", "resolved"
        elif before & covered:
            end = "It continues as part of an earlier incident."
            state = "part of an earlier incident"
        text = f"{end} The incident lasted {span(now - incident.begun_at)}."
        update = Update(
            at=now,
            kind=UpdateKind.RESOLVED,
            text=text,
            services=incident.services,
            state=state,
        )
        return _with(incident, update, incident.affected)
    texts: list[str] = []
    if recovered & working:
        back = recovered & working
        texts.append(f"{names(back)} {_verb(back)} again.")
    if new:
        texts.append(f"{names(new)} {_be(new)} not available either.")
    else:
        texts.append(f"{names(failing)} {_be(failing)} still not available.")
    affected = tuple(sorted(failing))
    update = Update(
        at=now,
        kind=UpdateKind.UPDATED,
        text=" ".join(texts),
        services=affected,
        state=DOWN,
    )
    return _with(incident, update, affected)


def _with(
    incident: PublicIncident, update: Update, affected: tuple[str, ...]
) -> PublicIncident:
    """Return the incident with one more update."""
    first, *others = incident.updates or (
        Update(at=incident.begun_at, kind=UpdateKind.BEGUN, text=""),
    )
    updates = (first, *others[2 - MOST_UPDATES :], update)
    resolved_at = update.at if update.kind is UpdateKind.RESOLVED else None
    return replace(
        incident,
        affected=affected,
        services=tuple(sorted({*incident.services, *affected})),
        updates=updates,
        resolved_at=resolved_at,
    )


def names(keys: Sequence[str] | set[str]) -> str:
    """Return services as words: `A`, `A and B`, `A, B, C, D and 3 more`."""
    found = [key.rpartition(" / ")[2] for key in sorted(keys)]
    if len(found) > LISTED:
        found = [*found[:LISTED], f"{len(found) - LISTED} more"]
    *others, last = found
    return f"{', '.join(others)} and {last}" if others else last


def _verb(keys: set[str]) -> str:
    return "works" if len(keys) == 1 else "work"


def _be(keys: Sequence[str] | set[str]) -> str:
    return "is" if len(keys) == 1 else "are"
