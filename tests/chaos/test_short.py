"""The short form: some hundred faults with a fixed seed, in each run of the tests."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_some_hundred_faults_lose_nothing() -> None:
    """No violation, and the last line counts the faults."""
    done = subprocess.run(
        [sys.executable, "-m", "chaos", "--short", "--seed", "11", "--faults", "200"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    last = done.stdout.splitlines()[-1]
    assert int(last.split(" ")[0].replace(",", "")) >= 200
    assert "0 losses, 0 duplicates, 0 reorderings" in last
