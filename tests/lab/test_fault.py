"""Faults: every file can be read, for every case, and is made of known verbs."""

from pathlib import Path

import pytest

from lab.case import CASES, load
from lab.fault import FaultError, fault_ids, load_fault
from lab.verbs import VERBS


@pytest.mark.parametrize("path", sorted(CASES.glob("*.yaml")), ids=lambda p: p.stem)
@pytest.mark.parametrize("fault_id", fault_ids())
def test_every_fault_fits_every_case(fault_id: str, path: Path) -> None:
    """A fault speaks of roles, so it hits targets of any case by their own names."""
    case = load(path)
    fault = load_fault(fault_id, case)
    assert set(fault.expected) <= {a.name for a in case.apps}
    assert set(fault.expected.values()) == {fault_id}
    assert {verb for verb, _ in fault.actions} <= set(VERBS)
    assert fault.description


def test_an_unknown_fault_is_told_with_those_there_are() -> None:
    """A misspelled fault answers with the list."""
    with pytest.raises(FaultError, match="lb-health-check-wrong-port"):
        load_fault("no-such-fault")
