"""A slice of the working cases, and the recorded lab runs, against the gates."""

import pytest

from bench.accuracy import gates
from bench.accuracy.cases import cases
from bench.accuracy.figures import figures
from bench.accuracy.recorded import recorded
from bench.accuracy.report import page
from bench.accuracy.score import Outcome, Result, scored


@pytest.fixture(scope="module")
def working() -> list[Result]:
    """Judge the slice once."""
    return list(scored(cases(gates.WORKING_SEED, gates.SLICE)))


def test_the_slice_blames_nobody_wrongly(working: list[Result]) -> None:
    """The message of a failure names each wrong case, so that it can be replayed."""
    wrong = [r for r in working if r.outcome is Outcome.WRONG]
    named = [f"{r.id} {r.fault}: {r.cause}" for r in wrong]
    assert len(wrong) <= gates.WRONG_BLAMES * len(working), named


def test_the_slice_names_class_and_cause(working: list[Result]) -> None:
    """Class, cause and abstentions keep their limits."""
    found = figures(working)
    assert found.blamed.value >= gates.CLASS_NAMED
    assert found.class_.value >= gates.CLASS_RIGHT
    assert found.cause.value >= gates.CAUSE_RIGHT
    assert found.abstained.value <= gates.ABSTENTIONS


def test_recorded_runs_are_all_right() -> None:
    """Each recording is judged as the fault that the lab injected."""
    wrong = [r for r in scored(recorded()) if r.outcome is not Outcome.RIGHT]
    assert not wrong


def test_the_page_is_the_same_for_the_same_results(working: list[Result]) -> None:
    """docs/accuracy.md depends on no clock and on no random order."""
    parts = {"working": working}
    assert page(parts) == page({"working": list(working)})
    assert f"| cases | {len(working)} |" in page(parts)
