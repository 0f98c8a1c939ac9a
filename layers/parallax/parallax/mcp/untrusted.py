"""Untrusted: texts from servers, logs and clusters, bounded for an assistant.

In: a text or a list of any size. Out: a shorter one without control characters, without
invisible characters, and with a mark where it was cut.
It does not: detect instructions in a text. `parallax.mcp.answer` keeps all of them
apart from the facts.
"""

from collections.abc import Sequence

from parallax.model.plain import plain, plain_line

NAME, SENTENCE, COMMAND, MAIL = 100, 500, 1500, 6000
"""Most characters of a name, a sentence, a command, and the text of a mail."""
CUT = "…"


def name(text: str) -> str:
    """Return a name on one line."""
    return _cut(plain_line(text), NAME)


def sentence(text: str) -> str:
    """Return a sentence on one line."""
    return _cut(plain_line(text), SENTENCE)


def sentences(texts: Sequence[str], most: int) -> list[str]:
    """Return the first sentences, and one that counts the others."""
    shown = [sentence(text) for text in texts[:most]]
    left = len(texts) - most
    return [*shown, f"{CUT} and {left} more"] if left > 0 else shown


def command(text: str | None) -> str | None:
    """Return a whole command; None: there is none, or it is too long.

    The beginning of a command is another command.
    """
    return plain_line(text) if text and len(text) <= COMMAND else None


def mail(text: str) -> str:
    """Return the beginning of a mail, with its lines."""
    return _cut(plain(text), MAIL)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}{CUT}"
