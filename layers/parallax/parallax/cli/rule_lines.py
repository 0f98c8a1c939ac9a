"""Rule lines: a target's health rule and its request, as `parallax targets` shows them.

In: a target. Out: names and values of lines. It does not: read a secret: of a login
only the name of its secret is known.
"""

import json
from collections.abc import Iterator

from parallax.model.status_codes import codes_text
from parallax.model.target import HeaderRule, JsonRule, Method, Target


def rule_lines(target: Target) -> Iterator[tuple[str, str]]:
    """Yield what a healthy response has, and what a request sends beyond the URL."""
    rule = target.healthy
    first = () if rule.body_contains is None else (rule.body_contains,)
    parts = [
        codes_text(rule.status_codes),
        *(f"body contains {text!r}" for text in (*first, *rule.body_contains_all)),
        *(f"body lacks {text!r}" for text in rule.body_lacks),
        *([f"body matches {rule.body_matches!r}"] if rule.body_matches else []),
        *map(_header, rule.headers),
        *map(_json, rule.json),
    ]
    if rule.max_seconds is not None:
        parts.append(f"at most {rule.max_seconds:g} s")
    yield "healthy", ", ".join(parts)
    if target.method is not Method.GET:
        yield "method", target.method.value
    if target.request_headers:
        yield "headers", ", ".join(f"{k}: {v}" for k, v in target.request_headers)
    if target.request_body is not None:
        yield "body", f"{len(target.request_body.encode())} bytes"
    if target.login is not None:
        plain = ", also without TLS" if target.login.allow_http else ""
        yield "login", f"{target.login.kind}, from secret {target.login.secret}{plain}"


def _header(one: HeaderRule) -> str:
    if one.equals is not None:
        return f"header {one.name} is {one.equals!r}"
    has = f"contains {one.contains!r}" if one.contains is not None else "exists"
    return f"header {one.name} {has}"


def _json(one: JsonRule) -> str:
    return (
        f"JSON {one.path} {'exists' if one.exists else f'is {json.dumps(one.equals)}'}"
    )
