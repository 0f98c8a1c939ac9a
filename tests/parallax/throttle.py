"""Throttle: DynamoDB that refuses an operation for now, as AWS words it.

In: an operation's name, and whose item to refuse. Out: a context in which it is.
It does not: stand in for the table; what is not refused goes to the emulator.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

from botocore.awsrequest import AWSResponse
from urllib3 import HTTPResponse

from parallax.aws import client

TYPE = "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException"


@contextmanager
def throttled(operation: str, of: str = "") -> Iterator[None]:
    """Refuse an operation whose request holds this text."""
    body = json.dumps({"__type": TYPE, "message": "slow down"}).encode()

    def refuse(request: Any, **_: Any) -> AWSResponse | None:
        if of.encode() not in request.body:
            return None
        raw = HTTPResponse(BytesIO(body), preload_content=False)
        return AWSResponse(request.url, 400, {}, raw)

    events, name = client("dynamodb").meta.events, f"before-send.dynamodb.{operation}"
    events.register(name, refuse)
    try:
        yield
    finally:
        events.unregister(name, refuse)
