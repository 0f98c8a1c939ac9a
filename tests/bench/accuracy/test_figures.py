"""Specification of the figures: `bench.accuracy.figures`."""

from bench.accuracy.figures import Share, figures
from bench.accuracy.label import Label
from bench.accuracy.score import Outcome, Result


def test_the_interval_is_wilsons() -> None:
    """For 9 of 9 the interval starts at 70 %; for 0 of 0 it is 0 to 100 %."""
    low, high = Share(part=9, whole=9).interval
    assert (round(low, 3), round(high, 3)) == (0.701, 1.0)
    assert Share(part=0, whole=0).interval == (0.0, 1.0)


def test_a_share_is_told_with_its_figures() -> None:
    """The text has part and whole, so that a reader can check it."""
    assert str(Share(part=1, whole=2)) == "50.0 % (1 of 2; 9.5 to 90.5)"


def result(cause: str, class_: str | None, outcome: Outcome) -> Result:
    """Return a result whose label is `service-without-endpoints`."""
    true = "service-without-endpoints"
    label = Label(cause=true, class_="backend", accept=frozenset({true}))
    return Result(
        id="any-1",
        fault=true,
        hidden="nothing",
        label=label,
        cause=cause,
        class_=class_,
        outcome=outcome,
    )


def test_a_wrong_cause_of_the_right_class_sends_to_the_right_team() -> None:
    """Class and cause are counted separately; an abstention names neither."""
    found = figures(
        [
            result("service-without-endpoints", "backend", Outcome.RIGHT),
            result("pod-too-slow", "backend", Outcome.WRONG),
            result("lb-no-target", "load_balancer", Outcome.WRONG),
            result("not-established", None, Outcome.ABSTAINED),
        ]
    )
    assert (found.named, found.blamed) == (
        Share(part=1, whole=3),
        Share(part=2, whole=3),
    )
    assert (found.cause, found.class_) == (
        Share(part=1, whole=4),
        Share(part=2, whole=4),
    )
    assert (found.wrong, found.abstained) == (
        Share(part=2, whole=4),
        Share(part=1, whole=4),
    )
