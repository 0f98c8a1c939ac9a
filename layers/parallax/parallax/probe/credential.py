"""Credential: the login that a request carries, and its removal from what comes back.

In: a login, and its secret. Out: one request header; texts without the secret.
It does not: read a secret; `parallax.probe.logins` does. Its `repr` has no secret.
A server may repeat a request's header in a page or an error, and both are stored.
Source: RFC 7617 (basic), RFC 6750 (bearer).
"""

from base64 import b64encode
from dataclasses import dataclass, field

from parallax.model.known_secret import SHORTEST, removed, spellings
from parallax.model.target import Login, LoginKind


@dataclass(frozen=True, slots=True)
class Credential:
    """A request header with a secret; `allow_http` sends it without TLS as well."""

    name: str
    value: str = field(repr=False)
    texts: tuple[str, ...] = field(repr=False)
    """The secret in each spelling that a server may repeat, the longest first."""
    allow_http: bool = False

    def header(self, scheme: str, *, verified: bool) -> tuple[str, str] | None:
        """Return the header; None: this connection must not carry it."""
        is_safe = scheme == "https" and verified
        return (self.name, self.value) if is_safe or self.allow_http else None

    def removed_from(self, text: str) -> str:
        """Return a text without the secret, also without its begin at the end."""
        return removed(self.texts, text)


def credential(login: Login, secret: str) -> Credential:
    """Return the credential of a login; raises `ValueError` without the secret."""
    if len(secret) < SHORTEST:
        raise ValueError(f"expected a secret of at least {SHORTEST} characters")
    if not secret.isascii() or not secret.isprintable():
        raise ValueError("expected a secret of printable ASCII characters")
    if login.kind is LoginKind.HEADER:
        return _credential(login, login.header or "", secret, secret)
    if login.kind is LoginKind.BEARER:
        return _credential(login, "Authorization", f"Bearer {secret}", secret)
    user, colon, password = secret.partition(":")
    if not colon or not user:
        raise ValueError("expected a secret such as user:password")
    encoded = b64encode(secret.encode()).decode()
    texts = (encoded, secret, *((password,) if len(password) >= SHORTEST else ()))
    return _credential(login, "Authorization", f"Basic {encoded}", *texts)


def _credential(login: Login, name: str, value: str, *secrets: str) -> Credential:
    return Credential(name, value, spellings(secrets), login.allow_http)
