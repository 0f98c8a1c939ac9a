"""Scan: the subjects of all items of the incidents' table that a condition holds of.

In: a table and a condition in DynamoDB's words. Out: partition keys.
It does not: serve a judgement. It reads the whole table, which is small (an item a
subject, and the marks of two weeks' findings): for a sweep now and then.
"""

from collections.abc import Mapping
from typing import Any

from parallax.aws import client


def subjects(table: str, condition: str, **values: str) -> tuple[str, ...]:
    """Return the keys; in the condition `#name` and `:name` stand for a value given."""
    dynamodb = client("dynamodb")
    names: Mapping[str, str] = {f"#{name}": name for name in values}
    given = {f":{name}": {"S": value} for name, value in values.items()}
    found: list[str] = []
    page: dict[str, Any] = {"LastEvaluatedKey": None}
    while "LastEvaluatedKey" in page:
        start = page["LastEvaluatedKey"]
        page = dynamodb.scan(
            TableName=table,
            FilterExpression=condition,
            ProjectionExpression="pk",
            ExpressionAttributeNames=names,
            ExpressionAttributeValues=given,
            ConsistentRead=True,
            **({"ExclusiveStartKey": start} if start else {}),
        )
        found += [item["pk"]["S"] for item in page["Items"]]
    return tuple(found)
