"""Cloud: AWS with the resources of the template; each request is counted.

In: the template, and who serves the requests. Out: boto3 clients that work; requests in
the counter; stream records and invocations of functions for whoever subscribes.
It does not: send a request over the network, or run a function by itself.
"""

import base64
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import boto3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.handlers import BUILTIN_HANDLERS
from moto.core.botocore_stubber import MockRawResponse

from bench.cost.counter import Counter, Own, attributes
from bench.cost.item_size import Item
from bench.cost.serving import Emulator, Moto
from bench.cost.tables import Record, Request, Table, Tables
from bench.cost.template import Template

INVOKE = re.compile(r"/functions/([^/]+)/invocations")
OK, ACCEPTED = 200, 202


class Cloud:
    """AWS, as Moto or an emulator serves it."""

    def __init__(
        self, template: Template, counter: Counter, serving: Moto | Emulator
    ) -> None:
        self._serving = serving
        self._template = template
        self._counter = counter
        self.on_change: Callable[[str, Record], None] = lambda _table, _record: None
        self.on_invoke: Callable[[str, Any], None] = lambda _name, _payload: None
        # Before the network.
        BUILTIN_HANDLERS.insert(0, ("before-send", self._send))
        self._dynamodb = boto3.client("dynamodb")
        self.tables = Tables(
            counter,
            self._stored,
            self._again,
            self._changed,
        )
        counter.paused = True
        self._create()
        counter.paused = False

    def close(self) -> None:
        """Forget all resources."""
        self._serving.close()
        BUILTIN_HANDLERS.remove(("before-send", self._send))

    def _create(self) -> None:
        physical = self._template.physical
        for name, given in self._template.of_type("DynamoDB::Table"):
            wanted = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes")
            chosen = {key: given[key] for key in wanted if key in given}
            self._dynamodb.create_table(
                TableName=name, BillingMode="PAY_PER_REQUEST", **chosen
            )
            self.tables.tables[name] = Table(name, given)
            physical[name] = name
        sqs, sns, s3 = (boto3.client(service) for service in ("sqs", "sns", "s3"))
        for name, given in self._template.of_type("SQS::Queue"):
            fifo = given.get("FifoQueue")
            queue = sqs.create_queue(
                QueueName=f"{name}.fifo" if fifo else name,
                Attributes={"FifoQueue": "true"} if fifo else {},
            )
            physical[name] = queue["QueueUrl"]
        for name, given in self._template.of_type("SNS::Topic"):
            fifo = given.get("FifoTopic")
            topic = sns.create_topic(
                Name=f"{name}.fifo" if fifo else name,
                Attributes={"FifoTopic": "true"} if fifo else {},
            )
            physical[name] = topic["TopicArn"]
        for name, _ in self._template.of_type("S3::Bucket"):
            physical[name] = name.lower()
            place = {"LocationConstraint": "eu-central-1"}
            s3.create_bucket(Bucket=name.lower(), CreateBucketConfiguration=place)
        manager = boto3.client("secretsmanager")
        for name, given in self._template.of_type("SecretsManager::Secret"):
            text = given.get("SecretString", "{}")
            made = manager.create_secret(Name=name, SecretString=text)
            physical[name] = made["ARN"]

    def _send(
        self, event_name: str, request: AWSPreparedRequest, **_: object
    ) -> AWSResponse | None:
        """Serve one request and count it, if it is not one of this module."""
        with Own(self._counter):
            service = event_name.split(".")[1]
            if service == "lambda":
                return self._invoked(request)
            response = self._serving(event_name, request)
            if not self._counter.paused:
                self._count(service, event_name.split(".")[2], request, response)
            return response

    def _count(
        self,
        service: str,
        operation: str,
        request: AWSPreparedRequest,
        response: AWSResponse | None,
    ) -> None:
        ok = response is not None and response.status_code == OK
        if service == "dynamodb":
            self._counter.called(f"DynamoDB.{operation}")
            body = json.loads(request.body or "{}")
            found = json.loads(response.content) if ok and response else None
            self.tables.count(operation, body, found)
            return
        self._counter.called(f"{service}.{operation}")
        size = _size(request)
        match service, operation:
            case "sqs", _:  # billed in pieces of 64 KB
                self._counter.add("sqs.requests", max(1, -(-size // 65_536)))
            # A FIFO message costs 0.30 a million and 0.017 a GB: with 12 KB as much
            # as a request of SQS.
            case "sns", "Publish" if ".fifo" in str(request.body):
                self._counter.add("sqs.requests", max(1, -(-size // 65_536)))
            case "sns", "Publish":
                self._counter.add("sns.requests")
                self._counter.add("sns.mails")
            case "s3", "PutObject":
                self._counter.add("s3.puts")
                self._counter.add("s3.put_bytes", size)
            case "s3", _:
                self._counter.add("s3.gets")
            case "secrets-manager", _:
                self._counter.add("secrets.calls")
            case _:
                self._counter.add(f"{service}.requests")

    def _invoked(self, request: AWSPreparedRequest) -> AWSResponse:
        found = INVOKE.search(str(request.url))
        if found is None:
            raise NotImplementedError(f"Lambda: {request.url}")
        self._counter.called("lambda.Invoke")
        self.on_invoke(found[1], json.loads(request.body or "{}"))
        return AWSResponse(str(request.url), ACCEPTED, {}, MockRawResponse(b""))  # pyright: ignore[reportArgumentType] - as Moto does

    def _changed(self, table: str, record: Record) -> None:
        self.on_change(table, record)

    def _quietly[T](self, call: Callable[[], T]) -> T:
        before, self._counter.paused = self._counter.paused, True
        try:
            return call()
        finally:
            self._counter.paused = before

    def _stored(self, table: str, key: Request) -> Item | None:
        """Return an item as it is now, e.g. after an update."""
        found = self._quietly(
            lambda: self._dynamodb.get_item(
                TableName=table, Key=dict(key), ConsistentRead=True
            )
        )
        return _wire(found["Item"]) if "Item" in found else None

    def _again(self, request: Request) -> list[Item]:
        """Return the items of a query without its filter and projection."""
        kept = {
            key: value
            for key, value in request.items()
            if key not in {"FilterExpression", "ProjectionExpression"}
        }
        condition = request["KeyConditionExpression"]
        used = set(re.findall(r"[#:]\w+", condition))
        names = {k: v for k, v in attributes(request).items() if k in used}
        kept.pop("ExpressionAttributeNames", None)
        values = request["ExpressionAttributeValues"]
        kept["ExpressionAttributeValues"] = {
            k: v for k, v in values.items() if k in used
        }
        if names:
            kept["ExpressionAttributeNames"] = names
        found = self._quietly(lambda: self._dynamodb.query(**kept))
        return [_wire(item) for item in found["Items"]]


def _size(request: AWSPreparedRequest) -> int:
    """Return the bytes of a body; botocore wraps one that it sends with a checksum."""
    if isinstance(request.body, bytes | str | None):
        return len(request.body or b"")
    return int(request.headers["X-Amz-Decoded-Content-Length"])


def _wire(item: Mapping[str, Any]) -> Item:
    """Return boto3's item with bytes in base64, as requests have them."""

    def one(value: Mapping[str, Any]) -> Mapping[str, Any]:
        packed = value.get("B")
        return {"B": base64.b64encode(packed).decode()} if packed else value

    return {name: one(value) for name, value in item.items()}
