"""TLS: the contexts, and what a certificate says.

In: a finished handshake. Out: a `Certificate`.
It does not: open connections.
"""

import ssl
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from typing import Any, cast

import httpx

from parallax.model.probe import Certificate
from parallax.model.wire import YEARS
from parallax.probe.bound import NAME, REASON, shortened

_MOST_NAMES = 256
"""Of one certificate; whoever stores it keeps fewer."""


def _trusting_nobody() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def as_users_do() -> ssl.SSLContext:
    """Return a new context: trusts `SSL_CERT_FILE`, else certifi's list, as curl does.

    The same on Lambda as anywhere.
    """
    context = httpx.create_ssl_context()
    # Python 3.13's default keeps RFC 5280 to the letter; browsers and curl do not, and
    # what they take must not be told as down.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context


VERIFIED = as_users_do()
"""One for all probes: building one costs 3 to 14 ms, using it nothing."""
UNVERIFIED = _trusting_nobody()
"""Accepts any certificate: for names that no certificate can bear."""
for _context in (VERIFIED, UNVERIFIED):
    _context.set_alpn_protocols(["http/1.1"])


def shown(connection: ssl.SSLObject) -> Certificate | None:
    """Return the certificate the peer showed, verified or not."""
    return _read(connection.getpeercert() or _unverified(connection))


def _unverified(connection: ssl.SSLObject) -> dict[str, Any]:
    """Read a certificate that was not verified, or return nothing.

    The public API decodes verified ones only. CPython's own object behind it
    decodes any; it is private, hence the guard.
    """
    try:
        chain = cast("Any", connection)._sslobj.get_unverified_chain()  # noqa: SLF001 - see above
        return chain[0].get_info() if chain else {}
    except AttributeError:
        return {}


def _read(certificate: dict[str, Any]) -> Certificate | None:
    if not certificate:
        return None
    try:
        not_after = _instant(certificate["notAfter"])
    except (KeyError, ValueError):
        return None  # a date that is none: whoever verifies refuses it as well
    return Certificate(
        subject=_name(certificate.get("subject", ())),
        issuer=_name(certificate.get("issuer", ())),
        not_after=not_after,
        names=_names(certificate.get("subjectAltName", ())),
    )


def _names(alternatives: Iterable[tuple[str, object]]) -> tuple[str, ...]:
    """Return the names; a directory name comes as parts, and matches no host."""
    texts = (value for _, value in alternatives if isinstance(value, str))
    return tuple(shortened(text, NAME) for text in islice(texts, _MOST_NAMES))


@lru_cache(maxsize=256)
def _instant(text: str) -> datetime:
    """Read OpenSSL's date; cached, for strptime costs more than the certificate.

    The year 9999 means that there is no end (RFC 5280, 4.1.2.5): the last that fits.
    """
    found = datetime.fromtimestamp(ssl.cert_time_to_seconds(text), UTC)
    return found if found.year in YEARS else found.replace(year=YEARS[-1], day=1)


def _name(parts: tuple[tuple[tuple[str, str], ...], ...]) -> str:
    """Write a distinguished name as operators do: `O=Acme, CN=acme.example`."""
    short = {"commonName": "CN", "organizationName": "O", "countryName": "C"}
    pairs = (pair for part in parts for pair in part)
    text = ", ".join(f"{short.get(key, key)}={value}" for key, value in pairs)
    return shortened(text, REASON)
