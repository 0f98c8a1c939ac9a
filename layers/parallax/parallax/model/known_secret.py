"""Known secret: removes secrets that are known from texts that may repeat them.

In: secrets, a text from outside. Out: the text with `[redacted]` for each secret in
each spelling that a server may repeat: as it is, in Base64, percent-encoded, and as
JSON or HTML escape it.
It does not: find a secret that it is not given; `parallax.model.secret_text` does.
"""

# ruff: noqa: PLC0415 - few texts need it
import json
from base64 import b64encode
from collections.abc import Iterable, Iterator

from parallax.model.secret_text import REDACTED

SHORTEST = 8
"""Characters of a secret; a shorter one would be replaced inside of other words."""
_PIECE = 4
"""Characters at the end of a cut text that may begin a secret."""


def spellings(secrets: Iterable[str]) -> tuple[str, ...]:
    """Return the spellings of secrets, the longest first."""
    from html import escape
    from urllib.parse import quote, quote_plus

    found = (
        spelling
        for text in secrets
        for spelling in (
            text,
            b64encode(text.encode()).decode().rstrip("="),
            quote(text, safe=""),
            quote_plus(text),
            json.dumps(text)[1:-1],
            escape(text),
        )
    )
    return tuple(sorted({*found}, key=len, reverse=True))


def removed(texts: Iterable[str], text: str) -> str:
    """Return a text without these spellings, also without a begin at its end."""
    spelled = tuple(texts)
    for secret in spelled:
        text = text.replace(secret, REDACTED)
    for secret in spelled:
        for size in range(min(len(secret) - 1, len(text)), _PIECE - 1, -1):
            if text.endswith(secret[:size]):
                return text[:-size] + REDACTED
    return text


def parts(values: Iterable[str]) -> tuple[str, ...]:
    """Return the secrets in settings: a key, keys with commas, a URL, a header's value.

    Of a URL its path, the path's parts and the query's values are secret, not its host.
    """
    found = {part for value in values for part in _parts(value.strip())}
    return tuple(part for part in found if len(part) >= SHORTEST)


def _parts(value: str) -> Iterator[str]:
    from urllib.parse import parse_qsl, urlsplit

    if "://" not in value:
        yield value
        yield from value.replace(",", " ").split()
        return
    try:
        url = urlsplit(value)
        yield from (url.path, url.query, url.username or "", url.password or "")
        yield from url.path.split("/")
        yield from (given for _, given in parse_qsl(url.query))
    except ValueError:
        yield value
