"""Curl: the request of a next step, and how to read its result.

In: a URL, and curl's options for it. Out: a command that prints one status; sentences.
It does not: judge, or send anything.
Curl writes 000 for each request without a response, wherever it runs. So a step
explains its error too, and `hostname` prints the machine that sent the request.
Source: curl(1), EXIT CODES (7: could not connect; 28: a time limit ended it).
"""

from collections.abc import Sequence

from parallax.model.target import Target

CONNECT = 5
"""Seconds for a connection; in one network it takes milliseconds."""
WHOLE = 20
"""Seconds for the whole request: a slow response is not a lost connection."""
TIMED_OUT = f"`curl: (28)` after {CONNECT} s (timeout)"
REFUSED = "`curl: (7)` (refused)"
WITHOUT_STATUS = (
    "000 means no response: `curl: (28)` is a timeout, `curl: (7)` no connection."
)
FEW = 3
"""Statuses that a sentence lists."""


def status_of(url: str, *options: str, label: str = "") -> str:
    """Return the command that prints the status of a URL; `url` is quoted.

    `label` is printed before the status.
    """
    limits = f"--connect-timeout {CONNECT} -m {WHOLE}"
    shown = f"-o /dev/null -w '{f'{label} ' if label else ''}%{{http_code}}\\n'"
    return " ".join(("curl -sS", limits, *options, shown, url))


def accepted(codes: Sequence[str]) -> str:
    """Return which statuses a health check accepts; empty if they were not read.

    In Hetzner's patterns `?` is any digit.
    """
    if not codes:
        return ""
    return f"The health check accepts {', '.join(codes)} (`?`: any digit)."


def on_node(command: str) -> str:
    """Return a command of a node with the machine's name in its first line."""
    return f"hostname; {command}"


def healthy(target: Target) -> str:
    """Return the statuses that a target's rule accepts, e.g. `200 or 204`."""
    codes = target.healthy.status_codes
    if len(codes) > FEW:
        return f"{codes[0]} or another status of the target's rule"
    return " or ".join(map(str, codes))
