"""Response: what one complete response lacks of a health rule.

In: a rule, and the status, headers, body and duration of a response. Out: the unmet
parts of the rule; none: the response is healthy.
It does not: repeat a value of the response: such a text is stored and mailed.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from parallax.model.plain import plain_line
from parallax.model.probe import MOST_UNMET, Check, Unmet
from parallax.model.status_codes import codes_text
from parallax.model.target import HeaderRule, Healthy, JsonRule
from parallax.model.wire import encode
from parallax.rule.json_path import MISSING, same, value_at

_LONGEST = 60
"""Characters of a text of the rule that an unmet part repeats."""
_DIGITS = 12
_NO_JSON = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """The parts of a complete response that a rule reads; `seconds` is its duration.

    `is_cut`: the body is longer than `body`.
    """

    status_code: int
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""
    is_cut: bool = False
    seconds: float = 0.0


def unmet(rule: Healthy, response: Response) -> tuple[Unmet, ...]:
    """Return the parts of a rule that a response does not meet.

    A response with a wrong status is not read further: the rest of the rule describes
    another page.
    """
    if response.status_code not in rule.status_codes:
        text = f"the status is not {codes_text(rule.status_codes)}"
        return (Unmet(check=Check.STATUS, text=text),)
    return tuple(_parts(rule, response))[:MOST_UNMET]


def digest(rule: Healthy) -> str | None:
    """Return a short digest of a rule; None: earlier agents judge by it correctly.

    They know statuses and one text of the body, and ignore the rest.
    """
    if rule == Healthy(
        status_codes=rule.status_codes, body_contains=rule.body_contains
    ):
        return None
    from hashlib import sha256  # noqa: PLC0415 - few targets have such a rule

    text = json.dumps(encode(rule), sort_keys=True)
    return sha256(text.encode()).hexdigest()[:_DIGITS]


def _parts(rule: Healthy, response: Response) -> Iterator[Unmet]:
    limit = rule.max_seconds
    if limit is not None and response.seconds > limit:
        yield Unmet(check=Check.SECONDS, text=f"slower than {limit:g} s")
    for one in rule.headers:
        if text := _header(one, response):
            yield Unmet(check=Check.HEADERS, text=text)
    for text in _body(rule, response):
        yield Unmet(check=Check.BODY, text=text)
    if rule.json:
        for text in _json(rule.json, response):
            yield Unmet(check=Check.JSON, text=text)


def _header(one: HeaderRule, response: Response) -> str | None:
    name = one.name.lower()
    values = [value for key, value in response.headers if key.lower() == name]
    if not values:
        return f"there is no header {name}"
    if one.equals is not None and one.equals not in values:
        return f"the header {name} is not {_shown(one.equals)}"
    wanted = one.contains
    if wanted is not None and not any(wanted.lower() in v.lower() for v in values):
        return f"the header {name} lacks {_shown(wanted)}"
    return None


def _body(rule: Healthy, response: Response) -> Iterator[str]:
    body = response.body
    first = () if rule.body_contains is None else (rule.body_contains,)
    for text in (*first, *rule.body_contains_all):
        if text not in body:
            yield f"the body lacks {_shown(text)}"
    for text in rule.body_lacks:
        if text in body:
            yield f"the body contains {_shown(text)}"
    pattern = rule.body_matches
    if pattern is None:
        return
    from parallax.rule.pattern import matches  # noqa: PLC0415 - few rules have one

    if not matches(pattern, body):
        yield f"the body does not match {_shown(pattern)}"


def _json(rules: tuple[JsonRule, ...], response: Response) -> Iterator[str]:
    content = _decoded(response)
    if content is _NO_JSON:
        yield (
            "the body is longer than is read"
            if response.is_cut
            else ("the body is not JSON")
        )
        return
    for one in rules:
        value, path = value_at(content, one.path), _cut(one.path)
        if value is MISSING:
            yield f"the JSON has no {path}"
        elif not one.exists and not same(value, one.equals):
            yield f"the JSON's {path} is not {_shown(one.equals)}"


def _decoded(response: Response) -> object:
    if response.is_cut:
        return _NO_JSON
    try:
        return json.loads(response.body.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}"))
    except (ValueError, RecursionError):
        return _NO_JSON


def _shown(value: object) -> str:
    """Return a value of the rule, as JSON writes it or in quotes."""
    if isinstance(value, str):
        return repr(_cut(value))
    return json.dumps(value)


def _cut(text: str) -> str:
    line = plain_line(text)
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
