"""Score: judges cases and compares each with its label.

In: cases. Out: a `Result` each. The only part of the bench that judges.
It does not: count; `figures` does.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from bench.accuracy.cases import Case
from bench.accuracy.label import NONE, Label
from bench.accuracy.recorded import Recorded
from parallax.diagnose.join import join
from parallax.diagnose.judge import judge
from parallax.diagnose.silence import silences
from parallax.model.judgement import NOT_ESTABLISHED, Judgement
from parallax.model.snapshot import Snapshot


class Outcome(StrEnum):
    """The result of a case."""

    RIGHT = "right"
    ABSTAINED = "abstained"
    """No cause was named; the label states whether that is right."""
    WRONG = "wrong blame"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One judged case."""

    id: str
    fault: str
    hidden: str
    label: Label
    cause: str
    class_: str | None
    outcome: Outcome

    @property
    def silent(self) -> bool:
        """Whether no cause was named."""
        return self.cause in {NONE, NOT_ESTABLISHED}


def snapshot_of(case: Case) -> Snapshot:
    """Return the snapshot that `diagnose` would judge."""
    seen = case.observed
    return join(seen.target, seen.observations, taken_at=seen.taken_at)


def scored(found: Iterable[Case | Recorded]) -> Iterator[Result]:
    """Judge each case."""
    for case in found:
        known = isinstance(case, Recorded)
        snapshot = case.snapshot if known else snapshot_of(case)
        cause, class_ = named(snapshot)
        yield Result(
            id=case.id,
            fault=case.id.removeprefix("lab-") if known else case.fault,
            hidden="nothing" if known else case.hidden,
            label=case.label,
            cause=cause,
            class_=class_,
            outcome=_outcome(case.label, cause),
        )


def named(snapshot: Snapshot) -> tuple[str, str | None]:
    """Return the cause and class that are named: the target's, else the monitor's."""
    judgement: Judgement = judge(snapshot)
    if judgement.class_ is not None:
        return judgement.cause, judgement.class_.value
    for silence in silences(snapshot):
        own = silence.judgement
        if own.class_ is not None and own.cause == "monitor-blind":
            return own.cause, own.class_.value
    return judgement.cause, None


def _outcome(label: Label, cause: str) -> Outcome:
    if cause in {NONE, NOT_ESTABLISHED}:
        fits = cause in label.accept and label.class_ is None
        return Outcome.RIGHT if fits else Outcome.ABSTAINED
    return Outcome.RIGHT if cause in label.accept else Outcome.WRONG
