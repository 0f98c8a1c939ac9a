"""Marks: what went out over one route, so that nothing goes out twice.

In: ids of publications. Out: one item for each in the incidents table, with the time
under the route's name; kept for 14 days. It does not: send.

A mark is written after sending, and an attempt is counted before it. Where a function
is ended between the two, the count is all that is left, and bounds the repetitions.
"""

from collections import OrderedDict
from datetime import UTC, datetime, timedelta
from typing import Any

from parallax.aws import client

KEPT = timedelta(days=14)
"""As long as the queue keeps a message."""
REMEMBERED = 10_000
"""Publications that one container remembers, in case their marks cannot be written."""
_sent: OrderedDict[tuple[str, str, str], None] = OrderedDict()


class Marks:
    """The marks of one route."""

    def __init__(self, table: str, route: str) -> None:
        self.table = table
        self.route = route

    def has(self, identity: str) -> bool:
        """Return whether a publication went out; raises botocore's errors."""
        if (self.table, self.route, identity) in _sent:
            return True
        found = client("dynamodb").get_item(
            TableName=self.table, Key=_key(identity), ConsistentRead=True
        )
        return self.route in found.get("Item", {})

    def begin(self, identity: str) -> int:
        """Count an attempt; return how many have begun without a known end, with it.

        Raises botocore's errors.
        """
        answer = self._update(
            identity,
            "SET expires_at = :expires, #kind = :kind ADD #attempts :one",
            {":one": {"N": "1"}},
        )
        return int(answer["Attributes"][self._attempts]["N"])

    def refused(self, identity: str) -> None:
        """Forget the attempts: nothing has gone out. Raises botocore's errors."""
        self._update(
            identity,
            "SET expires_at = :expires, #kind = :kind, #attempts = :zero",
            {":zero": {"N": "0"}},
        )

    def remember(self, identity: str) -> None:
        """Note, in this container only, that a publication went out."""
        _sent[self.table, self.route, identity] = None
        while len(_sent) > REMEMBERED:
            _sent.popitem(last=False)

    def done(self, identity: str) -> None:
        """Write that a publication went out. Raises botocore's errors."""
        self._update(
            identity,
            "SET expires_at = :expires, #kind = :kind, #route = :at REMOVE #attempts",
            {":at": {"S": datetime.now(UTC).isoformat()}},
            {"#route": self.route},
        )

    @property
    def _attempts(self) -> str:
        return f"{self.route}_attempts"

    def _update(
        self,
        identity: str,
        expression: str,
        values: dict[str, Any],
        names: dict[str, str] | None = None,
    ) -> Any:  # noqa: ANN401 - boto3's own answer
        expires_at = int((datetime.now(UTC) + KEPT).timestamp())
        return client("dynamodb").update_item(
            TableName=self.table,
            Key=_key(identity),
            UpdateExpression=expression,
            ExpressionAttributeNames={"#kind": "kind", "#attempts": self._attempts}
            | (names or {}),
            ExpressionAttributeValues={
                ":expires": {"N": str(expires_at)},
                ":kind": {"S": "published"},
            }
            | values,
            ReturnValues="UPDATED_NEW",
        )


def _key(identity: str) -> dict[str, Any]:
    return {"pk": {"S": f"published/{identity}"}}
