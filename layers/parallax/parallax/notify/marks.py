"""Marks: which publications one route has sent, so that none is sent twice.

In: ids of publications. Out: one item for each in the incidents table, with the time
under the route's name; kept for 14 days. It does not: send.

An attempt is counted before sending, and a mark is written after it. If the function
stops in between, only the count is left; it limits the number of repetitions.
"""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from parallax.aws import client

KEPT = timedelta(days=14)
"""The queue keeps a message for as long."""
REMEMBERED = 10_000
"""Publications that one container remembers, in case a mark cannot be written."""
_sent: OrderedDict[tuple[str, str, str], None] = OrderedDict()


@dataclass(frozen=True, slots=True)
class Mark:
    """What is recorded of one publication on one route.

    `was_tried`: an attempt has an unknown result; it may have been sent.
    """

    is_sent: bool = False
    was_tried: bool = False


class Marks:
    """The marks of one route."""

    def __init__(self, table: str, route: str) -> None:
        self.table = table
        self.route = route

    def read(self, identity: str) -> Mark:
        """Return what is recorded of a publication; raises botocore's errors."""
        if (self.table, self.route, identity) in _sent:
            return Mark(is_sent=True)
        found = client("dynamodb").get_item(
            TableName=self.table, Key=key(identity), ConsistentRead=True
        )
        item = found.get("Item", {})
        return Mark(is_sent=self.route in item, was_tried=_count(item, self._attempts))

    def begin(self, identity: str) -> int:
        """Count an attempt; return the number of attempts with an unknown result.

        Raises botocore's errors.
        """
        response = self._update(
            identity,
            "SET expires_at = :expires, #kind = :kind ADD #attempts :one",
            {":one": {"N": "1"}},
        )
        return int(response["Attributes"][self._attempts]["N"])

    def withdraw(self, identity: str) -> None:
        """Subtract an attempt that sent nothing. Raises botocore's errors."""
        self._update(
            identity,
            "SET expires_at = :expires, #kind = :kind ADD #attempts :minus_one",
            {":minus_one": {"N": "-1"}},
        )

    def remember(self, identity: str) -> None:
        """Remember, in this container only, that a publication was sent."""
        _sent[self.table, self.route, identity] = None
        while len(_sent) > REMEMBERED:
            _sent.popitem(last=False)

    def done(self, identity: str) -> None:
        """Record that a publication was sent. Raises botocore's errors."""
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
    ) -> Any:  # noqa: ANN401 - boto3's own type
        return client("dynamodb").update_item(
            TableName=self.table,
            Key=key(identity),
            UpdateExpression=expression,
            ExpressionAttributeNames={"#kind": "kind", "#attempts": self._attempts}
            | (names or {}),
            ExpressionAttributeValues={
                ":expires": {"N": str(expires_at())},
                ":kind": {"S": "published"},
            }
            | values,
            ReturnValues="UPDATED_NEW",
        )


def _count(item: Mapping[str, Any], name: str) -> bool:
    """Return whether an item counts attempts; a damaged count says that it may."""
    return item.get(name, {"N": "0"}) != {"N": "0"}


def expires_at() -> int:
    """Return when the table may delete what is written now; seconds since 1970."""
    return int((datetime.now(UTC) + KEPT).timestamp())


def key(identity: str) -> dict[str, dict[str, str]]:
    """Return the key of an item; the routes' function may write these only."""
    return {"pk": {"S": f"published/{identity}"}}
