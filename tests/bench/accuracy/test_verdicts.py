"""Saved judgements, compared with later ones: `bench.accuracy.verdicts`."""

import json
from pathlib import Path

import pytest

from bench.accuracy.verdicts import differences, main, verdicts
from faults import INJECTIONS


def test_the_same_code_judges_the_same(tmp_path: Path) -> None:
    """Saved judgements of recorded runs and drawn cases compare equal."""
    file = str(tmp_path / "verdicts")
    asked = [file, "--cases", "3", "--seed", "a"]
    assert main(["save", *asked]) == 0
    assert main(["compare", file]) == 0
    names = [name for name, _ in verdicts("a", 3)]
    assert names[-1] == f"a-{[*INJECTIONS][2]}-0"
    assert "lab-lb-no-target" in names


def test_what_differs_is_told_by_case_and_cause(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A changed cause, a changed assessment: one line each, and exit code 1."""
    file = tmp_path / "verdicts"
    main(["save", str(file), "--cases", "0"])
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    lines[0][1]["cause"] = "another"
    lines[0][1]["assessments"][0]["answer"] = "another"
    file.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    assert main(["compare", str(file)]) == 1
    name = lines[0][0]
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith(f"{name} cause: another -> ")
    assert second.startswith(f"{name} {lines[0][1]['assessments'][0]['cause']}: ")


def test_a_new_cause_differs_only_where_it_is_named() -> None:
    """Its own answer is expected; a judgement that names it is a difference."""
    old = {"id": "x", "cause": "b", "assessments": [{"cause": "b"}]}
    new = {"id": "x", "cause": "b", "assessments": [{"cause": "b"}, {"cause": "c"}]}
    assert list(differences(old, new)) == []
    assert list(differences(old, new | {"cause": "c"})) == ["x cause: b -> c"]
    assert list(differences(new, old)) == ["x c: {'cause': 'c'} -> None"]


def test_a_case_whose_fault_is_gone_is_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The table of faults does not have it any more."""
    file = tmp_path / "verdicts"
    main(["save", str(file), "--cases", "0"])
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    gone = ["a-no-such-fault-0", lines[0][1]]
    file.write_text("".join(f"{json.dumps(line)}\n" for line in (*lines, gone)))
    assert main(["compare", str(file)]) == 0
    assert "no-such-fault" not in capsys.readouterr().out
