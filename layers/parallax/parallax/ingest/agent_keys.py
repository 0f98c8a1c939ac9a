"""Agent keys: which keys the stack has, and for which cluster each of them signs.

In: the entries of the secret's field, and the id that a sender names. Out: the keys
that may have signed its push; or a rejection.
It does not: verify a signature, or read the secret.

An entry is `whsec_<base64>`, which signs for every cluster, or
`<cluster>/<id>=whsec_<base64>`, which signs for one. Its cluster is percent-encoded, so
that a comma or a slash in a name divides nothing. Two ids of a cluster overlap while
the key is rotated.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote, unquote

from parallax.ingest.rejection import PushRejected, one_line
from parallax.ingest.statuses import FORBIDDEN, UNAUTHORIZED, UNAVAILABLE
from parallax.model.key_id import is_key_id
from parallax.model.name import is_name

PREFIX = "whsec_"
NONE = "no key is configured: set the stack's parameter AgentKey"
UNUSABLE = (
    "no key in the stack's parameter AgentKey is usable; expected whsec_<base64> or"
    " CLUSTER/ID=whsec_<base64>"
)
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")
_ONE_WORD = re.compile(r"[!-~]+")
"""A key without a cluster: the library ignores characters that are not base64, so such
a key may be in use. A word keeps out a page, and a file without a key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentKey:
    """One key; without a cluster and an id it signs for every cluster.

    Its `repr` has no secret.
    """

    secret: str = field(repr=False)
    cluster: str | None = None
    id: str | None = None

    @property
    def entry(self) -> str:
        """Return the key as an entry of the secret's field."""
        if self.cluster is None:
            return self.secret
        return f"{quote(self.cluster, safe='')}/{self.id}={self.secret}"


def read_keys(entries: Iterable[str]) -> tuple[AgentKey, ...]:
    """Return the keys in these entries, without those that are not usable.

    A typo in one entry disables no other key.
    """
    return tuple(key for key in map(read_entry, entries) if key)


def read_entry(entry: str) -> AgentKey | None:
    """Return the key in an entry; None if it is not usable."""
    label, sign, rest = entry.strip().rpartition(f"={PREFIX}")
    secret = PREFIX + rest if sign else entry.strip()
    if not (_BASE64.fullmatch(rest) if sign else _ONE_WORD.fullmatch(secret)):
        return None
    if not _decodes(secret):
        return None
    if not sign:
        return AgentKey(secret=secret)
    place, slash, key_id = label.rpartition("/")
    cluster = unquote(place)
    if not slash or not is_name(cluster) or not is_key_id(key_id):
        return None
    return AgentKey(secret=secret, cluster=cluster, id=key_id)


def candidates(entries: Sequence[str], key_id: str | None) -> tuple[AgentKey, ...]:
    """Return the keys that may have signed a push whose sender names this id.

    Without an id these are the keys of no cluster: agents of an earlier version send
    none. Raises `PushRejected`: 401 without such a key, 503 if no entry is usable: that
    is a fault of the stack.
    """
    present = [entry for entry in entries if entry.strip()]
    if not present:
        raise PushRejected(UNAUTHORIZED, f"not authorized: {NONE}")
    keys = read_keys(present)
    if not keys:
        raise PushRejected(UNAVAILABLE, UNUSABLE)
    found = tuple(key for key in keys if key.id == key_id)
    if found:
        return found
    if key_id is None:
        reason = "each key of this stack has an id, and the push names none"
    else:
        reason = f"this stack has no key with the id '{one_line(key_id)}'"
    raise PushRejected(UNAUTHORIZED, f"not authorized: {reason}")


def check_cluster(cluster: str, signers: Iterable[AgentKey]) -> None:
    """Raise `PushRejected` (403) unless one of these keys signs for this cluster."""
    clusters = [key.cluster for key in signers]
    if None in clusters or cluster in clusters:
        return
    own = one_line(" or ".join(dict.fromkeys(filter(None, clusters))))
    raise PushRejected(
        FORBIDDEN,
        f"forbidden: the key is of cluster '{own}', and the push is of cluster"
        f" '{one_line(cluster)}'",
    )


def _decodes(secret: str) -> bool:
    """Say whether the library accepts a key."""
    from standardwebhooks import Webhook  # noqa: PLC0415 - the probe imports none of it
    from standardwebhooks.webhooks import EmptyWebhookSecretError  # noqa: PLC0415

    try:
        Webhook(secret)
    except (EmptyWebhookSecretError, ValueError):
        return False
    return True
