"""Key: the key of a stack's links, in the incidents table.

In: the table. Out: the key, created at the first use and kept in memory for some
minutes. Who deletes the item revokes all links.
It does not: use Secrets Manager, whose secret has a monthly price. Whoever can read the
table can see all incidents anyway (docs/decisions/0021).
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

from parallax.aws import client, failed_with
from parallax.incidents.items import Items
from parallax.links.signature import KEY_BYTES
from parallax.model.packed import in_clear

ITEM = "links/key"
"""The item's key. No target and no cluster's agents have this subject."""
CACHE_SECONDS = 300.0
"""Age at which the key is read again: links are revoked in five minutes."""
ABSENT_SECONDS = 15.0
"""The same if there was none, so that forged links do not read the table each time."""


@dataclass(slots=True)
class LinkKey:
    """The key of one stack; `now` is a monotonic clock in seconds."""

    table: str
    now: Callable[[], float] = monotonic
    _key: bytes | None = field(default=None, init=False)
    _fresh_until: float = field(default=float("-inf"), init=False)

    def read(self) -> bytes | None:
        """Return the key; None: there is none yet. Raises botocore's errors."""
        if self.now() >= self._fresh_until:
            self._key = _key_in(Items(self.table).get(ITEM))
            age = ABSENT_SECONDS if self._key is None else CACHE_SECONDS
            self._fresh_until = self.now() + age
        return self._key

    def read_or_create(self) -> bytes:
        """Return the key, a new random one if there is none.

        Of several that create one at the same time, one succeeds. Raises botocore's
        errors, and `LookupError` if the key vanishes meanwhile.
        """
        key = self.read()
        if key is None:
            self._create()
            self._fresh_until = float("-inf")
            key = self.read()
        if key is None:
            raise LookupError("the key of the links was deleted at the same time")
        return key

    def _create(self) -> None:
        dynamodb = client("dynamodb")
        try:
            dynamodb.put_item(
                TableName=self.table,
                Item={
                    "pk": {"S": ITEM},
                    "kind": {"S": "link-key"},
                    "key": {"B": secrets.token_bytes(KEY_BYTES)},
                },
                ConditionExpression="attribute_not_exists(pk)",
            )
        except dynamodb.exceptions.ClientError as error:
            if not failed_with(error, "ConditionalCheckFailedException"):
                raise


def _key_in(item: object) -> bytes | None:
    """Return the key in an item; None if its length is wrong."""
    key = in_clear(item, "key", "B")
    return key if isinstance(key, bytes) and len(key) == KEY_BYTES else None
