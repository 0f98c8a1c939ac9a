r"""Web URL: why a text is not a URL that can be requested.

In: text from a file, a variable or a command. Out: one sentence with the reason and
what to do, or None; a URL without secret values, for display. No sentence contains a
user name, password, query or fragment.
It does not: correct a URL, resolve a name, or decide which addresses are allowed.
Source: RFC 3986, sections 3.1 to 3.5; WHATWG URL, section 4.4 (`\` counts as `/`, and
tabs and line breaks are dropped); RFC 3492 (Punycode).
"""

import re
import unicodedata
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import SplitResult, unquote, urlsplit

from parallax.model.plain import plain_line
from parallax.model.secret_name import is_secret
from parallax.model.secret_text import REDACTED, quoted

NO_USER = "user name and password in a URL are not supported; remove them and the @"
EXPECTED = "expected an http or https URL"
SCHEMES = frozenset({"http", "https"})
_DEPTH = 3
"""How often a text may be percent-encoded."""
_SCHEME = re.compile(
    r"\s*(?:https?:[/\\]*|[a-z][a-z0-9+.-]*:[/\\]+|[/\\]+)?", re.IGNORECASE
)
_SLASHES = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_BRACKETS = re.compile(r"\[[0-9A-Fa-f:.]+\](?::[0-9]*)?")
_DOTTED = re.compile(r"[0-9]+(?:\.[0-9]+){3}")
_HOST = re.compile(r"[A-Za-z0-9._~-]+")


def problem(url: object) -> str | None:
    """Return what is wrong with a URL and what to do; None: it is valid."""
    if not isinstance(url, str):
        return f"{EXPECTED}, got {quoted(url)}"
    if has_user(url):
        return NO_USER
    reason = _reason(url)
    if reason is None:
        return None
    shown = quoted(re.split("[?#]", url, maxsplit=1)[0])
    return f"{EXPECTED}, got {shown}: {reason}"


def without_secret_values(url: str) -> str:
    """Return a URL for display: parameters with a secret name have no value.

    The rest does not change. A name may be percent-encoded; `;` is a separator too.
    """
    before, mark, query = url.partition("?")
    return before + mark + "&".join(map(_parameter, query.split("&")))


def _parameter(text: str) -> str:
    pieces = text.split(";")
    for number, piece in enumerate(pieces):
        name, equals, value = piece.partition("=")
        plain_name = name
        for _ in range(_DEPTH):
            plain_name = unquote(plain_name)
        if equals and is_secret(plain_name, value):
            # The text after a `;` may belong to the value.
            return ";".join([*pieces[:number], f"{name}={REDACTED}"])
    return text


def has_user(text: str) -> bool:
    """Say whether a text has a user name or password before an `@`, in any spelling.

    That includes text without a scheme, percent-encoded, with a tab, or with a `/`, `?`
    or `#` in the password: no port follows the first colon then.
    """
    for _ in range(_DEPTH + 1):
        if _has_user(unicodedata.normalize("NFKC", re.sub("[\t\r\n]", "", text))):
            return True
        text = unquote(text)
    return False


def _has_user(text: str) -> bool:
    start = _SCHEME.match(text)
    rest = text[start.end() if start else 0 :]
    authority = re.split("[/?#]", rest, maxsplit=1)[0]
    if "@" in authority:
        return True
    _, colon, port = authority.partition(":")
    is_host = authority.startswith("[") or not colon or not port or port.isdigit()
    return not is_host and "@" in rest


def _reason(text: str) -> str | None:
    """Return what is wrong with a URL without a user name; None: it is valid."""
    scheme = _SLASHES.match(text)
    if not text:
        return "it is empty"
    if re.search(r"\s", text):
        return "it contains a space or a line break; write %20 for a space"
    if plain_line(text) != text:
        return "it contains a control character; remove it"
    if scheme is None:
        return _no_scheme(text)
    if scheme[1].lower() not in SCHEMES:
        return "its scheme is not supported"
    return _host(text) or _rest(urlsplit(text))


def _no_scheme(text: str) -> str:
    if text.partition(":")[0].lower() in SCHEMES:
        return "two slashes are missing after the scheme; write https://"
    return "the scheme is missing; write https:// before the host"


def _host(text: str) -> str | None:
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
        is_address = "[" in parts.netloc and _is_bracketed(parts.netloc, host)
    except ValueError:
        return "the host is not valid; write an IPv6 address as [2001:db8::1]"
    if not host:
        return "the host is missing"
    if not host.isascii():
        return "the host is not ASCII; write it in Punycode (xn--…)"
    if _DOTTED.fullmatch(host) and not _is_ipv4(host):
        return "the host is not an IPv4 address; write four numbers from 0 to 255"
    if not is_address and not _HOST.fullmatch(host):
        return "the host contains an invalid character"
    return None


def _is_bracketed(netloc: str, host: str) -> bool:
    """Return True for an IPv6 address between brackets; raises `ValueError`."""
    if not _BRACKETS.fullmatch(netloc):
        raise ValueError(netloc)
    return bool(IPv6Address(host))


def _is_ipv4(host: str) -> bool:
    """Say whether it is an address; a number may not begin with 0, as octal ones do."""
    try:
        IPv4Address(host)
    except ValueError:
        return False
    return True


def _rest(parts: SplitResult) -> str | None:
    try:
        port = parts.port
    except ValueError:
        port = 0
    if port == 0:
        return "the port must be a number from 1 to 65535"
    if parts.fragment:
        return "it has a fragment (#…), which is never sent; remove it"
    if not parts.geturl().isascii():
        return "its path or query is not ASCII; percent-encode it"
    return None
