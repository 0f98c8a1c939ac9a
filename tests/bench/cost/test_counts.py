"""The counted run: the same requests and units with Moto and with the emulator."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
SIZE = {"targets": 2, "nodes": 5, "warm": 0, "minutes": 1}
UNITS = ("dynamodb.write_units", "dynamodb.read_units")


def _run(**environment: str) -> dict[str, Any]:
    done = subprocess.run(  # noqa: S603 - this Python and our own module
        [sys.executable, "-m", "bench.cost.run", json.dumps(SIZE)],
        cwd=ROOT,
        env=dict(os.environ) | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_moto_and_the_emulator_give_the_same_counts(emulator: str) -> None:
    """Two targets on five nodes: each kind of request, and the units."""
    moto = _run()
    real = _run(
        AWS_ENDPOINT_URL=emulator,
        AWS_ACCESS_KEY_ID="test",
        AWS_SECRET_ACCESS_KEY="test",
    )
    assert moto["errors"] == real["errors"] == {}
    assert moto["calls"] == real["calls"]
    for unit in UNITS:
        assert moto["per_minute"][unit] == real["per_minute"][unit]
        assert moto["per_minute"][unit] > 0
