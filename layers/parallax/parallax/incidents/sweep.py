"""Sweep: end what was told of targets that nobody watches any more.

In: the targets, the incidents, the advice, a moment. Out: what was ended. A target
taken out of the file is judged no more, so that its incident would stay firing for
ever, and its advice standing.
It does not: say that the target works again, or that the advice was heeded. Nobody
looked.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid5

from parallax.diagnose.advised import advice_subject, retire
from parallax.diagnose.silence import SILENCES, subject
from parallax.incidents import Incidents
from parallax.incidents.advice import DynamoAdvice
from parallax.model.finding import (
    UNWATCHED,
    Difference,
    Finding,
    Incident,
    State,
    Symptom,
    Turn,
    View,
)
from parallax.model.snapshot import Snapshot
from parallax.model.target import Target

TITLE = "No longer watched"


def sweep_all(
    targets: Sequence[Target],
    incidents: Incidents,
    records: DynamoAdvice,
    now: datetime,
) -> list[str]:
    """End the incidents and retire the advice that no target has; return whose.

    Incidents that cannot be ended now keep no advice standing. Raises as `sweep`.
    """
    ended: list[str] = []
    errors: list[Exception] = []
    for step in (
        lambda: [incident.subject for incident in sweep(targets, incidents, now)],
        lambda: sweep_advice(targets, records, now),
    ):
        try:
            ended += step()
        except ExceptionGroup as error:
            errors.append(error)
    if errors:
        raise ExceptionGroup("the sweep is not complete", errors)
    return ended


def sweep(
    targets: Iterable[Target], incidents: Incidents, now: datetime
) -> list[Incident]:
    """End each open incident that no target has; return those that ended.

    One that cannot be ended now costs no other its end: what was raised, e.g. a
    `ConflictError`, comes as an `ExceptionGroup` when all had their turn. Trying again
    is safe.
    """
    watched = {whose for target in targets for whose in _subjects(target, now)}
    ended: list[Incident] = []

    def settle(name: str) -> None:
        incident = incidents.get(name)
        if incident is not None and incident.state is not State.RESOLVED:
            ended.append(incidents.put(end(incident, now)))

    _each(settle, (n for n in incidents.unresolved() if n not in watched))
    return ended


def sweep_advice(
    targets: Iterable[Target], records: DynamoAdvice, now: datetime
) -> list[str]:
    """Retire the advice of what no target has; return whose. Raises as `sweep`."""
    watched = {advice_subject(target.name) for target in targets}
    retired: list[str] = []

    def settle(name: str) -> None:
        record = records.get(name)
        if record is not None and record.standing:
            records.put(retire(record, now))
            retired.append(name)

    _each(settle, (name for name in records.subjects() if name not in watched))
    return retired


def _each(settle: Callable[[str], None], names: Iterable[str]) -> None:
    errors: list[Exception] = []
    for name in names:
        try:
            settle(name)
        except Exception as error:  # noqa: BLE001 - raised when all had their turn
            errors.append(error)
    if errors:
        raise ExceptionGroup("some could not be ended", errors)


def _subjects(target: Target, now: datetime) -> set[str]:
    """Return the subjects of all incidents that a target can have or share."""
    snapshot = Snapshot(target=target, taken_at=now)
    return {target.name, *(subject(cause, snapshot) for cause in SILENCES)}


def end(incident: Incident, now: datetime) -> Incident:
    """Return an incident resolved, with a finding that says why.

    It is mailed only if the incident was; who was told of no alarm is told of no end.
    """
    over = replace(incident, state=State.RESOLVED, changed_at=now, quiet_since=None)
    last = incident.finding
    if last is None:
        return over
    mailed = incident.mailed_at is not None
    return replace(
        over,
        number=incident.number + 1,
        mailed_at=now if mailed else None,
        finding=_finding(incident, last, now, Turn.RESOLVED if mailed else None),
        found_in=incident.version + 1,
    )


def _finding(
    incident: Incident, last: Finding, now: datetime, turn: Turn | None
) -> Finding:
    """Return the last finding without all that is no longer known."""
    return Finding(
        id=str(uuid5(UUID(incident.id), str(incident.number + 1))),
        incident=incident.id,
        target=incident.subject,
        url=last.url,
        state=State.RESOLVED,
        since=incident.since,
        judged_at=now,
        symptom=Symptom(
            external=View.UNKNOWN,
            internal=View.UNKNOWN,
            difference=Difference.UNKNOWN,
            summary=TITLE.lower(),
        ),
        cause=UNWATCHED,
        title=f"{TITLE}; it was blamed on {incident.cause}",
        settling=False,
        turn=turn,
    )
