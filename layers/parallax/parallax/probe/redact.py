"""Redact: take secrets out of headers before anything is kept or sent.

In: headers as they came. Out: the same headers, same order and case, with the
secret part of their values gone. Cookie names stay: a sticky cookie's name
tells which balancer set it. Of a URL the path stays: it tells a login page
from an error page; its user information, query and fragment carry codes and tokens.
It does not: look into bodies; a body's secrets cannot be told from its text.
Source: RFC 6265, section 4.1 (cookies); RFC 8288, section 3 (Link).
"""

import re
from collections.abc import Iterable

from parallax.model.secret_name import is_secret
from parallax.model.secret_text import (
    REDACTED,
    clean,
    decoded,
    without_secrets,
    without_shapes,
)

__all__ = ["REDACTED", "redact"]

_COOKIES = frozenset({"set-cookie", "set-cookie2"})
_COOKIE_NAME = re.compile(r"[!#$%&'*+.^`|~\w-]+", re.ASCII)
_URLS = re.compile(
    r"(?<![a-z])(?:locations?|refresh|redirect|ur[il]|links?|href|referer|referrer|rewrite"
    r"|path|destination|goto|return|callback|continue)(?![a-z])"
)
"""Words of names of headers that hold a URL, or a path with a query."""
_NO_PAIRS = frozenset({"permissions-policy", "feature-policy", "cache-status"})
"""Where `publickey-credentials-get=(self)` and a cache's `key="/path"` are ordinary."""
_NONCE = re.compile(r"'nonce-[^']*'?")
_ANGLES = re.compile(r"<[^<>]*>?")
_UNSPACED = re.compile(r"[^\s\"<>]+")
_AFTER_PATH = re.compile(r"([?#])(?!\s*$).*", re.DOTALL)
_QUERY = re.compile(r"(\?)[\w.%\[\]-]+=.*", re.DOTALL)


def redact(headers: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return the headers without secrets."""
    return tuple((name, _value(name, value)) for name, value in headers)


def _value(name: str, value: str) -> str:
    lowered = name.strip().lower()
    if lowered in _COOKIES:
        return _cookie(value)
    if lowered != "refresh" and is_secret(name, value):
        return REDACTED
    if lowered in _NO_PAIRS:
        return decoded(value, _urls)
    if _URLS.search(lowered) and "<" not in value:
        return decoded(value, _whole_url)
    return decoded(value, _any)


def _cookie(value: str) -> str:
    """Keep a cookie's name; what has none, or a secret in its place, is gone."""
    name, equals, _ = value.partition("=")
    fine = equals and _COOKIE_NAME.fullmatch(name) and without_secrets(name) == name
    return f"{name}={REDACTED}" if fine else REDACTED


def _whole_url(value: str) -> str:
    """Return a value that is one URL: all that follows its path is gone."""
    return _any(_AFTER_PATH.sub(rf"\1{REDACTED}", without_shapes(value)))


def _any(value: str) -> str:
    """Return a value that may hold URLs, pairs, tokens or credentials anywhere."""
    return clean(_urls(value))


def _urls(value: str) -> str:
    """Return a value without tokens, and its URLs without what may be secret."""
    value = _NONCE.sub(f"'nonce-{REDACTED}'", without_shapes(value))
    value = _ANGLES.sub(lambda found: _in_angles(found.group()), value)
    return _UNSPACED.sub(lambda found: _unspaced(found.group()), value)


def _in_angles(text: str) -> str:
    end = ">" if text.endswith(">") else ""
    return _AFTER_PATH.sub(rf"\1{REDACTED}", text.removesuffix(">")) + end


def _unspaced(text: str) -> str:
    """Return a piece without the query and fragment of a URL in it."""
    text = _QUERY.sub(rf"\1{REDACTED}", text)
    before = re.split(r"[?#]", text, maxsplit=1)[0]
    is_path = "://" in before or before.lstrip("(,;='").startswith(("/", "./", "../"))
    is_query = "/" in before and text[len(before) : len(before) + 1] == "?"
    if is_path or is_query:
        return _AFTER_PATH.sub(rf"\1{REDACTED}", text)
    return text
