"""Judging: one batch of observations, each target judged once.

In: records of the journal's stream, the watched targets, a function that judges one,
and two that say what a round concerns. Out: the incidents that changed. A record fails,
so that Lambda retries it, only if a retry can succeed. Records that cannot be judged go
to the dead-letter queue.
It does not: read the targets file, or judge; `parallax.incidents.move` does.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from parallax.aws import may_pass
from parallax.incidents.items import ConflictError
from parallax.journal.observation import Observation, from_image
from parallax.journal.rounds import is_round, read_round
from parallax.model.finding import Incident
from parallax.model.round import Round
from parallax.model.target import Target
from parallax.stream import Record, read, send_to_dead_letters

log = logging.getLogger(__name__)


def _none(_round: Round) -> Sequence[Any]:
    return ()


@dataclass(slots=True)
class Judging:
    """One invocation's targets; `move` judges one of them.

    `due` returns the names of the targets that a round concerns. `listen` judges
    whether the agents of a round's clusters report. If a target cannot be judged, all
    of its records fail with the same error, and no record of another target does.
    """

    targets: Sequence[Target]
    move: Callable[[Target], Sequence[Incident]]
    dead_letters_url: str | None = None
    due: Callable[[Round], Sequence[str]] = _none
    listen: Callable[[Round], Sequence[Incident]] = _none
    moved: list[Incident] = field(default_factory=list[Incident])
    _by_name: dict[str, Target] = field(init=False)
    _judged: dict[str, Exception | None] = field(
        default_factory=dict[str, Exception | None]
    )

    def __post_init__(self) -> None:
        """Index the targets by name."""
        self._by_name = {target.name: target for target in self.targets}

    def take(self, record: Record) -> None:
        """Judge the record's targets, unless an earlier record of the batch did.

        Raises an error if a retry may succeed. An unwatched target is skipped.
        """
        observation = read(record, _observed, self.dead_letters_url)
        if observation is None:
            return
        if not isinstance(observation, Round):
            errors = [self._once(observation.target, record)]
        else:
            errors = [self._once(name, record) for name in self.due(observation)]
            # Last: if a source cannot be judged, the targets are.
            self._keep(self.listen(observation))
        if error := next(filter(None, errors), None):
            raise error

    def _once(self, name: str, record: Record) -> Exception | None:
        target = self._by_name.get(name)
        if target is None:
            return None
        if name not in self._judged:
            self._judged[name] = self._judge(target, record)
        return self._judged[name]

    def _judge(self, target: Target, record: Record) -> Exception | None:
        """Judge a target; return the error if a retry may succeed."""
        try:
            moved = self.move(target)
        except Exception as error:
            if may_pass(error) or isinstance(error, ConflictError):
                return error
            log.exception("target was not judged", extra={"target": target.name})
            send_to_dead_letters(
                record, f"{target.name}: {error!r}", self.dead_letters_url
            )
            return None
        self._keep(moved)
        return None

    def _keep(self, moved: Sequence[Incident]) -> None:
        for incident in moved:
            facts = {"subject": incident.subject, "state": incident.state.value}
            log.info("incident updated", extra=facts)
        self.moved += moved


def _observed(image: Mapping[str, Any]) -> Observation | Round:
    """Return the observation or the round in an image; raises `UnreadableError`."""
    return (read_round if is_round(image) else from_image)(image)
