"""Sweep: end what was told of targets that nobody watches any more.

In: the targets, the incidents, the advice, a moment. Out: what was ended. A target
taken out of the file is judged no more, so that its incident would stay firing for
ever, and its advice standing.
It does not: say that the target works again, or that the advice was heeded. Nobody
looked.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from parallax.diagnose.silence import subject
from parallax.incidents.advice import DynamoAdvice
from parallax.incidents.table import Incidents
from parallax.model.finding import Incident, State
from parallax.model.judgement import SILENCES
from parallax.model.snapshot import Snapshot
from parallax.model.target import Target
from parallax.story.advice import advice_subject, retire
from parallax.story.ending import end


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
