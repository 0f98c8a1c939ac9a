"""Cold: the processor time of a function's cold start, which Lambda bills.

In: the template's functions. Out: GB-seconds in a minute.
It does not: know how often Lambda replaces an environment; that is assumed.
"""

import os
import subprocess
import sys
from collections.abc import Iterable

from bench.cost.functions import CORE_MB
from bench.cost.template import Function

A_DAY = 12
"""Cold starts of each function in a day: AWS does not document the number."""
DAY_MINUTES = 24 * 60
START = "import time, runpy; runpy.run_path('app.py'); print(time.process_time())"


def gb_seconds(functions: Iterable[Function]) -> float:
    """Return what cold starts of all functions use in a minute."""
    total = 0.0
    for function in functions:
        memory = function.memory
        seconds = _start(function) * max(1.0, CORE_MB / memory)
        total += seconds * memory / 1024 * A_DAY / DAY_MINUTES
    return total


def _start(function: Function) -> float:
    """Return the seconds of processor time until a function's module is imported."""
    done = subprocess.run(  # noqa: S603 - this Python and our own module
        [sys.executable, "-c", START],
        cwd=function.folder,
        env={
            **os.environ,
            **function.environment,
            "AWS_DEFAULT_REGION": "eu-central-1",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout.split()[-1])
