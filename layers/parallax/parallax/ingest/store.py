"""Store: each report of a push on its own, so that one costs only itself.

In: reports, and the journal's `record`. Out: how many were stored, and why the others
were not.
It does not: try again. What may pass by itself is the agent's to keep: it sends the
whole push again. What was stored already is stored once more, some milliseconds later,
which changes no judgement (docs/decisions/0006).
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from parallax.aws import is_permanent
from parallax.ingest.refused import Refused, cut, joined
from parallax.model.cluster import NodeReport
from parallax.model.packed import TooLargeError

TOO_LARGE, BAD = 413, 400
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Stored:
    """How many reports were stored, and a short reason for each that never can be."""

    count: int
    refused: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """One sentence for the agent."""
        if not self.refused:
            return f"stored {self.count}"
        every = self.count + len(self.refused)
        return f"stored {self.count} of {every}; {joined(self.refused)}"


def store(
    reports: Sequence[NodeReport], record: Callable[[NodeReport], None]
) -> Stored:
    """Record every report; those that never can be stored are left out.

    Raises `ExceptionGroup` when all had their turn and the journal failed for now with
    any of them; else `Refused` when there are reports and none could be stored.
    """
    refused: list[Refused] = []
    later: list[Exception] = []
    for number, report in enumerate(reports):
        try:
            record(report)
        except Exception as error:  # noqa: BLE001 - sorted by whose fault it is
            if reason := _own_fault(error):
                refused.append(Refused(reason[0], f"reports.{number}: {reason[1]}"))
            else:
                later.append(error)
    if later:
        raise ExceptionGroup(f"{len(later)} of {len(reports)} not stored", later)
    reasons = tuple(refusal.text for refusal in refused)
    if refused and len(refused) == len(reports):
        codes = {refusal.status_code for refusal in refused}
        raise Refused(TOO_LARGE if codes == {TOO_LARGE} else BAD, joined(reasons))
    for reason in reasons:
        log.warning("report was not stored", extra={"reason": reason})
    return Stored(len(reports) - len(refused), reasons)


def _own_fault(error: Exception) -> tuple[int, str] | None:
    """Return status and reason if the report itself is at fault, else None."""
    if isinstance(error, TooLargeError):
        return TOO_LARGE, f"{error}"
    if is_permanent(error):
        return BAD, f"cannot be stored: {cut(str(error))}"
    return None
