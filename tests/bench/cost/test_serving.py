"""Moto serves each request once, and DynamoDB's units are counted for it."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from bench.cost.cloud import Cloud
from bench.cost.counter import Counter
from bench.cost.serving import Moto
from bench.cost.template import Template


@pytest.fixture
def counter(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter]:
    """Serve AWS by Moto, with the resources of the template."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    counter = Counter()
    cloud = Cloud(Template({}), counter, Moto())
    yield counter
    cloud.close()


def test_a_request_is_carried_out_once(counter: Counter) -> None:
    """A number that is added to shows it, as does a condition."""
    dynamodb: Any = boto3.client("dynamodb")
    key = {"pk": {"S": "a"}, "sk": {"S": "b"}}
    for _ in range(2):
        dynamodb.update_item(
            TableName="Journal",
            Key=key,
            UpdateExpression="ADD n :one",
            ExpressionAttributeValues={":one": {"N": "1"}},
        )
    found = dynamodb.get_item(TableName="Journal", Key=key)
    assert found["Item"]["n"] == {"N": "2"}
    new = {"TableName": "Journal", "ConditionExpression": "attribute_not_exists(pk)"}
    dynamodb.put_item(Item={**key, "pk": {"S": "c"}}, **new)
    assert counter.calls["DynamoDB.UpdateItem"] == 2
    assert counter.meters["dynamodb.write_units"] == 3


def test_a_transaction_costs_twice_its_writes(counter: Counter) -> None:
    """AWS prepares each of them, and commits it."""
    dynamodb: Any = boto3.client("dynamodb")
    items = [{"pk": {"S": name}, "sk": {"S": "b"}} for name in "ab"]
    dynamodb.transact_write_items(
        TransactItems=[{"Put": {"TableName": "Journal", "Item": i}} for i in items]
    )
    assert counter.meters["dynamodb.write_units"] == 4
