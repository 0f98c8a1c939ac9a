"""Throttle: AWS that refuses an operation for now, as AWS words it.

In: a service, an operation's name, and whose request to refuse. Out: a context in which
it is, with a count. It does not: stand in for AWS; what is not refused goes to the
emulator.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, quote_plus

from botocore.awsrequest import AWSResponse
from botocore.exceptions import ReadTimeoutError
from urllib3 import HTTPResponse

from parallax.aws import client

TYPE = "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException"


@dataclass
class Count:
    """How many requests were refused."""

    refused: int = 0


@contextmanager
def throttled(operation: str, of: str = "") -> Iterator[Count]:
    """Refuse an operation of DynamoDB whose request holds this text."""
    body = json.dumps({"__type": TYPE, "message": "slow down"})
    with _answered("dynamodb", operation, of, lambda url: answer(url, 400, body)) as n:
        yield n


@contextmanager
def denied(service: str, operation: str, of: str = "") -> Iterator[Count]:
    """Refuse an operation as IAM does; SNS speaks XML, the others JSON."""
    code = {"sns": "AuthorizationError"}.get(service, "AccessDeniedException")
    body = json.dumps({"__type": f"com.amazonaws#{code}", "message": "not allowed"})
    if service == "sns":
        body = xml(code, "not allowed")
    with _answered(service, operation, of, lambda url: answer(url, 403, body)) as n:
        yield n


@contextmanager
def refused_for_good(of: str = "") -> Iterator[Count]:
    """Refuse a mail as SNS does where its text is what is wrong."""
    body = xml("InvalidParameter", "Invalid parameter: Message too long")
    with _answered("sns", "Publish", of, lambda url: answer(url, 400, body)) as n:
        yield n


@contextmanager
def hanging(service: str, operation: str, of: str = "") -> Iterator[Count]:
    """Answer an operation with botocore's time-out, without the time."""

    def time_out(url: str) -> AWSResponse:
        raise ReadTimeoutError(endpoint_url=url)

    with _answered(service, operation, of, time_out) as n:
        yield n


@contextmanager
def taken(cloud: Any, result: Callable[[str], AWSResponse]) -> Iterator[Count]:
    """Let SNS take each mail, and answer the caller with something else."""
    mails: list[str] = []

    def send(url: str) -> AWSResponse:
        client("sqs").send_message(QueueUrl=cloud.inbox, MessageBody=mails[-1])
        return result(url)

    with _answered("sns", "Publish", "", send, mails) as count:
        yield count


def xml(code: str, message: str) -> str:
    """Return an error in the words of AWS's query protocol."""
    error = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    return f"<ErrorResponse>{error}</ErrorResponse>"


def answer(url: str, status: int, body: str) -> AWSResponse:
    """Return a response as botocore gets it from the network."""
    raw = HTTPResponse(BytesIO(body.encode()), preload_content=False)
    return AWSResponse(url, status, {}, raw)


@contextmanager
def _answered(
    service: str,
    operation: str,
    of: str,
    answer: Callable[[str], AWSResponse],
    mails: list[str] | None = None,
) -> Iterator[Count]:
    count = Count()

    def refuse(request: Any, **_: Any) -> AWSResponse | None:
        body = (
            request.body if isinstance(request.body, bytes) else request.body.encode()
        )
        if of.encode() not in body and quote_plus(of).encode() not in body:
            return None
        count.refused += 1
        if mails is not None:
            fields = {name: text for name, (text,) in parse_qs(body.decode()).items()}
            if fields.get("MessageStructure") == "json":
                fields["Message"] = json.loads(fields["Message"])["sqs"]
            mails.append(json.dumps(fields))
        return answer(request.url)

    events, name = client(service).meta.events, f"before-send.{service}.{operation}"
    events.register_first(name, refuse)
    try:
        yield count
    finally:
        events.unregister(name, refuse)
