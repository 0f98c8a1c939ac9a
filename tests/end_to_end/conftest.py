"""The stage, once for all end-to-end tests: lab, emulator, functions, agents.

It runs inside the lab's namespace: `make end-to-end` enters it.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab import namespace
from lab.case import load
from lab.demo.stage import Stage
from lab.emulator import ROOT

FOLDER = ROOT / ".lab" / "test"


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    """Stand up everything, and take it down at the end."""
    if not namespace.inside():
        pytest.fail("run `make end-to-end`: these tests need the lab's namespace")
    case = load(Path(os.environ["PARALLAX_LAB_CASE"]))
    with Stage(case, FOLDER, print) as standing:
        yield standing
