"""Sweep: end the incidents and advice of targets that left the targets file.

In: the targets, the incidents, the advice records, an instant. Out: the subjects that
ended. A removed target is not judged any more, so that without a sweep its incident
would fire and its advice would apply forever.
It does not: report that the target works, or that the advice was followed: nothing was
observed.
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
    """End the incidents and the advice without a target; return their subjects.

    Advice ends even if incidents cannot end now. Raises as `sweep`.
    """
    ended: list[str] = []
    errors: list[Exception] = []
    for step in (
        lambda: [incident.subject for incident in sweep(targets, incidents, now)],
        lambda: sweep_advice(targets, records, now),
        lambda: index(incidents),
    ):
        try:
            ended += step()
        except ExceptionGroup as error:
            errors.append(error)
    if errors:
        raise ExceptionGroup("the sweep is incomplete", errors)
    return ended


def sweep(
    targets: Iterable[Target], incidents: Incidents, now: datetime
) -> list[Incident]:
    """End each open incident without a target; return those that ended.

    An incident that cannot end now does not stop the others. Its error, e.g. a
    `ConflictError`, is raised at the end in an `ExceptionGroup`. A retry is safe.
    """
    watched = {name for target in targets for name in _subjects(target, now)}
    ended: list[Incident] = []

    def end_one(name: str) -> None:
        incident = incidents.get(name)
        if incident is not None and incident.state is not State.RESOLVED:
            ended.append(incidents.put(end(incident, now)))

    _each(end_one, (n for n in incidents.unresolved() if n not in watched))
    return ended


def index(incidents: Incidents) -> list[str]:
    """Store open incidents of an earlier version again, which the index lacks.

    Returns no subject: none of them ended. Raises as `sweep`.
    """
    indexed = incidents.open()

    def store(name: str) -> None:
        incident = incidents.get(name)
        if incident is not None and incident.state is not State.RESOLVED:
            incidents.put(incident)

    _each(store, (name for name in incidents.unresolved() if name not in indexed))
    return []


def sweep_advice(
    targets: Iterable[Target], records: DynamoAdvice, now: datetime
) -> list[str]:
    """End the advice without a target; return its subjects. Raises as `sweep`."""
    watched = {advice_subject(target.name) for target in targets}
    retired: list[str] = []

    def end_one(name: str) -> None:
        record = records.get(name)
        if record is not None and record.standing:
            records.put(retire(record, now))
            retired.append(name)

    _each(end_one, (name for name in records.subjects() if name not in watched))
    return retired


def _each(end_one: Callable[[str], None], names: Iterable[str]) -> None:
    errors: list[Exception] = []
    for name in names:
        try:
            end_one(name)
        except Exception as error:  # noqa: BLE001 - raised after all others
            errors.append(error)
    if errors:
        raise ExceptionGroup("some incidents or advice could not be ended", errors)


def _subjects(target: Target, now: datetime) -> set[str]:
    """Return the subjects of all incidents that a target can have or share."""
    snapshot = Snapshot(target=target, taken_at=now)
    return {target.name, *(subject(cause, snapshot) for cause in SILENCES)}
