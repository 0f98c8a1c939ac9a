"""Figures: results counted, with intervals.

In: results. Out: shares with Wilson's 95 % interval, and the confusion matrix.
It does not: print.
Source: Wilson (1927), the score interval; it holds for shares near 1 too.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import sqrt

from bench.accuracy.label import NONE
from bench.accuracy.score import Outcome, Result
from parallax.model.judgement import NOT_ESTABLISHED

Z = 1.959964
"""The 97.5th percentile of the normal distribution."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A share, with its interval."""

    part: int
    whole: int

    @property
    def value(self) -> float:
        """The share; of nothing, 0."""
        return self.part / self.whole if self.whole else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval."""
        n, p = self.whole, self.value
        if not n:
            return 0.0, 1.0
        middle = p + Z * Z / (2 * n)
        half = Z * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
        scale = 1 + Z * Z / n
        return max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)

    def __str__(self) -> str:
        low, high = (f"{100 * x:.1f}" for x in self.interval)
        return (
            f"{100 * self.value:.1f} % ({self.part} of {self.whole}; {low} to {high})"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The figures of a set of results."""

    cases: int
    cause: Share
    """Of cases with complete evidence: the cause is right, or rightly not named."""
    class_: Share
    abstained: Share
    """Of cases with complete evidence: no cause was named although there was one."""
    wrong: Share
    """Of all cases: a cause was named that is not in the label."""
    named: Share
    """Of all cases in which a cause is named: it is right."""
    blamed: Share
    """Of all cases in which a cause is named: its class is right."""
    partial: Share
    """Of cases with partial evidence: the true cause was named."""


def figures(results: Sequence[Result]) -> Figures:
    """Return the figures of these results."""
    whole = [r for r in results if r.label.evidence == "complete"]
    part = [r for r in results if r.label.evidence != "complete"]
    named = [r for r in results if not r.silent]
    return Figures(
        cases=len(results),
        cause=_share(whole, lambda r: r.outcome is Outcome.RIGHT),
        class_=_share(whole, _class_right),
        abstained=_share(whole, lambda r: r.outcome is Outcome.ABSTAINED),
        wrong=_share(results, lambda r: r.outcome is Outcome.WRONG),
        named=_share(named, lambda r: r.outcome is Outcome.RIGHT),
        blamed=_share(named, _class_right),
        partial=_share(part, lambda r: r.outcome is Outcome.RIGHT),
    )


def _class_right(result: Result) -> bool:
    return result.outcome is Outcome.RIGHT or result.class_ == result.label.class_


def _share(results: Sequence[Result], right: Callable[[Result], bool]) -> Share:
    return Share(part=sum(map(right, results)), whole=len(results))


def matrix(results: Iterable[Result]) -> dict[str, Counter[str]]:
    """Return label -> how often each cause was named; an accepted one counts as it."""
    found: dict[str, Counter[str]] = {}
    for result in results:
        named = result.cause
        if result.outcome is Outcome.RIGHT and named not in {NONE, NOT_ESTABLISHED}:
            named = result.label.cause
        found.setdefault(result.label.cause, Counter())[named] += 1
    return dict(sorted(found.items()))


def by_class(results: Iterable[Result]) -> dict[str, Counter[str]]:
    """Return class -> how often each class was named; `-`: no cause was named."""
    found: dict[str, Counter[str]] = {}
    for result in results:
        right = result.outcome is Outcome.RIGHT and not result.silent
        named = result.label.class_ if right else result.class_
        found.setdefault(result.label.class_ or "-", Counter())[named or "-"] += 1
    return dict(sorted(found.items()))
