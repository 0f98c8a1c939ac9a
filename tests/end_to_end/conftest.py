"""The stage, once for all end-to-end tests: lab, emulator, functions, agents.

It runs inside the lab's namespace: `make end-to-end` enters it. PARALLAX_FAULTS
(smoke, all, ids) selects the faults, and PARALLAX_RUNS the number of runs.
PARALLAX_TIMING=production keeps what delays a mail as in production, and each fault's
run in `lab/runs/`.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.case import Case, load
from lab.demo.selection import select_faults
from lab.stage import namespace
from lab.stage.deployment import Stage
from lab.stage.emulator import ROOT
from lab.stage.timing import FOR_RUNS, FOR_TESTS

FOLDER = ROOT / ".lab" / "test"
RECORDED = os.environ.get("PARALLAX_TIMING") == "production"
SECONDS: list[str] = []
"""The duration of each step of each fault, for the end of the log."""


def case() -> Case:
    """Return the case that `make end-to-end CASE=` names, or the default one."""
    named = os.environ.get("PARALLAX_LAB_CASE")
    return load(Path(named)) if named else load()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Parametrize with each selected fault, once per run."""
    if "fault" not in metafunc.fixturenames:
        return
    faults = select_faults(os.environ.get("PARALLAX_FAULTS", "smoke"), case())
    runs = range(1, int(os.environ.get("PARALLAX_RUNS", "1")) + 1)
    turns = [(fault, f"{fault.id}-{run}") for run in runs for fault in faults]
    metafunc.parametrize(
        "fault", [f for f, _ in turns], ids=[name for _, name in turns]
    )


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    """Start everything, and stop it at the end."""
    if not namespace.inside():
        pytest.fail("run `make end-to-end`: these tests need the lab's namespace")
    timing = FOR_RUNS if RECORDED else FOR_TESTS
    with Stage(case(), FOLDER, print, timing) as standing:
        yield standing


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the duration of each step."""
    if SECONDS:
        terminalreporter.section("seconds a fault")
        for line in SECONDS:
            terminalreporter.write_line(line)
