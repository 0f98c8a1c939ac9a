"""Key: the keys of a stack's links, in one item of the incidents table.

In: the table. Out: the key, created at the first use, replaced each month, and kept in
memory for some minutes. The key before it still verifies links, so that a replacement
ends none. Who deletes the item revokes all links.
It does not: use Secrets Manager, whose secret has a monthly price. Whoever can read the
table can see all incidents anyway (docs/decisions/0021 and 0023).
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic, time
from typing import Any

from parallax.aws import client, failed_with
from parallax.incidents.items import Items
from parallax.links.signature import KEY_BYTES
from parallax.model.packed import in_clear

ITEM = "links/key"
"""The item's key. No target and no cluster's agents have this subject."""
CACHE_SECONDS = 300.0
"""Age at which the keys are read again: links are revoked in five minutes."""
ABSENT_SECONDS = 15.0
"""The same if there was none, or if a link does not fit, so that forged links do not
read the table each time."""
ROTATION = timedelta(days=30)
"""Age at which the key is replaced. Its last link has expired before the next time."""


@dataclass(slots=True)
class LinkKey:
    """The keys of one stack.

    `now` is a monotonic clock, `clock` Unix time, both in seconds.
    """

    table: str
    now: Callable[[], float] = monotonic
    clock: Callable[[], float] = time
    _keys: tuple[bytes, ...] = field(default=(), init=False)
    _made_at: float = field(default=0.0, init=False)
    _read_at: float = field(default=float("-inf"), init=False)

    def read(self) -> bytes | None:
        """Return the key that signs; None: there is none yet. Raises botocore's."""
        return next(iter(self.keys()), None)

    def keys(self) -> tuple[bytes, ...]:
        """Return the keys that verify, the newest first. Raises botocore's errors."""
        age = CACHE_SECONDS if self._keys else ABSENT_SECONDS
        if self.now() >= self._read_at + age:
            self._load()
        return self._keys

    def refresh(self) -> bool:
        """Read the keys again after a link that does not fit; say if they changed.

        The key may have been replaced a moment ago. Raises botocore's errors.
        """
        before = self._keys
        if self.now() >= self._read_at + ABSENT_SECONDS:
            self._load()
        return self._keys != before

    def read_or_create(self) -> bytes:
        """Return the key that signs, a new random one if there is none or it is old.

        Of several that create one at the same time, one succeeds. Raises botocore's
        errors, and `LookupError` if the key vanishes meanwhile.
        """
        key = self.read()
        if key is None:
            self._put({}, {"ConditionExpression": "attribute_not_exists(pk)"})
        elif self.clock() >= self._made_at + ROTATION.total_seconds():
            self._put({"earlier": {"B": key}}, _unchanged(key))
        else:
            return key
        self._load()
        key = self.read()
        if key is None:
            raise LookupError("the key of the links was deleted at the same time")
        return key

    def _load(self) -> None:
        item = Items(self.table).get(ITEM)
        key, earlier = _key_in(item, "key"), _key_in(item, "earlier")
        self._keys = tuple(k for k in (key, earlier) if k) if key else ()
        self._made_at = float(in_clear(item, "made_at", "N") or 0)
        self._read_at = self.now()

    def _put(self, more: dict[str, Any], condition: dict[str, Any]) -> None:
        """Store a new key, unless another one did at the same time."""
        dynamodb = client("dynamodb")
        item = {
            "pk": {"S": ITEM},
            "kind": {"S": "link-key"},
            "key": {"B": secrets.token_bytes(KEY_BYTES)},
            "made_at": {"N": str(int(self.clock()))},
        }
        try:
            dynamodb.put_item(TableName=self.table, Item=item | more, **condition)
        except dynamodb.exceptions.ClientError as error:
            if not failed_with(error, "ConditionalCheckFailedException"):
                raise


def _unchanged(key: bytes) -> dict[str, Any]:
    """Return the condition that the item still has this key; `key` is reserved."""
    return {
        "ConditionExpression": "#key = :key",
        "ExpressionAttributeNames": {"#key": "key"},
        "ExpressionAttributeValues": {":key": {"B": key}},
    }


def _key_in(item: object, name: str) -> bytes | None:
    """Return a key in an item; None if its length is wrong."""
    key = in_clear(item, name, "B")
    return key if isinstance(key, bytes) and len(key) == KEY_BYTES else None
