"""Newest: the newest alert of a group that a receiver has.

In: a group, the number of an alert within it. Out: one item for each group in the
incidents table, with the number under the route's name; kept as long as the marks.
It does not: compare alerts of different groups, or keep the alerts.

A dead letter may be replayed after later alerts were accepted. A receiver that keeps an
open alert would then open it again, and no end would follow.
"""

from parallax.aws import client, failed_with
from parallax.notify.marks import expires_at, key

KIND = "published"
"""The kind of the marks: the table's stream has no reader of these items."""


class Newest:
    """The numbers of one route."""

    def __init__(self, table: str, route: str) -> None:
        self._table = table
        self._name = f"{route}_number"

    def read(self, group: str) -> int:
        """Return the highest number that was sent, else 0; raises botocore's errors."""
        found = client("dynamodb").get_item(
            TableName=self._table, Key=_key(group), ConsistentRead=True
        )
        return int(found.get("Item", {}).get(self._name, {"N": "0"})["N"])

    def sent(self, group: str, number: int) -> None:
        """Record a number, unless a higher one is there. Raises botocore's errors."""
        dynamodb = client("dynamodb")
        try:
            dynamodb.update_item(
                TableName=self._table,
                Key=_key(group),
                UpdateExpression=(
                    "SET expires_at = :expires, #kind = :kind, #name = :number"
                ),
                ConditionExpression="attribute_not_exists(#name) OR #name <= :number",
                ExpressionAttributeNames={"#kind": "kind", "#name": self._name},
                ExpressionAttributeValues={
                    ":expires": {"N": str(expires_at())},
                    ":kind": {"S": KIND},
                    ":number": {"N": str(number)},
                },
            )
        except dynamodb.exceptions.ClientError as error:
            if not failed_with(error, "ConditionalCheckFailedException"):
                raise


def _key(group: str) -> dict[str, dict[str, str]]:
    return key(f"group/{group}")
