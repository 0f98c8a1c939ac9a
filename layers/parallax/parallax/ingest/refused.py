"""Refused: why a push is not accepted, in words that are fit for a log.

In: an HTTP status, a sentence; text that a stranger chose. Out: an exception; the text
cut and without control characters.
It does not: decide what is refused. An answer to a stranger, and its line in the log,
are one short sentence, so that nobody can fill the log or forge a line of it.
"""

from collections.abc import Iterable

from parallax.model.plain import plain_line

SHOWN = 80
"""Characters of a text of the sender's choice that a sentence repeats."""
NAMED_PROBLEMS = 3
"""How many problems one refusal names."""


class Refused(Exception):  # noqa: N818 - it is the answer, not a mishap
    """A push is not accepted: an HTTP status and why, fit for the agent's log."""

    def __init__(self, status_code: int, text: str) -> None:
        super().__init__(text)
        self.status_code = status_code
        self.text = text


def cut(text: str) -> str:
    """Return the start of a text on one line, without control characters."""
    shown = text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"
    return plain_line(shown)


def joined(texts: Iterable[str]) -> str:
    """Return the first few problems in one line, and how many more there are."""
    named = list(texts)
    if len(named) > NAMED_PROBLEMS:
        named[NAMED_PROBLEMS:] = [f"and {len(named) - NAMED_PROBLEMS} more"]
    return "; ".join(named)
