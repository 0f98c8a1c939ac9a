"""Chosen: which faults `make end-to-end` plays."""

import pytest

from lab.case import CASES, load
from lab.demo.selection import select_faults
from lab.fault import FaultError, fault_ids


def test_smoke_has_a_fault_two_at_once_and_a_look_alike() -> None:
    """The quick run holds single faults, a composition, and one with a look-alike."""
    ids = [fault.id for fault in select_faults("smoke", load())]
    assert any("+" in name and "look-alike:" not in name for name in ids)
    assert any("+look-alike:" in name for name in ids)
    assert sum("+" not in name for name in ids) > 1


def test_all_holds_every_fault_file() -> None:
    """No fault that the case can have is left out; the joined ones are added."""
    ids = {fault.id for fault in select_faults("all", load())}
    assert set(fault_ids(load())) < ids


@pytest.mark.parametrize("words", ["smoke", "all"])
def test_what_a_case_cannot_have_is_left_out(words: str) -> None:
    """Two nodes play what two nodes can; asked for by its id it is refused."""
    case = load(CASES / "k3s.yaml")
    ids = {fault.id for fault in select_faults(words, case)}
    assert "pod-answers-error" in ids
    assert not any("overlay-between-nodes-broken" in name for name in ids)
    with pytest.raises(FaultError, match="needs 3 nodes"):
        select_faults("overlay-between-nodes-broken", case)


def test_ids_are_taken_in_their_order() -> None:
    """Commas part ids, blanks around them do not matter."""
    ids = [fault.id for fault in select_faults("pods-not-ready, lb-no-target", load())]
    assert ids == ["pods-not-ready", "lb-no-target"]


@pytest.mark.parametrize("words", ["", "no-such-fault", " , "])
def test_nothing_chosen_is_refused(words: str) -> None:
    """An empty or unknown word is an error, not a run without faults."""
    with pytest.raises(FaultError):
        select_faults(words, load())
