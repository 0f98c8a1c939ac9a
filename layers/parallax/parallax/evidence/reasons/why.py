"""Why: a reason with its sentence.

In: nothing. Out: `Why`, and how messages of Kubernetes are quoted.
It does not: find a reason.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from parallax.model.cluster import Warned
from parallax.model.reason import Reason

LONGEST = 240
"""Characters of a message in a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """The reason, a sentence with real names, and the object to look at."""

    reason: Reason
    text: str
    kind: str = "pod"
    name: str = ""
    container: str | None = None
    init: bool = False


def quoted(message: str) -> str:
    """Return a message on one line, at most `LONGEST` characters, without its dot."""
    line = " ".join(message.split()).rstrip(". ")
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


def messages(events: Iterable[Warned], *reasons: str, kind: str | None = None) -> str:
    """Return the messages of events with these reasons, the newest first."""
    return "\n".join(
        e.message
        for e in events
        if e.reason in reasons and (kind is None or e.kind == kind)
    )
