"""Traefik rule: whether a rule such as `Host(`shop.example`) && Path(`/`)` matches.

In: the text of a rule, a host, a path. Out: a `Match`: yes, no or unknown, and how it
named the host. It does not: evaluate a regular expression, a header, a query or a
client address: whether these match is unknown.
Source: Traefik, reference/routing-configuration/http/router/rules-and-priority (v3;
v2's Host takes several values).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r"\s*(?:(?P<sign>&&|\|\||!|\(|\))|(?P<name>[A-Za-z]+)\((?P<values>[^()]*)\))"
)
_VALUE = re.compile(r"`([^`]*)`|\"([^\"]*)\"|'([^']*)'")
MOST = 60
"""Matchers in a rule that is evaluated; a longer one is unknown."""

type Answer = bool | None


@dataclass(frozen=True, slots=True)
class Match:
    """Whether a rule matches (None: unknown), and whether it names this host."""

    answer: Answer
    names_host: bool


def match(rule: str, host: str, path: str) -> Match:
    """Evaluate a rule; a rule that cannot be parsed is unknown."""
    tokens = list(_tokens(rule))
    named = any(name == "host" and host in values for _, name, values in tokens if name)
    if not tokens or len(tokens) > MOST:
        return Match(None, named)
    parser = _Parser(tokens, host, path)
    try:
        answer = parser.either()
    except (IndexError, RecursionError):
        return Match(None, named)
    return Match(answer if parser.at == len(tokens) else None, named)


type _Token = tuple[str, str, tuple[str, ...]]


def _tokens(rule: str) -> Iterator[_Token]:
    at = 0
    while at < len(rule.rstrip()):
        found = _TOKEN.match(rule, at)
        if found is None:
            yield "?", "", ()
            return
        at = found.end()
        values = tuple("".join(v) for v in _VALUE.findall(found["values"] or ""))
        yield found["sign"] or "", (found["name"] or "").lower(), values


class _Parser:
    """A parser of `||`, `&&`, `!` and brackets, which evaluates as it reads."""

    def __init__(self, tokens: list[_Token], host: str, path: str) -> None:
        self._tokens, self._host, self._path = tokens, host, path
        self.at = 0

    def either(self) -> Answer:
        """Return true if one side is true, unknown if one may be."""
        answers = [self._both()]
        while self._takes("||"):
            answers.append(self._both())
        return True if True in answers else None if None in answers else False

    def _both(self) -> Answer:
        answers = [self._one()]
        while self._takes("&&"):
            answers.append(self._one())
        return False if False in answers else None if None in answers else True

    def _one(self) -> Answer:
        if self._takes("!"):
            answer = self._one()
            return None if answer is None else not answer
        if self._takes("("):
            answer = self.either()
            return answer if self._takes(")") else None
        _, name, values = self._tokens[self.at]
        self.at += 1
        return self._matches(name, values)

    def _takes(self, sign: str) -> bool:
        found = self.at < len(self._tokens) and self._tokens[self.at][0] == sign
        self.at += found
        return found

    def _matches(self, name: str, values: tuple[str, ...]) -> Answer:
        if name == "host":
            return self._host in {value.lower() for value in values}
        if name == "path":
            return self._path in values
        if name == "pathprefix":
            return any(self._path.startswith(value) for value in values)
        return "GET" in values if name == "method" else None
