"""Judging: one batch of observations, each target judged once.

In: records of the journal's stream, the watched targets, a function that judges one.
Out: the incidents that changed. A record fails, so that Lambda retries it, only if a
retry can succeed. Records that cannot be judged go to the dead-letter queue.
It does not: read the targets file, or judge; `parallax.incidents.move` does.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from parallax.aws import may_pass
from parallax.incidents.items import ConflictError
from parallax.journal.observation import from_image
from parallax.model.finding import Incident
from parallax.model.target import Target
from parallax.stream import Record, read, send_to_dead_letters

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Judging:
    """One invocation's targets; `move` judges one of them.

    If a target cannot be judged, all of its records fail with the same error, and no
    record of another target does.
    """

    targets: Sequence[Target]
    move: Callable[[Target], Sequence[Incident]]
    dead_letters_url: str | None = None
    moved: list[Incident] = field(default_factory=list[Incident])
    _judged: dict[str, Exception | None] = field(
        default_factory=dict[str, Exception | None]
    )

    def take(self, record: Record) -> None:
        """Judge the record's target, unless an earlier record of the batch did.

        Raises an error if a retry may succeed. An unwatched target is skipped.
        """
        observation = read(record, from_image, self.dead_letters_url)
        target = observation and self._watched(observation.target)
        if not target:
            return
        if target.name not in self._judged:
            self._judged[target.name] = self._judge(target, record)
        if error := self._judged[target.name]:
            raise error

    def _watched(self, name: str) -> Target | None:
        return next((target for target in self.targets if target.name == name), None)

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
        for incident in moved:
            facts = {"subject": incident.subject, "state": incident.state.value}
            log.info("incident updated", extra=facts)
        self.moved += moved
        return None
