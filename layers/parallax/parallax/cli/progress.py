"""Progress: a line for each result of an investigation, while it runs.

In: results. Out: lines on standard error, if both it and standard output are terminals.
It does not: print into a pipe or a file, move the cursor, or print what could control
the terminal.
"""

import sys
from dataclasses import dataclass, field
from time import monotonic

from parallax.cli.terminal import complain_styled
from parallax.diagnose.symptom import outcome
from parallax.model.plain import plain_line
from parallax.model.probe import Probe, Resolution, Role

WHAT = {
    Role.FIRST: "request",
    Role.REPEAT: "request again",
    Role.CACHE_BUSTER: "past caches",
    Role.DIRECT: "directly to",
    Role.ADDRESS: "address",
    Role.UNKNOWN_HOST: "unknown host",
    Role.CONTROL: "control URL",
}
TIME = 9
"""Columns of the seconds before a text."""
WITH_ADDRESS = frozenset({Role.DIRECT, Role.ADDRESS, Role.UNKNOWN_HOST})


@dataclass(slots=True)
class Progress:
    """Prints lines with the seconds since it was made."""

    shown: bool
    began: float = field(default_factory=monotonic)

    def __call__(self, result: Probe | Resolution | str) -> None:
        """Print a line about a result, or about the step that begins."""
        if not self.shown:
            return
        line = f"{monotonic() - self.began:5.1f} s  {text_of(result)}"
        complain_styled(plain_line(line), TIME, dim=True)


def is_watched() -> bool:
    """Say whether a person sees both outputs."""
    streams = (sys.stdout, sys.stderr)
    return all(stream is not None and stream.isatty() for stream in streams)  # pyright: ignore[reportUnnecessaryComparison] - None if it is closed


def text_of(result: Probe | Resolution | str) -> str:
    """Return a result in a few words."""
    if isinstance(result, str):
        return result
    if isinstance(result, Resolution):
        found = ", ".join(result.addresses) or words(result.error_type)
        return f"name server {result.resolver}: {found}"
    where = f" {result.peer_address}" if result.role in WITH_ADDRESS else ""
    took = f"{result.duration * 1000:.0f} ms"
    return f"{WHAT.get(result.role, result.role)}{where}: {outcome(result)} in {took}"


def words(error_type: str | None) -> str:
    """Return an error's type for people, e.g. `no address`."""
    return (error_type or "no answer").replace("_", " ")
