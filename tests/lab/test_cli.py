"""CLI: the lab's commands that need no namespace."""

import pytest
from typer.testing import CliRunner

from lab.case import load
from lab.cli import app
from lab.fault import fault_ids, look_alike_ids


@pytest.mark.parametrize("columns", [80, 120])
def test_faults_fit_the_terminal_and_ids_can_be_copied(columns: int) -> None:
    """Each id is complete at the start of a line; the text below it is indented."""
    environment = {"COLUMNS": str(columns), "TERM": "dumb"}
    lines = CliRunner().invoke(app, ["faults"], env=environment).stdout.splitlines()
    case = load()
    headings = [line.split()[0] for line in lines if line and line[0] != " "]
    assert headings == [*fault_ids(case), *look_alike_ids(case)]
    assert max(map(len, lines)) <= columns
