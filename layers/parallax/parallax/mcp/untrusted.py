"""Untrusted: texts from servers, logs and clusters, bounded for an assistant.

In: a text or a list of any size. Out: a shorter one without control characters, without
invisible characters, and with a mark where it was cut.
It does not: detect instructions in a text. `parallax.mcp.answer` keeps all of them
apart from the facts.
"""

from collections.abc import Callable, Sequence
from typing import cast

from parallax.model.plain import plain, plain_line
from parallax.model.wire import Json

NAME, URL, SENTENCE, COMMAND, MAIL = 100, 200, 500, 1500, 6000
"""Most characters of a name, a URL, a sentence, a command, and the text of a mail."""
CUT = "…"


def name(text: str) -> str:
    """Return a name on one line."""
    return _cut(plain_line(text), NAME)


def url(text: str | None) -> str | None:
    """Return the URL of a target; None: it has none."""
    return _cut(plain_line(text), URL) if text else None


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


def lines(value: Json) -> Json:
    """Return JSON in which each text is one line, and none is long."""
    return _mapped(value, sentence)


def texts(value: Json) -> Json:
    """Return JSON in which no text has a control character, and each key is a name."""
    return _mapped(value, plain)


def _mapped(value: Json, change: Callable[[str], str]) -> Json:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_mapped(item, change) for item in cast("list[Json]", value)]
    if isinstance(value, dict):
        pairs = cast("dict[str, Json]", value).items()
        return {name(key): _mapped(item, change) for key, item in pairs}
    return value


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}{CUT}"
