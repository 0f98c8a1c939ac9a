"""Specification of completeness: what a cause needs in addition to its module."""

from pathlib import Path

import pytest

from faults import LOOK_ALIKES, TABLE, Injection, Row
from lab.fault import FAULTS as LAB_FILES
from parallax.causes import CAUSES, Cause
from parallax.diagnose.judge import judge
from parallax.model.judgement import Answer, Class, Hop
from tests.parallax import scenarios as s

ROOT = Path(__file__).parents[2]
MONITOR = "monitor-blind"
"""The one row without a module: `parallax.diagnose.silence` names it."""
ROWS = {row.cause: row for row in TABLE}


def missing(cause: Cause, row: Row | None) -> list[str]:
    """Return what a cause lacks, one sentence each; nothing where it is complete."""
    test = f"tests/parallax/causes/test_{cause.id.replace('-', '_')}.py"
    lacks = [] if (ROOT / test).exists() else [f"no test file {test}"]
    if row is None:
        return [*lacks, "no row in the fault table (faults/)"]
    if (row.class_, row.hop) != (cause.class_, cause.hop):
        lacks.append(f"its row has {row.class_}, {row.hop}")
    if not row.bench:
        lacks.append("no bench injector in its row")
    if not row.lab and not row.not_in_lab:
        lacks.append("no lab fault in its row, and no reason in `not_in_lab`")
    files = [f"{name}.yaml" for name in row.lab]
    lacks += [f"no file lab/faults/{f}" for f in files if not (LAB_FILES / f).exists()]
    lacks += _scenario(cause.id, row.supports, Answer.SUPPORTED)
    return lacks + _scenario(cause.id, row.refutes, Answer.REFUTED)


def _scenario(cause: str, name: str, answer: Answer) -> list[str]:
    if name not in s.SCENARIOS:
        return [f"no scenario {name!r} in which it is {answer}"]
    found = {a.cause: a.answer for a in judge(s.SCENARIOS[name]()).assessments}
    if found[cause] is not answer:
        return [f"scenario {name!r}: it is {found[cause]}, expected {answer}"]
    return []


@pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: cause.id)
def test_a_cause_has_all_that_adding_one_needs(cause: Cause) -> None:
    """A test, a row, a bench injector, a lab fault or a reason, a scenario pair."""
    assert missing(cause, ROWS.get(cause.id)) == []


def test_the_rows_are_the_causes_in_their_order() -> None:
    """Of two lab faults at one target the outer is expected: the first row."""
    assert [row.cause for row in TABLE] == [*(c.id for c in CAUSES), MONITOR]


def test_what_is_missing_is_named() -> None:
    """Each part by itself, with the place where it belongs."""
    known = CAUSES[0]
    bare = Row(cause=known.id, class_=Class.BACKEND, hop=Hop.POD, lab=("none",))
    assert missing(known, None) == ["no row in the fault table (faults/)"]
    assert missing(known, bare) == [
        "its row has backend, pod",
        "no bench injector in its row",
        "no file lab/faults/none.yaml",
        "no scenario '' in which it is supported",
        "no scenario '' in which it is refuted",
    ]


def test_a_reason_stands_for_a_lab_fault_and_a_wrong_scenario_is_named() -> None:
    """What the lab cannot bring about states why."""
    known, row = CAUSES[0], ROWS[CAUSES[0].id]
    swapped = Row(
        cause=known.id,
        class_=known.class_,
        hop=known.hop,
        not_in_lab="the lab has one resolver",
        bench=(Injection(name=known.id, inject=lambda _: None),),
        supports=row.refutes,
        refutes=row.refutes,
    )
    assert missing(known, swapped) == [
        f"scenario {row.refutes!r}: it is refuted, expected supported"
    ]


def test_every_look_alike_has_a_lab_file_an_injection_or_a_snapshot() -> None:
    """A row without any of them would never be tested; each id is listed once."""
    played = [one.id for one in LOOK_ALIKES if one.lab or one.inject or one.snapshot]
    assert played == [one.id for one in LOOK_ALIKES]
    assert len(set(played)) == len(played)
