"""Store: store each part of a push on its own, so that one costs no other.

In: an accepted push, and the journal. Out: how many reports and readings were stored,
and why the others were not.
It does not: retry. After a temporary failure the agent sends the whole push again.
What was already stored is then stored once more, some milliseconds later, which
changes no judgement (docs/decisions/0006).
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Protocol

from parallax.aws import is_permanent
from parallax.ingest.acceptance import AcceptedPush, Place
from parallax.ingest.rejection import PushRejected, joined, one_line
from parallax.ingest.statuses import INVALID, TOO_LARGE
from parallax.model.cluster import NodeReport
from parallax.model.packed import TooLargeError
from parallax.model.push import Push, ReadingPart

log = logging.getLogger(__name__)


class Table(Protocol):
    """Where the parts of a push are stored; a journal is one."""

    def record(self, observation: NodeReport, /) -> None:
        """Store a report."""
        ...

    def record_heartbeat(self, push: Push, received_at: datetime, /) -> None:
        """Store the heartbeat of a push."""
        ...

    def keep(self, cluster: str, part: ReadingPart, now: datetime, /) -> None:
        """Store a part of a reading."""
        ...


@dataclass(frozen=True, slots=True)
class Stored:
    """How many parts were stored, and a short reason for each that never can be."""

    count: int
    refused: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """One sentence for the agent."""
        if not self.refused:
            return f"stored {self.count}" if self.count else "stored"
        every = self.count + len(self.refused)
        return f"stored {self.count} of {every}; {joined(self.refused)}"


def store(push: AcceptedPush, table: Table, now: datetime) -> Stored:
    """Store a push; reports and readings that never can be stored are left out.

    Readings are stored before the reports that refer to them.
    Raises `ExceptionGroup` after the last part if the journal failed temporarily for
    any of them; else `PushRejected` if nothing of the push could be stored.
    """
    refused = {place: PushRejected(INVALID, why) for place, why in push.refused.items()}
    temporary: list[Exception] = []
    parts = list(_parts(push, table, now))
    for place, record in parts:
        try:
            record()
        except Exception as error:  # noqa: BLE001 - sorted by what is at fault
            if place and (reason := _fault_of_part(error)):
                text = f"{place[0]}.{place[1]}: {reason[1]}"
                refused[place] = PushRejected(reason[0], text)
            else:
                temporary.append(error)
    if temporary:
        count = f"{len(temporary)} of {len(parts)}"
        raise ExceptionGroup(f"{count} parts of a push not stored", temporary)
    return _outcome(push, refused)


def _parts(
    push: AcceptedPush, table: Table, now: datetime
) -> Iterator[tuple[Place | None, Callable[[], None]]]:
    """Yield each valid part's place in the push, and what stores it.

    A heartbeat has no place: it is not refused by itself.
    """
    if push.heartbeat:
        yield None, partial(table.record_heartbeat, push, now)
    for number, part in zip(_numbers(push, "readings"), push.readings, strict=False):
        yield ("readings", number), partial(table.keep, push.cluster, part, now)
    for number, report in zip(_numbers(push, "reports"), push.reports, strict=False):
        yield ("reports", number), partial(table.record, report)


def _numbers(push: AcceptedPush, name: str) -> Iterator[int]:
    """Yield the positions in a list that were not refused before."""
    every = len(push.reports) + len(push.readings) + len(push.refused)
    return (number for number in range(every) if (name, number) not in push.refused)


def _outcome(push: AcceptedPush, refused: dict[Place, PushRejected]) -> Stored:
    """Return what was stored, and log what was not; raises `PushRejected`."""
    every = len(push.reports) + len(push.readings) + len(push.refused)
    reasons = tuple(refused[place].text for place in sorted(refused))
    if refused and len(refused) == every and not push.heartbeat:
        codes = {rejection.status_code for rejection in refused.values()}
        status_code = TOO_LARGE if codes == {TOO_LARGE} else INVALID
        raise PushRejected(status_code, joined(reasons))
    if reasons:  # one line, however many parts a push of 1 MB has
        facts = {"reason": joined(reasons), "count": len(reasons)}
        log.warning("parts of a push were not stored", extra=facts)
    return Stored(every - len(refused), reasons)


def _fault_of_part(error: Exception) -> tuple[int, str] | None:
    """Return status and reason if the report or reading is at fault, else None."""
    if isinstance(error, TooLargeError):
        return TOO_LARGE, f"{error}"
    if is_permanent(error):
        return INVALID, f"cannot be stored: {one_line(str(error))}"
    return None
