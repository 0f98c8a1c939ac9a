"""Request: what a receiver gets, before it is sent.

In: values of a receiver's format. Out: a frozen request; text within a limit.
It does not: send.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from parallax.model.known_secret import parts, removed, spellings
from parallax.model.plain import json_text

JSON = "application/json"
CUT = "…"
_PLAIN = frozenset({"content-type", "content-encoding", "accept", "user-agent"})
"""Headers without a secret."""


class PlaceError(ValueError):
    """A receiver is not configured; the text names the field, never its value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request. `url` and `headers` may contain secrets: neither is ever logged.

    `secrets` are further ones, e.g. in the body: a receiver may repeat each.
    """

    url: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    method: str = "POST"
    secrets: tuple[str, ...] = field(default=(), repr=False)

    def without_secrets(self, text: str) -> str:
        """Return a text of the receiver without what the request keeps secret."""
        values = (v for n, v in self.headers.items() if n.lower() not in _PLAIN)
        return removed(spellings(parts((self.url, *values, *self.secrets))), text)


def json_request(
    url: str, document: object, headers: Mapping[str, str] | None = None
) -> Request:
    """Return a POST of a JSON document."""
    given = {"Content-Type": JSON} | dict(headers or {})
    return Request(url=url, body=json_text(document).encode(), headers=given)


def needed(place: Mapping[str, str], name: str) -> str:
    """Return a field of the secret; raises `PlaceError` if it is missing."""
    if value := place.get(name, ""):
        return value
    raise PlaceError(f"the secret has no {name}: deploy the stack with its parameter")


def cut(text: str, most: int) -> str:
    """Return a text of at most so many UTF-16 units; a long one ends in `…`.

    Most receivers count as JavaScript and Java do: a character beyond U+FFFF is two.
    """
    if _units(text) <= most:
        return text
    shorter = text[: most - 1]
    while _units(shorter) > most - 1:
        shorter = shorter[: len(shorter) - max(1, (_units(shorter) - most + 1) // 2)]
    return shorter.rstrip() + CUT


def _units(text: str) -> int:
    return len(text) + sum(character > "\uffff" for character in text)
