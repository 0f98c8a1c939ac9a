"""Redact: remove secrets from headers before anything is stored or sent.

In: headers as received. Out: the same headers, in the same order and case, without the
secret parts of their values. Cookie names stay: the name of a sticky cookie identifies
the load balancer that set it. The path of a URL stays: it distinguishes a login page
from an error page. Its user information, query and fragment may have codes and tokens.
It does not: redact bodies; secrets in a body cannot be recognized.
Source: RFC 6265, section 4.1 (cookies); RFC 8288, section 3 (Link).
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from parallax.model.secret_name import is_secret
from parallax.model.secret_text import (
    REDACTED,
    clean,
    decoded,
    without_secrets,
    without_shapes,
)

__all__ = ["REDACTED", "redact"]

LONGEST = 16 * 1024
"""Characters of a value that are read. All probes of a run share one event loop, so
redacting delays each of them. Common servers reject more than 16 KiB of headers."""
TAIL = 2048
"""Characters before a cut that may be the start of a secret, percent-encoded."""
_SHORT = 256
"""Characters of a value whose redaction is remembered: 1 MB for all of them."""
_COOKIES = frozenset({"set-cookie", "set-cookie2"})
_COOKIE_NAME = re.compile(r"[!#$%&'*+.^`|~\w-]+", re.ASCII)
_URLS = re.compile(
    r"(?<![a-z])(?:locations?|refresh|redirect|ur[il]|links?|href|referer|referrer|rewrite"
    r"|path|destination|goto|return|callback|continue)(?![a-z])"
)
"""Words in the names of headers whose value is a URL, or a path with a query."""
_NO_PAIRS = frozenset({"permissions-policy", "feature-policy", "cache-status"})
"""In these, `publickey-credentials-get=(self)` and `key="/path"` are not secret."""
_NONCE = re.compile(r"'nonce-[^']*'?")
_ANGLES = re.compile(r"<[^<>]*>?")
_UNSPACED = re.compile(r"[^\s\"<>]+")
_AFTER_PATH = re.compile(r"([?#])(?!\s*$).*", re.DOTALL)
_QUERY = re.compile(r"(\?)[\w.%\[\]-]+=.*", re.DOTALL)


def redact(headers: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return the headers without secrets; of a long value only the start."""
    return tuple((name, _shown(name, value)) for name, value in headers)


def _shown(name: str, value: str) -> str:
    if len(name) + len(value) <= _SHORT and name.strip().lower() not in _COOKIES:
        return _remembered(name, value)
    shown = _value(name, value[:LONGEST])
    if len(value) <= LONGEST or shown.endswith(REDACTED):
        return shown
    return f"{shown[:-TAIL]}…"


@lru_cache(maxsize=1024)
def _remembered(name: str, value: str) -> str:
    """Return a short value; most headers of a target are the same every minute.

    All patterns together take 15 us a header, the largest part of a probe in Python.
    """
    return _value(name, value)


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
    """Return the cookie's name; without a name, or with a secret as one, nothing."""
    name, equals, _ = value.partition("=")
    is_name = equals and _COOKIE_NAME.fullmatch(name) and without_secrets(name) == name
    return f"{name}={REDACTED}" if is_name else REDACTED


def _whole_url(value: str) -> str:
    """Return a URL without all that follows its path."""
    return _any(_AFTER_PATH.sub(rf"\1{REDACTED}", without_shapes(value)))


def _any(value: str) -> str:
    """Return a value without secrets in URLs, pairs, tokens or credentials."""
    return clean(_urls(value))


def _urls(value: str) -> str:
    """Return a value without tokens, and its URLs without their secret parts."""
    value = _NONCE.sub(f"'nonce-{REDACTED}'", without_shapes(value))
    value = _ANGLES.sub(lambda match: _in_angles(match.group()), value)
    return _UNSPACED.sub(lambda match: _unspaced(match.group()), value)


def _in_angles(text: str) -> str:
    end = ">" if text.endswith(">") else ""
    return _AFTER_PATH.sub(rf"\1{REDACTED}", text.removesuffix(">")) + end


def _unspaced(text: str) -> str:
    """Return a piece of text without the query and fragment of its URL."""
    text = _QUERY.sub(rf"\1{REDACTED}", text)
    before = re.split(r"[?#]", text, maxsplit=1)[0]
    is_path = "://" in before or before.lstrip("(,;='").startswith(("/", "./", "../"))
    is_query = "/" in before and text[len(before) : len(before) + 1] == "?"
    if is_path or is_query:
        return _AFTER_PATH.sub(rf"\1{REDACTED}", text)
    return text
