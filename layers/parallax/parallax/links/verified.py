"""Verified: whether a link opens what it is for, with the stack's present keys.

In: the stack's keys, a link, an instant, a scope. Out: who signed it, or why not.
It does not: show or change anything. A text that cannot be a link reads no key.
"""

from datetime import datetime

from parallax.links.key import LinkKey
from parallax.links.signature import INCIDENT, Link, Refusal, Signer, is_formed


def verified(
    key: LinkKey, link: Link, now: datetime, scope: str = INCIDENT
) -> tuple[Signer | None, Refusal | None]:
    """Return who verified a link, and why it is refused; None: it is valid.

    The keys may have been replaced a moment ago, so they are read again for a link that
    does not fit. Raises botocore's errors.
    """
    if not is_formed(link):
        return None, Refusal.INVALID
    signer, refused = _asked(key, link, now, scope)
    if refused is Refusal.INVALID and key.refresh():
        return _asked(key, link, now, scope)
    return signer, refused


def _asked(
    key: LinkKey, link: Link, now: datetime, scope: str
) -> tuple[Signer | None, Refusal | None]:
    newest, *earlier = key.keys() or (None,)
    if newest is None:
        return None, Refusal.INVALID
    known = tuple(k for k in earlier if k)
    signer = Signer(stack=key.table, key=newest, earlier=known)
    return signer, signer.verify(link, now, scope)
