"""Redact: take secrets out of headers before anything is kept or sent.

In: headers as they came. Out: the same headers, same order and case, with the
secret part of their values gone. Cookie names stay: a sticky cookie's name
tells which balancer set it. Of a redirect the path stays: it tells a login page
from an error page; its query and fragment carry codes and tokens.
It does not: look into bodies; a body's secrets cannot be told from its text.
"""

import re
from collections.abc import Iterable

REDACTED = "[redacted]"
_COOKIES = frozenset({"set-cookie", "set-cookie2"})
_REDIRECTS = frozenset({"location", "content-location", "refresh"})
_SECRET = re.compile("token|secret|session|key|password|credential|auth|cookie")
"""Words of header names; rather one harmless value too few than a secret kept."""
_USER = re.compile(r"//[^/?#@]*@")
_AFTER_PATH = re.compile(r"([?#]).*", re.DOTALL)


def redact(headers: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return the headers without secrets."""
    return tuple((name, _value(name.lower(), value)) for name, value in headers)


def _value(name: str, value: str) -> str:
    if name in _COOKIES:
        cookie, equals, _ = value.partition("=")
        return f"{cookie}={REDACTED}" if equals and ";" not in cookie else REDACTED
    if name in _REDIRECTS:
        anonymous = _USER.sub(f"//{REDACTED}@", value)
        return _AFTER_PATH.sub(rf"\1{REDACTED}", anonymous)
    return REDACTED if _SECRET.search(name) else value
