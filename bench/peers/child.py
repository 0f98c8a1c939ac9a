"""Child: a process that is measured, and its CPU time as the kernel counts it.

In: the words of a command. Out: CPU seconds of the whole process, or a process that
obeys one line at a time.
It does not: count the CPU time of other processes.
"""

import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def cpu_seconds(
    words: Sequence[str], environment: Mapping[str, str] | None = None
) -> float:
    """Run a command to its end and return its CPU time; raises if it fails."""
    with subprocess.Popen(  # noqa: S603 - our own words
        words, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL
    ) as run:
        _, status, used = os.wait4(run.pid, 0)
        run.returncode = os.waitstatus_to_exitcode(status)
    if run.returncode:
        raise RuntimeError(f"{words[0]} ended with {run.returncode}")
    return used.ru_utime + used.ru_stime


def own_cpu_seconds() -> float:
    """Return the CPU time of this process so far, all threads."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


class Obedient:
    """A process that does what a line says, and answers with a line of JSON."""

    def __init__(self, run: subprocess.Popen[str]) -> None:
        self._run = run

    def read(self) -> Any:  # noqa: ANN401 - JSON
        """Return the next line of the process."""
        answer = self._run.stdout.readline() if self._run.stdout else ""
        if not answer:
            raise RuntimeError(f"{self._run.args} ended")
        return json.loads(answer)

    def ask(self, line: object) -> Any:  # noqa: ANN401 - JSON
        """Send a line and return the answer."""
        if self._run.stdin is None:
            raise RuntimeError("the process has no pipe")
        self._run.stdin.write(f"{line}\n")
        self._run.stdin.flush()
        return self.read()


@contextmanager
def obeying(
    module: str, *arguments: str, environment: Mapping[str, str] | None = None
) -> Iterator[Obedient]:
    """Run a module of the bench as a process until the block ends."""
    words = [sys.executable, "-m", module, *arguments]
    with subprocess.Popen(  # noqa: S603 - our own words
        words,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as run:
        try:
            yield Obedient(run)
        finally:
            run.kill()
