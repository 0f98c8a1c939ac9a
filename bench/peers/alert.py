"""Alert: how soon the mail follows the first failed probe, in the lab.

In: a clone in which `make setup` ran. Out: seconds, from one run of the demo: real
servers, scheduled probes, agents, the functions in the emulator.
It does not: wait for AWS; the delays of its streams and of e-mail are not in it.
"""

import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).parents[2]
FAULT = "lb-health-check-wrong-port"
LINE = re.compile(r"^ *(?P<seconds>\d+) s  (?P<text>.*)")
FAILED = re.compile(r"from the internet: (?!200)")


class NoAlertError(RuntimeError):
    """The demo sent no mail after a failed probe; the text ends with its last lines."""


def measure() -> int:
    """Play one fault and return the seconds from its failed probe to its mail."""
    sys.stderr.write(f"playing {FAULT} in the lab: up to three minutes\n")
    done = subprocess.run(  # noqa: S603 - this Python and our own module
        [sys.executable, "-m", "lab.demo", "play", "--fault", FAULT],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    return seconds_to_mail(done.stdout.splitlines())


def seconds_to_mail(lines: Iterable[str]) -> int:
    """Return the seconds between two lines of the demo, in whole seconds.

    The first says that a probe from the internet failed, the second that a mail came.
    Raises `NoAlertError` without such lines.
    """
    shown = list(lines)
    failed: int | None = None
    for found in filter(None, map(LINE.match, shown)):
        seconds, text = int(found["seconds"]), found["text"]
        if failed is None and FAILED.search(text):
            failed = seconds
        if failed is not None and text.startswith("mail: "):
            return seconds - failed
    tail = "\n".join(shown[-5:])
    raise NoAlertError(f"the demo sent no mail after a failed probe:\n{tail}")
