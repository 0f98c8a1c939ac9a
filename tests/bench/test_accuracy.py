"""A slice of the working cases, and the recorded lab runs, against the gates."""

import pytest

from bench.accuracy import gates
from bench.accuracy.cases import case_of, cases
from bench.accuracy.faults import CLASSES, FAULTS
from bench.accuracy.figures import Share, figures
from bench.accuracy.recorded import recorded
from bench.accuracy.report import page
from bench.accuracy.score import Outcome, Result, scored
from parallax.model.judgement import Class


@pytest.fixture(scope="module")
def working() -> list[Result]:
    """Judge the slice once."""
    return list(scored(cases(gates.WORKING_SEED, gates.SLICE)))


def test_the_slice_blames_nobody_wrongly(working: list[Result]) -> None:
    """Every wrong blame is named here with what is needed to replay it."""
    wrong = [r for r in working if r.outcome is Outcome.WRONG]
    said = [f"{r.id} {r.fault}: {r.cause}" for r in wrong]
    assert len(wrong) <= gates.WRONG_BLAMES * len(working), said


def test_the_slice_names_class_and_cause(working: list[Result]) -> None:
    """Class, cause and abstentions keep to the gates."""
    found = figures(working)
    assert found.class_.value >= gates.CLASS_RIGHT
    assert found.cause.value >= gates.CAUSE_RIGHT
    assert found.abstained.value <= gates.ABSTENTIONS


def test_recorded_runs_are_all_right() -> None:
    """What the lab recorded is judged as the fault it was recorded of."""
    wrong = [r for r in scored(recorded()) if r.outcome is not Outcome.RIGHT]
    assert not wrong


def test_a_case_is_the_same_whenever_it_is_drawn() -> None:
    """A case follows from its id alone, so that it can be shown again."""
    third = list(cases(gates.WORKING_SEED, 3))[2]
    assert case_of(third.id) == third


def test_every_fault_belongs_to_a_cause_of_the_catalog() -> None:
    """A fault's name begins with its cause; a cause's class is one of the model's."""
    assert all(any(n.startswith(c) for c in CLASSES) for n in FAULTS)
    assert all(any(n.startswith(c) for n in FAULTS) for c in CLASSES)
    assert set(CLASSES.values()) <= {c.value for c in Class}


def test_the_interval_is_wilsons() -> None:
    """Of 9 of 9, 95 % confidence reaches down to 70 %; of nothing, everywhere."""
    low, high = Share(part=9, whole=9).interval
    assert (round(low, 3), round(high, 3)) == (0.701, 1.0)
    assert Share(part=0, whole=0).interval == (0.0, 1.0)


def test_the_page_is_the_same_for_the_same_results(working: list[Result]) -> None:
    """No clock and no order of chance goes into docs/accuracy.md."""
    parts = {"working": working}
    assert page(parts) == page({"working": list(working)})
    assert f"| cases | {len(working)} |" in page(parts)
