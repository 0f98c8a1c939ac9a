"""Signature: sign and verify the links to a stack's incidents.

In: the stack's key, a group's id, an instant. Out: a path with a query, such as
`/i/<group>?s=<signature>&e=<expiry>`; or why one is refused.
It does not: read the key, or log anything: a link is a secret.
Source: RFC 2104 (HMAC; section 5: at least half of the bytes may be used); RFC 4648,
section 5 (base64url).
"""

import base64
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

LIFETIME = timedelta(days=14)
"""How long a link works."""
SKEW = timedelta(minutes=5)
"""How far the clocks that sign and verify may differ."""
INCIDENT = "incident"
"""The scope of a link to an incident: see its page, acknowledge it, mute it."""
KEY_BYTES = 32
_USED_BYTES = 16
"""Bytes of the HMAC in a link: 128 bits, and a short URL."""
_VERSION = "parallax-link-v1"
_GROUP = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_EXPIRY = re.compile(r"[0-9]{1,11}", re.ASCII)
_SIGNATURE = re.compile(r"[A-Za-z0-9_-]{22}")


class Refusal(StrEnum):
    """Why a link is refused."""

    INVALID = "invalid"
    """It was altered or cut, the key was replaced, or another stack signed it."""
    EXPIRED = "expired"
    """This stack signed it, and it has expired."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link as a request presents it; nothing in it is trusted before `verify`."""

    group: str
    expiry: str
    signature: str

    @property
    def path(self) -> str:
        """Return the path and the query.

        The digits come last: a mail program may leave a last `-` out of a link.
        """
        return f"/i/{self.group}?s={self.signature}&e={self.expiry}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Signs and verifies the links of one stack with its key of `KEY_BYTES` bytes.

    `stack` is a name that no other stack has: the incidents table's. `earlier` are keys
    that only verify.
    """

    stack: str
    key: bytes
    earlier: tuple[bytes, ...] = ()

    def sign(self, group: str, at: datetime, scope: str = INCIDENT) -> Link:
        """Return the link to a group that works for `LIFETIME` from an instant on.

        Raises `ValueError` for an id that is not a UUID in its usual form.
        """
        return self.until(group, int((at + LIFETIME).timestamp()), scope)

    def until(self, group: str, expiry: int, scope: str = INCIDENT) -> Link:
        """Return the link that works until a Unix time in seconds; raises as `sign`."""
        if not _GROUP.fullmatch(group):
            raise ValueError("a group's id is a UUID")
        mac = self._mac(self.key, group, str(expiry), scope)
        return Link(group=group, expiry=str(expiry), signature=mac)

    def verify(
        self, link: Link, now: datetime, scope: str = INCIDENT
    ) -> Refusal | None:
        """Return why a link is refused; None: it is valid.

        Only the holder of a link that this stack signed learns that it expired.
        """
        if not is_formed(link):
            return Refusal.INVALID
        keys = (self.key, *self.earlier)
        macs = [self._mac(key, link.group, link.expiry, scope) for key in keys]
        # The texts are compared, not the bytes: the last character has unused bits.
        fits = [hmac.compare_digest(mac, link.signature) for mac in macs]
        if not any(fits):
            return Refusal.INVALID
        return Refusal.EXPIRED if now > expires_at(link) + SKEW else None

    def _mac(self, key: bytes, group: str, expiry: str, scope: str) -> str:
        text = f"{_VERSION}\n{self.stack}\n{scope}\n{group}\n{expiry}"
        digest = hmac.digest(key, text.encode(), "sha256")[:_USED_BYTES]
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def is_formed(link: Link) -> bool:
    """Say whether a link has the form of one; others need no key to be refused."""
    return bool(
        _GROUP.fullmatch(link.group)
        and _EXPIRY.fullmatch(link.expiry)
        and _SIGNATURE.fullmatch(link.signature)
    )


def expires_at(link: Link) -> datetime:
    """Return when a link expires; it must have the form of one."""
    return datetime.fromtimestamp(int(link.expiry), UTC)
