"""Rejection: why a push is not accepted, in a text that is safe to log.

In: an HTTP status and a sentence; text that the sender chose. Out: an exception; the
text on one short line without control characters.
It does not: decide what is rejected. A response to an unknown sender, and its line in
the log, are one short sentence, so that nobody can fill the log or forge a line of it.
"""

from collections.abc import Iterable

from parallax.model.plain import plain_line

SHOWN = 80
"""Most characters of the sender's own text in a sentence."""
NAMED_PROBLEMS = 3
"""Most problems that one rejection names."""


class PushRejected(Exception):  # noqa: N818 - it is the response, not a fault of ours
    """A push is not accepted: an HTTP status and the reason, safe to log."""

    def __init__(self, status_code: int, text: str) -> None:
        super().__init__(text)
        self.status_code = status_code
        self.text = text


def one_line(text: str) -> str:
    """Return the start of a text on one line, without control characters."""
    shown = text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"
    return plain_line(shown)


def joined(texts: Iterable[str], limit: int = NAMED_PROBLEMS) -> str:
    """Return the first few problems in one line, and how many more there are."""
    named = list(texts)
    if len(named) > limit:
        named[limit:] = [f"and {len(named) - limit} more"]
    return "; ".join(named)
