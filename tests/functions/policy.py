"""Policy: what the template allows a function, and whether that covers a request.

In: the template; requests to AWS as botocore sends them. Out: the statements that allow
a request. It does not: evaluate a condition other than on DynamoDB's leading keys (an
account's own number cannot be wrong in the emulator), or know what SAM adds.
Source of the actions: AWS Service Authorization Reference, DynamoDB (a transaction
needs the action of each part) and S3.
"""

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import unquote, urlsplit

from tests.functions.template import FUNCTIONS, RESOURCES, of_type

LEADING = "dynamodb:LeadingKeys"
ACTIONS = {
    ("lambda", "Invoke"): "lambda:InvokeFunction",
    ("sqs", "SendMessageBatch"): "sqs:SendMessage",
}
"""What is not called as the action that it needs."""
_REFERENCE = re.compile(r"\$\{([\w:]+)(?:\.Arn)?\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One action on one place, as `Journal` or `SnapshotBucket/snapshots/a`.

    `keys` are the partition keys of the items; None: the request has none.
    """

    action: str
    place: str
    keys: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """One action on one pattern of places; `keys` limits the partition keys."""

    action: str
    place: str
    keys: tuple[str, ...] | None = None

    def covers(self, call: Call) -> bool:
        """Return whether it allows a call."""
        if self.action != call.action or not fnmatchcase(call.place, self.place):
            return False
        if self.keys is None:
            return True
        # `ForAllValues` is also true of a request that names no key: none may pass so.
        return bool(call.keys) and all(
            any(fnmatchcase(key, pattern) for pattern in self.keys)
            for key in call.keys or ()
        )


def rights(function: str) -> tuple[Right, ...]:
    """Return every right of a function; each condition counts as fulfilled."""
    documents = [*_documents(FUNCTIONS[function]["Policies"])]
    documents += [
        policy["PolicyDocument"]
        for policy in of_type("IAM::Policy").values()
        if policy.get("Roles") == [f"{function}Role"]
    ]
    return tuple(
        Right(action=action, place=_place(resource), keys=_keys(statement))
        for document in documents
        for statement in document["Statement"]
        for action in _listed(statement["Action"])
        for resource in _listed(statement["Resource"])
    )


def _documents(policies: list[Any]) -> Iterator[Any]:
    """Yield the documents; a name is a managed policy, a list an `!If`."""
    for policy in policies:
        if isinstance(policy, list):
            yield policy[1]
        elif isinstance(policy, str):
            yield RESOURCES[policy]["Properties"]["PolicyDocument"]
        else:
            yield policy


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _place(resource: str) -> str:
    text = _REFERENCE.sub(r"\1", resource).removesuffix(".Arn")
    return text.removeprefix("arn:AWS::Partition:s3:::")


def _keys(statement: Any) -> tuple[str, ...] | None:
    for test in statement.get("Condition", {}).values():
        if LEADING in test:
            return tuple(test[LEADING])
    return None


def places(function: str) -> Iterator[tuple[str, str]]:
    """Yield what the environment names now, and its name in the template.

    The name of an `!If` is its second part. Two tables of a test may be one.
    """
    yield os.environ.get("AWS_LAMBDA_FUNCTION_NAME", function), function
    for variable, value in FUNCTIONS[function]["Environment"]["Variables"].items():
        name = value[1] if isinstance(value, list) else value
        here = os.environ.get(variable)
        if here and isinstance(name, str):
            yield here, name


def calls(service: str, operation: str, request: Any) -> tuple[Call, ...]:
    """Return what a request does, with places as AWS names them.

    `request` is botocore's dict of `url_path`, `headers` and `body`.
    """
    if service == "dynamodb":
        return tuple(_of_dynamodb(operation, json.loads(request["body"])))
    action = ACTIONS.get((service, operation), f"{service}:{operation}")
    return (Call(action=action, place=_place_of(service, request)),)


def _place_of(service: str, request: Any) -> str:
    body, path = request["body"], unquote(urlsplit(request["url_path"]).path)
    match service:
        case "s3":
            bucket = request["context"]["s3_redirect"]["bucket"]
            return f"{bucket}/{path.lstrip('/').removeprefix(f'{bucket}/')}"
        case "lambda":
            return path.split("/")[3]
        case "sns":
            return str(body["TopicArn"])
        case "sqs":
            return str(json.loads(body)["QueueUrl"])
        case "secretsmanager":
            return str(json.loads(body)["SecretId"])
        case _:
            return path


def _of_dynamodb(operation: str, body: Any) -> Iterator[Call]:
    if operation == "BatchGetItem":
        for table, wanted in body["RequestItems"].items():
            keys = tuple(key["pk"]["S"] for key in wanted["Keys"])
            yield Call(action="dynamodb:BatchGetItem", place=table, keys=keys)
        return
    if operation == "TransactWriteItems":
        for part in body["TransactItems"]:
            ((kind, inner),) = part.items()
            name = "ConditionCheckItem" if kind == "ConditionCheck" else f"{kind}Item"
            yield from _of_dynamodb(name, inner)
        return
    index = body.get("IndexName")
    place = body["TableName"] + (f"/index/{index}" if index else "")
    yield Call(action=f"dynamodb:{operation}", place=place, keys=_partition(body))


def _partition(body: Any) -> tuple[str, ...] | None:
    """Return the partition keys of a request for one item or one query."""
    item = body.get("Key") or body.get("Item")
    if item:
        return (item["pk"]["S"],)
    condition = body.get("KeyConditionExpression", "")
    names = body.get("ExpressionAttributeNames", {})
    for left, right in re.findall(r"([#\w]+)\s*=\s*(:\w+)", condition):
        if names.get(left, left) in {"pk", "unresolved"}:
            return (body["ExpressionAttributeValues"][right]["S"],)
    return None
