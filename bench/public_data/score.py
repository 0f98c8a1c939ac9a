"""Score: judges the cases of a data set and compares each with its label.

In: cases and the data set's equivalences. Out: a `Result` for each converted case.
It does not: convert, or print.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from bench.public_data.case import Case
from bench.public_data.equivalences import Equivalence, Match
from parallax.diagnose.judge import judge

NO_ROW = "its label has no row in the table of equivalences"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One judged case."""

    id: str
    label: str
    cause: str
    reason: str | None
    match: Match


@dataclass(slots=True)
class Results:
    """The judged cases, and those left out with the reason."""

    judged: list[Result] = field(default_factory=list[Result])
    left_out: list[Case] = field(default_factory=list[Case])

    def count(self, *matches: Match) -> int:
        """Count the judged cases that compare so."""
        return sum(r.match in matches for r in self.judged)


def scored(
    cases: Iterable[Case],
    equivalences: Mapping[str, Equivalence],
    progress: Callable[[int], object] = lambda _: None,
) -> Results:
    """Judge each case; `progress` is called with the number of those done."""
    results = Results()
    for done, case in enumerate(cases, 1):
        if case.label not in equivalences:
            results.left_out.append(replace(case, snapshot=None, left_out=NO_ROW))
        elif case.snapshot is None:
            results.left_out.append(case)
        else:
            judgement = judge(case.snapshot)
            cause, reason = judgement.cause, judgement.reason
            match = equivalences[case.label].match(cause, reason)
            results.judged.append(
                Result(
                    id=case.id,
                    label=case.label,
                    cause=cause,
                    reason=reason,
                    match=match,
                )
            )
        progress(done)
    return results
