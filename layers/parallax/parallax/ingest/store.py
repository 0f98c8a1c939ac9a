"""Store: store each report of a push on its own, so that one costs no other.

In: reports, why other reports of the push were refused, and the journal's `record`.
Out: how many were stored, and why the others were not.
It does not: retry. After a temporary failure the agent sends the whole push again.
What was already stored is then stored once more, some milliseconds later, which
changes no judgement (docs/decisions/0006).
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from parallax.aws import is_permanent
from parallax.ingest.rejection import PushRejected, joined, one_line
from parallax.model.cluster import NodeReport
from parallax.model.packed import TooLargeError

TOO_LARGE, BAD = 413, 400
NONE: Mapping[int, str] = MappingProxyType({})
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
    reports: Sequence[NodeReport],
    record: Callable[[NodeReport], None],
    refused_before: Mapping[int, str] = NONE,
) -> Stored:
    """Record every report; those that never can be stored are left out.

    `refused_before` has the reasons for reports that were refused already, by their
    position in the push.
    Raises `ExceptionGroup` after the last report if the journal failed temporarily for
    any of them; else `PushRejected` if there are reports and none could be stored.
    """
    every = len(reports) + len(refused_before)
    refused = {n: PushRejected(BAD, reason) for n, reason in refused_before.items()}
    temporary: list[Exception] = []
    numbers = (number for number in range(every) if number not in refused_before)
    for number, report in zip(numbers, reports, strict=True):
        try:
            record(report)
        except Exception as error:  # noqa: BLE001 - sorted by what is at fault
            if reason := _fault_of_report(error):
                text = f"reports.{number}: {reason[1]}"
                refused[number] = PushRejected(reason[0], text)
            else:
                temporary.append(error)
    if temporary:
        count = f"{len(temporary)} of {len(reports)}"
        raise ExceptionGroup(f"{count} reports not stored", temporary)
    reasons = tuple(refused[number].text for number in sorted(refused))
    if refused and len(refused) == every:
        codes = {rejection.status_code for rejection in refused.values()}
        status_code = TOO_LARGE if codes == {TOO_LARGE} else BAD
        raise PushRejected(status_code, joined(reasons))
    if reasons:  # one line, however many reports a push of 1 MB has
        facts = {"reason": joined(reasons), "count": len(reasons)}
        log.warning("reports were not stored", extra=facts)
    return Stored(every - len(refused), reasons)


def _fault_of_report(error: Exception) -> tuple[int, str] | None:
    """Return status and reason if the report itself is at fault, else None."""
    if isinstance(error, TooLargeError):
        return TOO_LARGE, f"{error}"
    if is_permanent(error):
        return BAD, f"cannot be stored: {one_line(str(error))}"
    return None
