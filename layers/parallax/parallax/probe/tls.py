"""TLS: the contexts, and the fields of a certificate.

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
"""Names of one certificate; a stored probe has fewer."""
_REMEMBERED, _REMEMBERED_BYTES = 256, 8192
"""Certificates that stay decoded, and the size of the largest one of them.

A container probes the same targets every minute. With a hundred names, as a CDN's
certificate has, decoding takes longer than all else that a probe does in Python."""
_decoded: dict[bytes, Certificate] = {}


def _unverified_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def as_users_do() -> ssl.SSLContext:
    """Return a new context that trusts `SSL_CERT_FILE`, else certifi's list.

    It is the same on Lambda as elsewhere.
    """
    context = httpx.create_ssl_context()
    # Python 3.13 enforces RFC 5280 strictly by default; browsers and curl do not. A
    # certificate that they accept must not be reported as a failure.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context


VERIFIED = as_users_do()
"""Shared by all probes: a new context takes 3 to 14 ms."""
UNVERIFIED = _unverified_context()
"""Accepts any certificate: for names that no certificate can have."""
for _context in (VERIFIED, UNVERIFIED):
    _context.set_alpn_protocols(["http/1.1"])


def peer_certificate(connection: ssl.SSLObject) -> Certificate | None:
    """Return the peer's certificate, verified or not; one is decoded only once."""
    encoded = connection.getpeercert(binary_form=True) or b""
    if encoded in _decoded:
        return _decoded[encoded]
    certificate = certificate_of(decoded_fields(connection))
    if certificate is not None and len(encoded) <= _REMEMBERED_BYTES:
        if len(_decoded) >= _REMEMBERED:
            _decoded.clear()
        _decoded[encoded] = certificate
    return certificate


def decoded_fields(connection: ssl.SSLObject) -> dict[str, Any]:
    """Return the fields of a certificate; none if a name of it is not valid text.

    OpenSSL accepts such a name, and CPython cannot decode it.
    """
    try:
        return connection.getpeercert() or _unverified(connection)
    except (ssl.SSLError, ValueError):
        return {}


def _unverified(connection: ssl.SSLObject) -> dict[str, Any]:
    """Return the fields of a certificate that was not verified, or nothing.

    The public API decodes only verified certificates. CPython's private object decodes
    any, and may change: hence the guard.
    """
    try:
        chain = cast("Any", connection)._sslobj.get_unverified_chain()  # noqa: SLF001 - see above
        return chain[0].get_info() if chain else {}
    except AttributeError:
        return {}


def certificate_of(certificate: dict[str, Any]) -> Certificate | None:
    """Return a certificate from OpenSSL's fields; None: it has no end."""
    if not certificate:
        return None
    try:
        not_after = _instant(certificate["notAfter"])
    except (KeyError, ValueError):
        return None  # not a date: verification fails as well
    return Certificate(
        subject=_name(certificate.get("subject", ())),
        issuer=_name(certificate.get("issuer", ())),
        not_after=not_after,
        names=_names(certificate.get("subjectAltName", ())),
        not_before=_beginning(certificate.get("notBefore", "")),
    )


def _beginning(text: str) -> datetime | None:
    """Return since when a certificate is valid; None: no date that the model has."""
    try:
        instant = datetime.fromtimestamp(ssl.cert_time_to_seconds(text), UTC)
    except ValueError:
        return None
    return instant if instant.year in YEARS else None


def _names(alternatives: Iterable[tuple[str, object]]) -> tuple[str, ...]:
    """Return the names; a directory name has parts, and matches no host."""
    texts = (value for _, value in alternatives if isinstance(value, str))
    return tuple(shortened(text, NAME) for text in islice(texts, _MOST_NAMES))


@lru_cache(maxsize=256)
def _instant(text: str) -> datetime:
    """Return OpenSSL's date; cached, since strptime is slower than all the rest.

    The year 9999 means that there is no end (RFC 5280, 4.1.2.5): it becomes the last
    year that the model accepts.
    """
    instant = datetime.fromtimestamp(ssl.cert_time_to_seconds(text), UTC)
    return instant if instant.year in YEARS else instant.replace(year=YEARS[-1], day=1)


def _name(parts: tuple[tuple[tuple[str, str], ...], ...]) -> str:
    """Return a distinguished name in its usual form: `O=Acme, CN=acme.example`."""
    short = {"commonName": "CN", "organizationName": "O", "countryName": "C"}
    pairs = (pair for part in parts for pair in part)
    text = ", ".join(f"{short.get(key, key)}={value}" for key, value in pairs)
    return shortened(text, REASON)
