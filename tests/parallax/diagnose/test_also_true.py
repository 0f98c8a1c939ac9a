"""Specification of what is also true: `parallax.diagnose.also_true`."""

import pytest

from parallax.diagnose.judge import judge
from parallax.model.judgement import NOT_ESTABLISHED, Answer, Assessment
from parallax.model.snapshot import Snapshot
from tests.parallax import scenarios as s


def assessment(snapshot: Snapshot, cause: str) -> Assessment:
    """Return one cause's assessment."""
    return next(a for a in judge(snapshot).assessments if a.cause == cause)


def empty_balancer(**inside: object) -> Snapshot:
    """Return a balancer without targets in front of an inside."""
    outside = s.run(s.LB_503, unknown_host=s.LB_503)
    return s.taken(outside, s.without_targets(), *s.reports(**inside))  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    ("inside", "cause", "reason"),
    [
        ({"ingress": s.INGRESS_503, "ready": 0}, "pods-not-ready", "crash-loop"),
        (
            {"ingress": s.INGRESS_503, "ready": 0, "pods": 0},
            "service-without-endpoints",
            "no-node-matches",
        ),
        ({"ingress": s.INGRESS_502, "pod": s.REFUSED}, "pod-refuses-connection", None),
    ],
)
def test_a_fault_behind_the_named_one_is_also_true(
    inside: dict[str, object], cause: str, reason: str | None
) -> None:
    """It is proven where it is, with its reason; the named cause explains the rest."""
    x = empty_balancer(**inside)
    assert judge(x).cause == "lb-no-target"
    also = assessment(x, cause)
    assert also.answer is Answer.SUPPORTED
    assert also.explained_by is None
    assert also.reason == reason
    assert "another fault is named" in also.evidence[-1]


def test_without_a_named_cause_nothing_is_also_true() -> None:
    """Nothing explains then why users' requests do not get that far."""
    outside = s.run(s.LB_503, unknown_host=s.LB_503)
    x = s.taken(outside, *s.reports(ingress=s.INGRESS_503, ready=0))
    assert judge(x).cause == NOT_ESTABLISHED
    assert assessment(x, "pods-not-ready").answer is Answer.UNKNOWN


def test_a_healthy_inside_is_not_blamed() -> None:
    """What is refuted stays refuted."""
    x = empty_balancer()
    assert judge(x).cause == "lb-no-target"
    assert assessment(x, "pods-not-ready").answer is Answer.REFUTED
