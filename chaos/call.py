"""Call: one request to AWS, as faults and the ledger need it.

In: botocore's request. Out: service, operation, body; the place that it concerns.
It does not: send.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from botocore.awsrequest import AWSPreparedRequest

PREFIXES = (
    "published/",
    "waiting/",
    "groups/",
    "group/",
    "links/",
    "#rounds",
    "cluster#",
)
SECONDS: Mapping[str, float] = {
    "sns": 4.0,
    "sqs": 4.0,
    "secrets-manager": 2.0,
    "s3": 2.0,
}
"""How long the functions' clients wait for an answer (`parallax.aws`)."""


@dataclass(frozen=True)
class Call:
    """One request of a function; `text` is its whole body."""

    function: str
    service: str
    operation: str
    body: Mapping[str, Any]
    text: str

    @property
    def seconds(self) -> float:
        """How long the client waits for an answer."""
        return SECONDS.get(self.service, 8.0)

    @property
    def key(self) -> str:
        """The key of the item, or the name of the queue, topic or bucket."""
        body = self.body
        match self.service:
            case "dynamodb":
                return _item_key(body)
            case "sqs":
                return str(body.get("QueueUrl", "")).rpartition("/")[2]
            case "sns":
                return str(body.get("TopicArn", "")).rpartition(":")[2]
            case _:
                return ""

    @property
    def site(self) -> str:
        """The place in the code, about: function, operation, kind of key."""
        key = self.key
        kind = next((p for p in PREFIXES if key.startswith(p)), None)
        if kind is None:
            kind = "subject" if self.service == "dynamodb" else key
        return f"{self.function}/{self.service}.{self.operation}/{kind.strip('/')}"

    @property
    def is_conditional(self) -> bool:
        """Whether it is a write that another one can come before."""
        return self.service == "dynamodb" and (
            "ConditionExpression" in self.body or self.operation == "TransactWriteItems"
        )

    @property
    def has_parts(self) -> bool:
        """Whether a part of it can fail alone."""
        return self.operation in {"BatchGetItem", "SendMessageBatch"}

    @property
    def has_content(self) -> bool:
        """Whether it is a message that the service can refuse."""
        return self.operation in {"Publish", "SendMessage"}


def call_of(function: str, event_name: str, request: AWSPreparedRequest) -> Call:
    """Return a request as a value; `event_name` is botocore's."""
    _, service, operation = event_name.split(".", 2)
    raw: Any = request.body if service != "s3" else b""
    raw = raw or b""
    text = raw if isinstance(raw, str) else bytes(raw).decode(errors="replace")
    body: Mapping[str, Any] = {}
    if service == "sns":
        body = {name: values[0] for name, values in parse_qs(text).items()}
    elif service == "s3":
        body = {"path": urlsplit(str(request.url)).path}
    elif text.startswith("{"):
        body = json.loads(text)
    return Call(function, service, operation, body, text)


def _item_key(body: Mapping[str, Any]) -> str:
    for name in ("Key", "Item"):
        if name in body:
            return str(next(iter(body[name]["pk"].values())))
    if "TransactItems" in body:
        return str(body["TransactItems"][0]["Put"]["Item"]["pk"]["S"])
    if "RequestItems" in body:
        table = next(iter(body["RequestItems"].values()))
        return str(table["Keys"][0]["pk"]["S"]) if table.get("Keys") else ""
    values = body.get("ExpressionAttributeValues", {})
    named = values.get(":target") or values.get(":rounds") or values.get(":key")
    return str(named["S"]) if named and "S" in named else "index"
