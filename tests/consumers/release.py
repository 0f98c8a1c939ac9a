"""Release: the code of an earlier release, as its functions run.

In: events of its functions, and an instant. Out: what its handlers returned, from a
process of its own: two versions of `parallax` do not fit into one. Its AWS is that of
the environment, here the emulator with the tables of today's code.
It does not: change the code; `code.zip` is the release's, with today's packages.
"""

import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
SECONDS = 60
"""A call that takes longer hangs."""
PROGRAM = """
import importlib, json, sys
import time_machine
sys.path.insert(0, sys.argv[1])
asked = json.load(sys.stdin)
answers = []
for step, event in asked["calls"]:
    app = importlib.import_module(f"app_{step}")
    with time_machine.travel(asked["now"], tick=False):
        answers.append(app.handler(event, None))
json.dump(answers, open(sys.argv[2], "w"))
"""


class Release:
    """A release's functions, with the places of one stack."""

    def __init__(self, version: str, folder: Path, **places: str) -> None:
        """`folder` is for the targets file and the answers; `places` as settings."""
        self.targets = folder / "targets.yaml"
        self._answers = folder / "answers.json"
        self._code = FOLDER / version / "code.zip"
        self._places: dict[str, str] = {}
        self.place(**places)

    def place(self, **places: str) -> None:
        """Add places."""
        self._places |= {f"PARALLAX_{name}": value for name, value in places.items()}

    def run(self, now: datetime, *calls: tuple[str, dict[str, Any]]) -> list[Any]:
        """Call handlers at an instant, e.g. `("notify", event)`; return the answers.

        Raises `AssertionError` with the release's own words if a handler raises.
        """
        given = self._places | {"PARALLAX_TARGETS": str(self.targets)}
        given |= {"POWERTOOLS_SERVICE_NAME": "release"}
        done = subprocess.run(  # noqa: S603 - our own program and code
            [sys.executable, "-c", PROGRAM, str(self._code), str(self._answers)],
            input=json.dumps({"now": now.isoformat(), "calls": calls}),
            env=dict(os.environ) | given,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(self._answers.read_text())
