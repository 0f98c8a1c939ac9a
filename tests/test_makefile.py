"""The Makefile: what a newcomer reads first."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def test_help_fits_a_terminal_and_lists_every_target() -> None:
    """No line is wider than 80 columns."""
    done = subprocess.run(
        ["make", "--no-print-directory", "help"],  # noqa: S607 - whichever make it is
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    lines = re.sub(r"\x1b\[\d*m", "", done.stdout).splitlines()
    assert max(map(len, lines)) <= 80
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert phony
    assert {line.split()[0] for line in lines} == set(phony[1].split())
